// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC7913WebAuthnVerifier} from
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol";

/// @title Says whether a passkey or security key signed a digest, with its user verified by it.
/// @notice OpenZeppelin's verifier as it is, named so that its artifact belongs to this system. The key is `x ‖ y` on
/// P-256, the signature an encoded {WebAuthn.WebAuthnAuth} whose challenge is the digest. Which site asked (origin,
/// relying party) is the authenticator's business and is not looked at.
// solhint-disable-next-line no-empty-blocks
contract WebAuthnVerifier is ERC7913WebAuthnVerifier {}
