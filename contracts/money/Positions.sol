// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";

/// @title What banks owe each other.
/// @dev One number for each pair of banks and currency, so that no sum over all banks is ever anything but zero.
abstract contract Positions is IClearingHouse {
    /// @dev What the bank with the lower number owes the one with the higher number; below zero the other way round.
    mapping(bytes3 currency => mapping(uint32 lower => mapping(uint32 higher => int128))) private _owed;

    /// @inheritdoc IClearingHouse
    function owedTo(uint32 creditor, uint32 debtor, bytes3 currency) external view returns (int128 owed) {
        return _owedTo(creditor, debtor, currency);
    }

    function _owedTo(uint32 creditor, uint32 debtor, bytes3 currency) internal view returns (int128) {
        return debtor < creditor ? _owed[currency][debtor][creditor] : -_owed[currency][creditor][debtor];
    }

    /// @dev The only writer.
    function _setOwed(uint32 creditor, uint32 debtor, bytes3 currency, int128 owed) internal {
        if (debtor < creditor) _owed[currency][debtor][creditor] = owed;
        else _owed[currency][creditor][debtor] = -owed;
        emit PositionChanged(creditor, debtor, currency, owed);
    }
}
