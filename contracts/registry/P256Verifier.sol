// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

/// @title Says whether a P-256 key signed a digest: keys in hardware modules of banks.
/// @notice OpenZeppelin's verifier as it is, named so that its artifact belongs to this system. The key is `x ‖ y`, the
/// signature `r ‖ s` with the lower of the two possible `s`.
// solhint-disable-next-line no-empty-blocks
contract P256Verifier is ERC7913P256Verifier {}
