// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Banking days of each bank at its place.
/// @notice Days are counted since 1970-01-01 in the bank's local calendar. A day is closed when its bit is set in the
/// bank's closed-day words (weekends and holidays alike). "Close of the nth banking day" is fixed once, in
/// {endOfDay}: the end of the local calendar day; refusal and preclusion both use it (U28, U40, U42). The gateway shows
/// banks the earlier end of banking hours.
interface IBankingCalendar {
    /// @param from First second (block time) at which the offset holds.
    /// @param offsetMinutes Local time minus UTC, in minutes.
    struct OffsetChange {
        uint48 from;
        int16 offsetMinutes;
    }

    event CalendarPublished(
        uint32 indexed bank, uint16 firstWord, uint256[] words, uint16 cutOffMinutes, OffsetChange[] offsets
    );
    event CalendarExtended(uint32 indexed bank, uint16 firstWord, uint256[] words);
    event DaysChanged(uint32 indexed bank, uint16 indexed word, uint256 was, uint256 isNow);

    error CalendarNotEntitled(address caller);
    error CalendarInvalid();
    error CalendarExists(uint32 bank);
    /// @notice The bank's calendar says nothing about this day; nobody may guess whether it is open.
    error CalendarNotPublished(uint32 bank, uint32 day);
    /// @notice Days nearer than seven days, and days past, can no longer be changed.
    error CalendarNoticeTooShort(uint32 bank, uint32 day);
    error CalendarDistanceTooLong(uint32 bankingDays);

    /// @notice A bank publishes its own calendar, once.
    /// @param firstWord Index of the first word: local day / 256.
    /// @param cutOffMinutes Minute of the local day from which a presentation counts as the next day's (U57).
    function publish(
        uint16 firstWord,
        uint256[] calldata words,
        uint16 cutOffMinutes,
        OffsetChange[] calldata offsets
    ) external;

    /// @notice A bank adds words after those it published, so that its calendar never runs out.
    function extend(uint256[] calldata words) external;

    /// @notice A bank changes days that lie at least seven days ahead. Running clocks are stored when they start and
    /// do not move.
    function changeDays(uint16 word, uint256 closedDays) external;

    function isPublished(uint32 bank) external view returns (bool);

    function isBankingDay(uint32 bank, uint32 day) external view returns (bool);

    /// @notice Local calendar day at the bank's place.
    function localDay(uint32 bank, uint48 time) external view returns (uint32);

    /// @notice The banking day on which something that arrived at `time` counts as received (U57).
    function presentationDay(uint32 bank, uint48 time) external view returns (uint32);

    /// @notice The nth banking day strictly after `day` (U28).
    function addBankingDays(uint32 bank, uint32 day, uint32 n) external view returns (uint32);

    /// @notice `day` itself when open, else the next banking day (U50, U67).
    function rollForward(uint32 bank, uint32 day) external view returns (uint32);

    /// @notice First second after the local day: the instant from which the day is over.
    function endOfDay(uint32 bank, uint32 day) external view returns (uint48);

    /// @notice First second of the local day.
    function startOfDay(uint32 bank, uint32 day) external view returns (uint48);

    /// @notice A period of banking days from what arrived at `time`.
    /// @param n Number of banking days.
    /// @return countsOn The banking day of arrival, which itself does not count (U57).
    /// @return over The instant at which the period is over: the end of the nth banking day after it.
    function periodFrom(uint32 bank, uint48 time, uint32 n) external view returns (uint32 countsOn, uint48 over);

    /// @notice Banking day of receipt and the instant at which the time to decide is over: the end of the fifth
    /// banking day after it (U28).
    function examinationPeriod(uint32 bank, uint48 receivedAt)
        external
        view
        returns (uint32 receivedOn, uint48 deadline);
}
