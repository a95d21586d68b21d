// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AccountConsents} from "./AccountConsents.sol";
import {AccountKeys} from "./AccountKeys.sol";
import {AccountThresholds} from "./AccountThresholds.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {KeyTally} from "../libraries/KeyTally.sol";

/// @title ParticipantAccount
/// @notice See {IParticipantAccount}. The implementation is made once and locked; each participant has a clone of it,
/// set up by the registry in the transaction that makes it. The typed-data domain names the clone, so no order works at
/// another account or on another ledger.
contract ParticipantAccount is AccountConsents, AccountThresholds, NoncesKeyed {
    using KeyTally for KeyTally.Tally;

    bytes32 private constant _CALL_TYPEHASH = keccak256("Call(address target,bytes data)");
    bytes32 private constant _ORDER_TYPEHASH =
        keccak256("Order(Call[] calls,uint256 nonce,uint48 deadline)Call(address target,bytes data)");
    bytes32 private constant _BATCH_TYPEHASH =
        keccak256("Batch(Call[] calls,uint256 nonce,uint48 deadline)Call(address target,bytes data)");
    bytes32 private constant _CANCELLATION_TYPEHASH = keccak256("Cancellation(uint256 nonce)");
    /// @dev A failed call must leave this part of the gas that was there before it.
    uint256 private constant _GAS_LEFT_PART = 4;

    constructor(IParticipantRegistry registry_) AccountKeys(registry_) EIP712("Hansa Account", "1") {}

    /// @inheritdoc IParticipantAccount
    function execute(Order calldata order, Approval[] calldata approvals) external returns (bytes[] memory results) {
        bytes32 digest = _accept(_ORDER_TYPEHASH, order, approvals);
        uint256 count = order.calls.length;
        results = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            Call calldata call = order.calls[i];
            // Refuses a target without code and passes on a failing call's own error.
            results[i] = Address.functionCall(call.target, call.data);
        }
        emit OrderExecuted(digest, order.nonce);
    }

    /// @inheritdoc IParticipantAccount
    function executeEach(Order calldata order, Approval[] calldata approvals)
        external
        returns (Outcome[] memory outcomes)
    {
        bytes32 digest = _accept(_BATCH_TYPEHASH, order, approvals);
        uint256 count = order.calls.length;
        outcomes = new Outcome[](count);
        for (uint256 i = 0; i < count; ++i) {
            outcomes[i] = _attempt(order.calls[i], i);
            if (!outcomes[i].done) emit CallFailed(digest, i, outcomes[i].result);
        }
        emit OrderExecuted(digest, order.nonce);
    }

    /// @inheritdoc IParticipantAccount
    function cancel(uint256 nonce, Approval[] calldata approvals) external {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(_CANCELLATION_TYPEHASH, nonce)));
        (KeyTally.Tally signers, uint8 have) = _checkSignatures(digest, approvals);
        _requireMayBind(signers, have, approvals.length);
        _useCheckedNonce(address(this), nonce);
        emit OrderCancelled(nonce);
    }

    /// @inheritdoc IParticipantAccount
    function orderHash(Order calldata order) external view returns (bytes32) {
        return _digest(_ORDER_TYPEHASH, order);
    }

    /// @inheritdoc IParticipantAccount
    function batchHash(Order calldata order) external view returns (bytes32) {
        return _digest(_BATCH_TYPEHASH, order);
    }

    /// @dev Everything that is asked before the first call. The nonce is used here, so that a call that comes back finds
    /// the order spent. The loops run over what the signers signed and the caller pays for.
    /// @param typeHash How the calls happen is part of what was signed.
    function _accept(bytes32 typeHash, Order calldata order, Approval[] calldata approvals)
        private
        returns (bytes32 digest)
    {
        // The deadline is the last second at which the order still counts.
        if (block.timestamp > order.deadline) revert OrderExpired(order.deadline, uint48(block.timestamp));
        if (order.calls.length == 0) revert OrderEmpty();
        digest = _digest(typeHash, order);
        _checkAuthority(order.calls, digest, approvals);
        _useCheckedNonce(address(this), order.nonce);
    }

    /// @dev A relayer who sends too little gas must not make a call fail that would have succeeded: a call that fails for
    /// want of gas, or that caught such a failure in a contract it called, leaves next to nothing of it.
    function _attempt(Call calldata call, uint256 index) private returns (Outcome memory outcome) {
        uint256 gasBefore = gasleft();
        // A failure is an outcome here, which no call of a higher level gives.
        // solhint-disable-next-line avoid-low-level-calls
        (outcome.done, outcome.result) = call.target.call(call.data);
        if (outcome.done && outcome.result.length == 0 && call.target.code.length == 0) {
            return Outcome(false, abi.encodeWithSelector(Address.AddressEmptyCode.selector, call.target));
        }
        if (!outcome.done && gasleft() < gasBefore / _GAS_LEFT_PART) revert OrderGasTooLow(index);
    }

    /// @dev AUTH-1: each call of the order must be covered by the keys that signed the whole order.
    function _checkAuthority(Call[] calldata calls, bytes32 digest, Approval[] calldata approvals) private view {
        (KeyTally.Tally signers, uint8 have) = _checkSignatures(digest, approvals);
        // Two keys that may bind may also do what is routine; one key that operates may do only that.
        bool binds = _mayBind(signers);
        for (uint256 i = 0; i < calls.length; ++i) {
            Call calldata call = calls[i];
            bytes calldata data = call.data;
            if (data.length < 4) revert OrderCallInvalid(i);
            address target = call.target;
            if (target == address(this)) {
                _requireMayAdminister(signers, have, approvals.length);
            } else if (!binds) {
                if (!_isRoutine(target, bytes4(data))) _refuseToBind(have, approvals.length);
                _requireMayOperate(signers, have, approvals.length);
            }
        }
        _requireThresholds(calls, signers, have, approvals.length);
    }

    function _digest(bytes32 typeHash, Order calldata order) private view returns (bytes32) {
        Call[] calldata calls = order.calls;
        bytes32[] memory hashes = new bytes32[](calls.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            Call calldata call = calls[i];
            hashes[i] = keccak256(abi.encode(_CALL_TYPEHASH, call.target, keccak256(call.data)));
        }
        return _hashTypedDataV4(
            keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(hashes)), order.nonce, order.deadline))
        );
    }
}
