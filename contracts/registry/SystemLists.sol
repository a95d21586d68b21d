// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";

/// @title What was fixed when the registry was made, for ever: nobody, the operator included, can change it.
/// @notice See {IParticipantRegistry}.
abstract contract SystemLists is IParticipantRegistry {
    uint256 private constant _ADDRESS_BYTES = 20;
    /// @dev A verifier's address and the two coordinates of a P-256 key.
    uint256 private constant _VERIFIED_KEY_BYTES = 20 + 64;

    mapping(address target => bool) private _system;
    mapping(address verifier => bool) private _verifiers;
    mapping(address target => mapping(bytes4 selector => bool)) private _routine;
    mapping(address target => mapping(bytes4 selector => AmountPlace)) private _amountPlaces;

    constructor(Lists memory lists) {
        for (uint256 i = 0; i < lists.systemContracts.length; ++i) {
            _system[lists.systemContracts[i]] = true;
            emit SystemContractRegistered(lists.systemContracts[i]);
        }
        for (uint256 i = 0; i < lists.verifiers.length; ++i) {
            _verifiers[lists.verifiers[i]] = true;
            emit SignatureVerifierListed(lists.verifiers[i]);
        }
        for (uint256 i = 0; i < lists.routine.length; ++i) {
            _routine[lists.routine[i].target][lists.routine[i].selector] = true;
            emit RoutineActListed(lists.routine[i].target, lists.routine[i].selector);
        }
        for (uint256 i = 0; i < lists.money.length; ++i) {
            MoneyAct memory act = lists.money[i];
            _amountPlaces[act.target][act.selector] = act.place;
            emit MoneyActListed(act.target, act.selector, act.place);
        }
    }

    /// @inheritdoc IParticipantRegistry
    function isRoutine(address target, bytes4 selector) external view returns (bool) {
        return _routine[target][selector];
    }

    /// @inheritdoc IParticipantRegistry
    function amountPlaceOf(address target, bytes4 selector) external view returns (AmountPlace memory place) {
        place = _amountPlaces[target][selector];
        if (place.source == CurrencySource.None) place = _amountPlaces[address(0)][selector];
    }

    /// @inheritdoc IParticipantRegistry
    function requireSigner(bytes memory signer) external view {
        _requireSigner(signer);
    }

    function _isSystem(address target) internal view returns (bool) {
        return _system[target];
    }

    function _isAccount(address account) internal view virtual returns (bool);

    /// @dev An account as a key would let another party act here, and change who acts here by changing its own keys; two
    /// accounts that are keys of each other could never sign. A contract of the system signs nothing.
    function _requireSigner(bytes memory signer) internal view {
        // The first 20 bytes; zeros where there are fewer.
        address first = address(bytes20(signer));
        bool listed = _verifiers[first];
        bool accepted = listed
            ? signer.length == _VERIFIED_KEY_BYTES
            : signer.length == _ADDRESS_BYTES && first != address(0) && !_system[first] && !_isAccount(first);
        if (!accepted) revert IParticipantAccount.KeySignerInvalid(signer);
    }
}
