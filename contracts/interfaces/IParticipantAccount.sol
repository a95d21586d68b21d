// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IAccountThresholds} from "./IAccountThresholds.sol";

/// @title The account of a participant: it holds the participant's money and executes orders that its keys signed.
/// @notice Anyone may relay an order; only signatures give it force. An act that binds a bank or moves its money needs
/// two different keys over the same order: one that may propose and another that may approve. Changing keys needs a key
/// that may administer and, where two are needed, another that may approve. Where another contract asks for the account's
/// signature (ERC-1271), the keys consent to a hash, with the authority that a binding act needs: the hash may be a
/// permit, a payment or a settlement.
interface IParticipantAccount is IERC1271, IAccountThresholds {
    struct Call {
        address target;
        bytes data;
    }

    /// @param nonce OpenZeppelin keyed nonce: high 192 bits the lane, low 64 bits the sequence in it.
    /// @param deadline Last second (block time) at which the order may be executed.
    struct Order {
        Call[] calls;
        uint256 nonce;
        uint48 deadline;
    }

    /// @dev Approvals stand in ascending order of keccak256(signer), so that no key signs twice.
    struct Approval {
        bytes signer;
        bytes signature;
    }

    /// @param done Whether the call succeeded.
    /// @param result What it returned, or its own error.
    struct Outcome {
        bool done;
        bytes result;
    }

    event OrderExecuted(bytes32 indexed orderHash, uint256 nonce);
    /// @notice A call of a batch failed alone; the others were not touched by it.
    event CallFailed(bytes32 indexed orderHash, uint256 index, bytes reason);
    /// @notice The order or batch that was signed with this nonce is void.
    event OrderCancelled(uint256 nonce);
    event KeyAdded(bytes signer, uint8 purposes);
    event KeyRemoved(bytes signer);

    error AccountAlreadyInitialised();
    error AccountNotRegistry(address caller);
    error AccountNotSelf(address caller);
    error OrderExpired(uint48 deadline, uint48 time);
    error OrderEmpty();
    error OrderSignerUnknown(bytes signer);
    error OrderSignersNotAscending();
    error OrderSignatureInvalid(bytes signer);
    /// @notice The signatures do not carry the authority that this act needs.
    /// @param have Bit set of the purposes that the distinct signers bring.
    /// @param want Bit set of the purposes that the act needs from different keys.
    error OrderNotAuthorised(uint8 have, uint8 want, uint256 signers, uint256 signersWanted);
    /// @notice A call of a batch ran out of gas, or may have: nothing was done.
    error OrderGasTooLow(uint256 index);
    error KeyExists(bytes signer);
    error KeyUnknown(bytes signer);
    error KeyPurposesInvalid(uint8 purposes);
    /// @notice See {IParticipantRegistry.requireSigner}.
    error KeySignerInvalid(bytes signer);
    /// @notice A call without a function selector cannot be classed.
    error OrderCallInvalid(uint256 index);
    /// @notice The account has keys that are not among those to be revoked.
    error KeysRemain();
    /// @notice Removing this key would leave the account without the keys that its acts need.
    error KeyIndispensable(bytes signer);

    /// @notice Sets the founding keys once; only the registry, in the transaction that makes the account.
    function initialise(bytes[] calldata signers, uint8[] calldata purposes, bool fourEyes) external;

    /// @notice Revokes all keys and sets others; only the registry, at the end of a recovery ({IAccountRecovery}).
    function replaceKeys(bytes[] calldata revoked, bytes[] calldata signers, uint8[] calldata purposes) external;

    /// @notice Executes the calls of an order, all or nothing. Open to every caller: the signatures carry authority.
    /// @return results The return data of each call. A failing call reverts the whole with its own error.
    function execute(Order calldata order, Approval[] calldata approvals) external returns (bytes[] memory results);

    /// @notice Executes the calls of a batch one by one: each succeeds or fails alone. The keys sign it as `Batch`, an
    /// order's twin, so an order is never executed like this nor a batch like an order. What must be true before the first
    /// call (keys, nonce, deadline) is asked once for all.
    function executeEach(Order calldata order, Approval[] calldata approvals)
        external
        returns (Outcome[] memory outcomes);

    /// @notice Voids the order or batch that was signed with this nonce, by using the nonce up: the keys sign
    /// `Cancellation(uint256 nonce)` with the authority of a binding act. The nonce is the next of its lane; what was
    /// executed cannot be cancelled.
    function cancel(uint256 nonce, Approval[] calldata approvals) external;

    /// @notice Reverts with the error that says why, unless these keys consent for the account to this hash: each signed
    /// `Consent(bytes32 hash)` in the account's own domain, and together they may bind it.
    /// @dev ERC-1271's `signature` is `abi.encode(approvals)`; {isValidSignature} answers 0xffffffff where this reverts.
    function checkConsent(bytes32 hash, Approval[] calldata approvals) external view;

    /// @notice Only through an order of the account itself.
    function addKey(bytes calldata signer, uint8 purposes) external;

    /// @notice Only through an order of the account itself.
    function removeKey(bytes calldata signer) external;

    /// @notice EIP-712 digest that the keys sign.
    function orderHash(Order calldata order) external view returns (bytes32);

    /// @notice EIP-712 digest that the keys sign for {executeEach}.
    function batchHash(Order calldata order) external view returns (bytes32);

    function purposesOf(bytes calldata signer) external view returns (uint8);

    function fourEyes() external view returns (bool);
}
