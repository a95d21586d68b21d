// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AccountConsents} from "./AccountConsents.sol";
import {AccountKeys} from "./AccountKeys.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {KeyTally} from "../libraries/KeyTally.sol";

/// @title ParticipantAccount
/// @notice See {IParticipantAccount}. The implementation is made once and locked; each participant has a clone of it,
/// set up by the registry in the transaction that makes it. The typed-data domain names the clone, so no order works at
/// another account or on another ledger.
contract ParticipantAccount is AccountConsents, NoncesKeyed {
    using KeyTally for KeyTally.Tally;

    bytes32 private constant _CALL_TYPEHASH = keccak256("Call(address target,bytes data)");
    bytes32 private constant _ORDER_TYPEHASH =
        keccak256("Order(Call[] calls,uint256 nonce,uint48 deadline)Call(address target,bytes data)");

    constructor(IParticipantRegistry registry_) AccountKeys(registry_) EIP712("Hansa Account", "1") {}

    /// @inheritdoc IParticipantAccount
    /// @dev The nonce is used before the calls, so that a call that comes back finds the order spent. The loops run
    /// over what the signers signed and the caller pays for.
    function execute(Order calldata order, Approval[] calldata approvals) external returns (bytes[] memory results) {
        // The deadline is the last second at which the order still counts.
        if (block.timestamp > order.deadline) revert OrderExpired(order.deadline, uint48(block.timestamp));
        uint256 count = order.calls.length;
        if (count == 0) revert OrderEmpty();
        bytes32 digest = _digest(order);
        _checkAuthority(order.calls, digest, approvals);
        _useCheckedNonce(address(this), order.nonce);

        results = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            // Refuses a target without code and passes on a failing call's own error.
            results[i] = Address.functionCall(order.calls[i].target, order.calls[i].data);
        }
        emit OrderExecuted(digest, order.nonce);
    }

    /// @inheritdoc IParticipantAccount
    function orderHash(Order calldata order) external view returns (bytes32) {
        return _digest(order);
    }

    /// @dev AUTH-1: each call of the order must be covered by the keys that signed the whole order.
    function _checkAuthority(Call[] calldata calls, bytes32 digest, Approval[] calldata approvals) private view {
        (KeyTally.Tally memory signers, uint8 have) = _checkSignatures(digest, approvals);
        // Two keys that may bind may also do what is routine; one key that operates may do only that.
        bool onlyRoutine = _isFourEyes() && !signers.mayBind();
        for (uint256 i = 0; i < calls.length; ++i) {
            address target = calls[i].target;
            if (calls[i].data.length < 4) revert OrderCallInvalid(i);
            if (target == address(this)) {
                _requireMayAdminister(signers, have, approvals.length);
            } else if (onlyRoutine && _REGISTRY.isRoutine(target, bytes4(calls[i].data[:4]))) {
                _requireMayOperate(signers, have, approvals.length);
            } else {
                _requireMayBind(signers, have, approvals.length);
            }
        }
    }

    function _digest(Order calldata order) private view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](order.calls.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(_CALL_TYPEHASH, order.calls[i].target, keccak256(order.calls[i].data)));
        }
        return _hashTypedDataV4(
            keccak256(abi.encode(_ORDER_TYPEHASH, keccak256(abi.encodePacked(hashes)), order.nonce, order.deadline))
        );
    }
}
