// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Roles of participants, as bits.
library Roles {
    uint32 internal constant MERCHANT = 1 << 0;
    uint32 internal constant BANK = 1 << 1;
    uint32 internal constant CARRIER = 1 << 2;
    uint32 internal constant INSURER = 1 << 3;
    uint32 internal constant INSPECTOR = 1 << 4;
    uint32 internal constant ARBITER = 1 << 5;
    uint32 internal constant REGULATOR = 1 << 6;
    uint32 internal constant OPERATOR = 1 << 7;
    uint32 internal constant ALL = (1 << 8) - 1;
    /// @dev Participants that bind others or hold others' money: every act that is not routine needs two keys.
    uint32 internal constant FOUR_EYES = BANK | REGULATOR | OPERATOR;
}
