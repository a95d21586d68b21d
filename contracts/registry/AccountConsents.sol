// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AccountKeys} from "./AccountKeys.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {KeyTally} from "../libraries/KeyTally.sol";

/// @title The account's word towards contracts that ask for a signature: permits, authorisations, quotes, consents.
/// @notice See {IParticipantAccount}. Keys never sign the asked-for hash itself but a message of the account's own
/// typed-data domain that contains it, so what they sign for one account or ledger is worth nothing at another, even
/// where the same key serves both.
abstract contract AccountConsents is AccountKeys, EIP712 {
    bytes32 private constant _CONSENT_TYPEHASH = keccak256("Consent(bytes32 hash)");
    bytes4 private constant _INVALID = 0xffffffff;
    uint256 private constant _WORD = 32;

    /// @inheritdoc IERC1271
    /// @dev The account calls itself, so that whatever is wrong with the bytes ends in an answer and not in a revert.
    /// An encoded array is the word 32, where it begins, and then the array; the second argument of {checkConsent}
    /// begins at 64, behind two words.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length < _WORD || uint256(bytes32(signature[:_WORD])) != _WORD) return _INVALID;
        (bool consents,) = address(this).staticcall(
            bytes.concat(
                IParticipantAccount.checkConsent.selector, hash, bytes32(2 * _WORD), signature[_WORD:]
            )
        );
        return consents ? IERC1271.isValidSignature.selector : _INVALID;
    }

    /// @inheritdoc IParticipantAccount
    function checkConsent(bytes32 hash, Approval[] calldata approvals) external view {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(_CONSENT_TYPEHASH, hash)));
        (KeyTally.Tally signers, uint8 have) = _checkSignatures(digest, approvals);
        _requireMayBind(signers, have, approvals.length);
        // Nobody here sees what the hash stands for: as many keys as the most demanding act needs.
        (uint8 binding,) = _keysDemanded();
        if (binding != 0) _requireKeys(false, binding, signers, have, approvals.length);
    }
}
