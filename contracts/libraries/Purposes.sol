// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Purposes of keys, as bits.
library Purposes {
    uint8 internal constant PROPOSE = 1 << 0;
    uint8 internal constant APPROVE = 1 << 1;
    uint8 internal constant OPERATE = 1 << 2;
    uint8 internal constant ADMINISTER = 1 << 3;
    uint8 internal constant ALL = (1 << 4) - 1;
}
