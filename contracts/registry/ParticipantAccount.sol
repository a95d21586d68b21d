// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {KeyTally} from "../libraries/KeyTally.sol";
import {Purposes} from "../libraries/Purposes.sol";

/// @title ParticipantAccount
/// @notice See {IParticipantAccount}. The implementation is made once and locked; each participant has a clone of it,
/// set up by the registry in the transaction that makes it. The typed-data domain names the clone, so no order works at
/// another account or on another ledger.
contract ParticipantAccount is IParticipantAccount, EIP712, NoncesKeyed {
    using KeyTally for KeyTally.Tally;

    bytes32 private constant _CALL_TYPEHASH = keccak256("Call(address target,bytes data)");
    bytes32 private constant _ORDER_TYPEHASH =
        keccak256("Order(Call[] calls,uint256 nonce,uint48 deadline)Call(address target,bytes data)");

    IParticipantRegistry private immutable _REGISTRY;

    // One slot: the two flags, then the tally of all keys.
    struct Keyring {
        bool initialised;
        bool fourEyes;
        KeyTally.Tally tally;
    }

    Keyring private _keyring;
    /// @dev keccak256(signer) => purposes; 0 for a stranger's key.
    mapping(bytes32 signerHash => uint8 purposes) private _purposes;

    modifier onlySelf() {
        if (msg.sender != address(this)) revert AccountNotSelf(msg.sender);
        _;
    }

    constructor(IParticipantRegistry registry_) EIP712("Hansa Account", "1") {
        _REGISTRY = registry_;
        _keyring.initialised = true;
    }

    /// @inheritdoc IParticipantAccount
    function initialise(bytes[] calldata signers, uint8[] calldata purposes, bool fourEyes_) external {
        if (msg.sender != address(_REGISTRY)) revert AccountNotRegistry(msg.sender);
        if (_keyring.initialised) revert AccountAlreadyInitialised();
        if (signers.length != purposes.length) revert IParticipantRegistry.ParticipantKeysInvalid();
        _keyring.initialised = true;
        _keyring.fourEyes = fourEyes_;
        for (uint256 i = 0; i < signers.length; ++i) {
            _addKey(signers[i], purposes[i]);
        }
        KeyTally.Tally memory tally = _keyring.tally;
        if (!tally.suffices(fourEyes_)) revert IParticipantRegistry.ParticipantKeysInvalid();
    }

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
    function addKey(bytes calldata signer, uint8 purposes) external onlySelf {
        _addKey(signer, purposes);
    }

    /// @inheritdoc IParticipantAccount
    function removeKey(bytes calldata signer) external onlySelf {
        bytes32 id = keccak256(signer);
        uint8 purposes = _purposes[id];
        if (purposes == 0) revert KeyUnknown(signer);
        KeyTally.Tally memory tally = _keyring.tally;
        tally.exclude(purposes);
        if (!tally.suffices(_keyring.fourEyes)) revert KeyIndispensable(signer);
        delete _purposes[id];
        _keyring.tally = tally;
        emit KeyRemoved(signer);
    }

    /// @inheritdoc IParticipantAccount
    function orderHash(Order calldata order) external view returns (bytes32) {
        return _digest(order);
    }

    /// @inheritdoc IParticipantAccount
    function purposesOf(bytes calldata signer) external view returns (uint8) {
        return _purposes[keccak256(signer)];
    }

    /// @inheritdoc IParticipantAccount
    function fourEyes() external view returns (bool) {
        return _keyring.fourEyes;
    }

    function registry() external view returns (IParticipantRegistry) {
        return _REGISTRY;
    }

    /// @dev A longer signer would name an ERC-7913 verifier contract, which decides what a valid signature is; none is
    /// listed yet, so a signer is an address. The account cannot be its own key.
    function _addKey(bytes calldata signer, uint8 purposes) private {
        if (signer.length != 20 || bytes20(signer) == bytes20(0) || address(bytes20(signer)) == address(this)) {
            revert KeySignerInvalid(signer);
        }
        if (purposes == 0 || purposes & ~Purposes.ALL != 0) revert KeyPurposesInvalid(purposes);
        bytes32 id = keccak256(signer);
        if (_purposes[id] != 0) revert KeyExists(signer);
        KeyTally.Tally memory tally = _keyring.tally;
        tally.include(purposes);
        _keyring.tally = tally;
        _purposes[id] = purposes;
        emit KeyAdded(signer, purposes);
    }

    /// @dev AUTH-1: each call of the order must be covered by the keys that signed the whole order.
    function _checkAuthority(Call[] calldata calls, bytes32 digest, Approval[] calldata approvals) private view {
        (KeyTally.Tally memory signers, uint8 have) = _checkSignatures(digest, approvals);
        bool needsTwo = _keyring.fourEyes;
        bool binds = signers.mayBind();
        for (uint256 i = 0; i < calls.length; ++i) {
            address target = calls[i].target;
            if (calls[i].data.length < 4) revert OrderCallInvalid(i);
            if (target == address(this)) {
                if (!signers.mayAdminister(needsTwo)) {
                    uint8 want = needsTwo ? Purposes.ADMINISTER | Purposes.APPROVE : Purposes.ADMINISTER;
                    revert OrderNotAuthorised(have, want, approvals.length, needsTwo ? 2 : 1);
                }
            } else if (!needsTwo) {
                if (!signers.mayOperate()) revert OrderNotAuthorised(have, Purposes.OPERATE, approvals.length, 1);
            } else if (!binds) {
                // Two keys that may bind the bank may also do what is routine; one key that operates may do only that.
                if (!_REGISTRY.isRoutine(target, bytes4(calls[i].data[:4]))) {
                    revert OrderNotAuthorised(have, Purposes.PROPOSE | Purposes.APPROVE, approvals.length, 2);
                }
                if (!signers.mayOperate()) revert OrderNotAuthorised(have, Purposes.OPERATE, approvals.length, 1);
            }
        }
    }

    /// @dev Every approval must be of a known key and valid; one that is not spoils the whole, so that nobody can add
    /// to an order what its signers did not mean. Ascending hashes make each key count once.
    function _checkSignatures(bytes32 digest, Approval[] calldata approvals)
        private
        view
        returns (KeyTally.Tally memory signers, uint8 have)
    {
        bytes32 previous = 0;
        for (uint256 i = 0; i < approvals.length; ++i) {
            bytes calldata signer = approvals[i].signer;
            bytes32 id = keccak256(signer);
            if (id <= previous) revert OrderSignersNotAscending();
            previous = id;
            uint8 purposes = _purposes[id];
            if (purposes == 0) revert OrderSignerUnknown(signer);
            if (
                !SignatureChecker.isValidSignatureNowCalldata(
                    address(bytes20(signer)), digest, approvals[i].signature
                )
            ) revert OrderSignatureInvalid(signer);
            signers.include(purposes);
            have |= purposes;
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
