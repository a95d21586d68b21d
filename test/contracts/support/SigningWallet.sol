// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A smart account that answers ERC-1271 for one key.
/// @notice Its code stands where a party's account stands ({Vm-etch}); the key is part of the code.
contract SigningWallet is IERC1271 {
    address private immutable _KEY;

    constructor(address key) {
        _KEY = key;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecover(hash, signature);
        bool isValid = fault == ECDSA.RecoverError.NoError && signer == _KEY;
        return isValid ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
