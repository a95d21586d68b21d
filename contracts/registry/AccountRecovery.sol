// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccountRecovery} from "../interfaces/IAccountRecovery.sol";

/// @title The registry's part that gives new keys to accounts.
/// @notice See {IAccountRecovery}. Accounts take keys from the registry alone, beside themselves.
abstract contract AccountRecovery is IAccountRecovery, AccessManaged {
    uint48 private constant _DELAY = 7 days;

    mapping(uint32 id => uint32 guardian) private _guardians;
    // slot 0: proposer, from · slot 1: changeHash
    mapping(uint32 id => Recovery) private _recoveries;

    /// @inheritdoc IAccountRecovery
    function nameGuardian(uint32 guardian) external {
        uint32 id = _idOf(msg.sender);
        if (id == 0) revert RecoveryNotEntitled(msg.sender, id);
        if (guardian == id || (guardian != 0 && !_isParticipant(guardian))) revert RecoveryGuardianInvalid(guardian);
        _guardians[id] = guardian;
        emit GuardianNamed(id, guardian);
    }

    /// @inheritdoc IAccountRecovery
    function proposeRecovery(uint32 id, KeyChange calldata change) external {
        uint32 proposer = _idOf(msg.sender);
        if (proposer == 0 || proposer != _guardians[id]) _checkCanCall(msg.sender, msg.data);
        if (!_isParticipant(id)) revert RecoveryUnknown(id);
        if (_recoveries[id].proposer != 0) revert RecoveryExists(id);
        uint48 from = uint48(block.timestamp) + _DELAY;
        _recoveries[id] = Recovery(proposer, from, keccak256(abi.encode(change)));
        emit RecoveryProposed(id, proposer, change, from);
    }

    /// @inheritdoc IAccountRecovery
    function vetoRecovery(uint32 id) external {
        uint32 caller = _idOf(msg.sender);
        uint32 proposer = _recoveries[id].proposer;
        if (caller == 0 || (caller != id && caller != proposer && !_regulates(caller, id))) {
            revert RecoveryNotEntitled(msg.sender, id);
        }
        if (proposer == 0) revert RecoveryUnknown(id);
        delete _recoveries[id];
        emit RecoveryVetoed(id, caller);
    }

    /// @inheritdoc IAccountRecovery
    function completeRecovery(uint32 id, KeyChange calldata change) external {
        Recovery memory recovery = _recoveries[id];
        if (recovery.proposer == 0) revert RecoveryUnknown(id);
        if (block.timestamp < recovery.from) revert RecoveryTooEarly(id, recovery.from, uint48(block.timestamp));
        bytes32 changeHash = keccak256(abi.encode(change));
        if (changeHash != recovery.changeHash) revert RecoveryKeysDiffer(changeHash, recovery.changeHash);
        delete _recoveries[id];
        emit RecoveryCompleted(id);
        _replaceKeys(id, change);
    }

    /// @inheritdoc IAccountRecovery
    function recoveryOf(uint32 id) external view returns (Recovery memory) {
        return _recoveries[id];
    }

    /// @inheritdoc IAccountRecovery
    function guardianOf(uint32 id) external view returns (uint32 guardian) {
        return _guardians[id];
    }

    /// @return id 0 for nobody's account.
    function _idOf(address account) internal view virtual returns (uint32 id);

    function _isParticipant(uint32 id) internal view virtual returns (bool);

    /// @dev True when the first is a regulator in the country of the second.
    function _regulates(uint32 regulator, uint32 id) internal view virtual returns (bool);

    function _replaceKeys(uint32 id, KeyChange calldata change) internal virtual;
}
