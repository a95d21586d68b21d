// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How much money a bank may create by its own entries within a day.
/// @notice A bucket that refills over 24 hours: what is left of it may be created at once, so within any 24 hours no more
/// than twice the limit. Money that a bank owes for another reason never passes here.
interface IEntryLimit {
    /// @param limit Minor units in a day.
    /// @param effectiveAt First second at which it holds; the present second where the limit falls.
    event EntryLimitSet(uint128 limit, uint48 effectiveAt);

    /// @param available What could still be created now, minor units.
    error EntryLimitExceeded(uint256 amount, uint256 available);

    /// @notice The bank's own account only. A lower limit holds at once and ends a raise that waits. A higher one holds
    /// after one day, so that two stolen keys cannot raise it and create at once.
    function setEntryLimit(uint128 limit) external;

    /// @return limit What holds now, minor units in a day.
    /// @return available What could be created now.
    /// @return raisedTo The limit that waits; 0 when none does.
    /// @return raisedAt First second at which it holds; 0 when none waits.
    function entryLimit()
        external
        view
        returns (uint128 limit, uint128 available, uint128 raisedTo, uint48 raisedAt);
}
