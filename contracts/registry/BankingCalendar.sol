// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Participants} from "./Participants.sol";
import {IBankingCalendar} from "../interfaces/IBankingCalendar.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";

/// @title BankingCalendar
/// @notice See {IBankingCalendar}. The local day at `time` is (time + offset that holds at `time`) / 86,400, rounded
/// down and never below 0. The first second of a local day is the first second whose local day is that day or later:
/// with that definition a change of the offset in the night, even at midnight itself, needs no special case.
contract BankingCalendar is IBankingCalendar, Participants {
    uint256 private constant _DAY = 1 days;
    uint32 private constant _WORD_DAYS = 256;
    uint256 private constant _WORDS_MOST = 16;
    uint256 private constant _OFFSETS_MOST = 32;
    int16 private constant _OFFSET_MINUTES_MOST = 14 * 60;
    uint16 private constant _MINUTES_OF_DAY = 24 * 60;
    /// @dev A bank that closed nearly every day would stop its own clocks, and no search for the next banking day would
    /// end. Weekends and holidays together never close half of 256 days.
    uint256 private constant _CLOSED_DAYS_MOST = 128;
    uint32 private constant _NOTICE_DAYS = 7;
    uint32 private constant _DISTANCE_MOST = 60;
    /// @dev Banking days in which a bank examines (U28).
    uint32 private constant _EXAMINATION_DAYS = 5;

    // slot 0: firstWord, wordCount, cutOffMinutes · slot 1: words · slot 2: offsets, four in a slot
    struct Book {
        uint16 firstWord;
        uint16 wordCount;
        uint16 cutOffMinutes;
        mapping(uint256 word => uint256 closedDays) words;
        OffsetChange[] offsets;
    }

    mapping(uint32 bank => Book) private _books;

    constructor(IParticipantRegistry registry_) Participants(registry_) {}

    /// @inheritdoc IBankingCalendar
    function publish(
        uint16 firstWord,
        uint256[] calldata words,
        uint16 cutOffMinutes,
        OffsetChange[] calldata offsets
    ) external {
        uint32 bank = _callingBank();
        _open(_books[bank], bank, firstWord, cutOffMinutes);
        _storeOffsets(_books[bank], offsets);
        _append(_books[bank], words);
        emit CalendarPublished(bank, firstWord, words, cutOffMinutes, offsets);
    }

    /// @inheritdoc IBankingCalendar
    function extend(uint256[] calldata words) external {
        uint32 bank = _callingBank();
        Book storage book = _books[bank];
        _requirePublished(book, bank, 0);
        uint16 next = book.firstWord + book.wordCount;
        _append(book, words);
        emit CalendarExtended(bank, next, words);
    }

    /// @inheritdoc IBankingCalendar
    function changeDays(uint16 word, uint256 closedDays) external {
        uint32 bank = _callingBank();
        Book storage book = _books[bank];
        uint256 was = _word(book, bank, word);
        uint256 changed = was ^ closedDays;
        if (changed == 0 || _countBits(closedDays) > _CLOSED_DAYS_MOST) revert CalendarInvalid();
        uint32 earliest = word * _WORD_DAYS + _lowestBit(changed);
        if (earliest < _localDay(book, block.timestamp) + _NOTICE_DAYS) revert CalendarNoticeTooShort(bank, earliest);
        book.words[word] = closedDays;
        emit DaysChanged(bank, word, was, closedDays);
    }

    /// @inheritdoc IBankingCalendar
    function isPublished(uint32 bank) external view returns (bool) {
        return _books[bank].wordCount != 0;
    }

    /// @inheritdoc IBankingCalendar
    function isBankingDay(uint32 bank, uint32 day) external view returns (bool) {
        return _isOpen(_word(_books[bank], bank, day / _WORD_DAYS), day);
    }

    /// @inheritdoc IBankingCalendar
    function localDay(uint32 bank, uint48 time) external view returns (uint32) {
        return _localDay(_published(bank), time);
    }

    /// @inheritdoc IBankingCalendar
    function presentationDay(uint32 bank, uint48 time) external view returns (uint32) {
        return _presentationDay(_published(bank), bank, time);
    }

    /// @inheritdoc IBankingCalendar
    function addBankingDays(uint32 bank, uint32 day, uint32 n) external view returns (uint32) {
        return _addBankingDays(_published(bank), bank, day, n);
    }

    /// @inheritdoc IBankingCalendar
    function rollForward(uint32 bank, uint32 day) external view returns (uint32) {
        return _nthOpenFrom(_published(bank), bank, day, 1);
    }

    /// @inheritdoc IBankingCalendar
    function endOfDay(uint32 bank, uint32 day) external view returns (uint48) {
        return _startOfDay(_published(bank), uint256(day) + 1);
    }

    /// @inheritdoc IBankingCalendar
    function startOfDay(uint32 bank, uint32 day) external view returns (uint48) {
        return _startOfDay(_published(bank), day);
    }

    /// @inheritdoc IBankingCalendar
    function periodFrom(uint32 bank, uint48 time, uint32 n) external view returns (uint32 countsOn, uint48 over) {
        return _periodFrom(bank, time, n);
    }

    /// @inheritdoc IBankingCalendar
    function examinationPeriod(uint32 bank, uint48 receivedAt)
        external
        view
        returns (uint32 receivedOn, uint48 deadline)
    {
        // U28: the fifth banking day after the day of receipt, which itself does not count.
        return _periodFrom(bank, receivedAt, _EXAMINATION_DAYS);
    }

    function _periodFrom(uint32 bank, uint48 time, uint32 n) private view returns (uint32 countsOn, uint48 over) {
        Book storage book = _published(bank);
        countsOn = _presentationDay(book, bank, time);
        over = _startOfDay(book, uint256(_addBankingDays(book, bank, countsOn, n)) + 1);
    }

    function _open(Book storage book, uint32 bank, uint16 firstWord, uint16 cutOffMinutes) private {
        if (book.wordCount != 0) revert CalendarExists(bank);
        // A cut-off of 1,440 means none; one of 0 would move every day's post to the next day.
        if (cutOffMinutes == 0 || cutOffMinutes > _MINUTES_OF_DAY) revert CalendarInvalid();
        book.firstWord = firstWord;
        book.cutOffMinutes = cutOffMinutes;
    }

    function _append(Book storage book, uint256[] calldata words) private {
        uint256 count = words.length;
        uint256 next = uint256(book.firstWord) + book.wordCount;
        if (count == 0 || count > _WORDS_MOST || next + count > type(uint16).max) revert CalendarInvalid();
        for (uint256 i = 0; i < count; ++i) {
            if (_countBits(words[i]) > _CLOSED_DAYS_MOST) revert CalendarInvalid();
            book.words[next + i] = words[i];
        }
        // The sum was found below 2^16 above.
        book.wordCount += uint16(count);
    }

    function _storeOffsets(Book storage book, OffsetChange[] calldata offsets) private {
        uint256 count = offsets.length;
        if (count == 0 || count > _OFFSETS_MOST || offsets[0].from != 0) revert CalendarInvalid();
        for (uint256 i = 0; i < count; ++i) {
            int16 minutesEast = offsets[i].offsetMinutes;
            if (minutesEast > _OFFSET_MINUTES_MOST || minutesEast < -_OFFSET_MINUTES_MOST) revert CalendarInvalid();
            if (i != 0 && offsets[i].from <= offsets[i - 1].from) revert CalendarInvalid();
            book.offsets.push(offsets[i]);
        }
    }

    function _callingBank() private view returns (uint32 bank) {
        bank = _callerWith(Roles.BANK);
        if (bank == 0) revert CalendarNotEntitled(msg.sender);
    }

    function _published(uint32 bank) private view returns (Book storage book) {
        book = _books[bank];
        _requirePublished(book, bank, uint32(block.timestamp / _DAY));
    }

    function _requirePublished(Book storage book, uint32 bank, uint32 day) private view {
        if (book.wordCount == 0) revert CalendarNotPublished(bank, day);
    }

    /// @dev U57: what comes after the cut-off counts as the next banking day's.
    function _presentationDay(Book storage book, uint32 bank, uint256 time) private view returns (uint32) {
        uint256 local = _localTime(book, time);
        uint32 day = uint32(local / _DAY);
        if ((local % _DAY) / 1 minutes >= book.cutOffMinutes) ++day;
        return _nthOpenFrom(book, bank, day, 1);
    }

    function _addBankingDays(Book storage book, uint32 bank, uint32 day, uint32 n) private view returns (uint32) {
        if (n > _DISTANCE_MOST) revert CalendarDistanceTooLong(n);
        return n == 0 ? day : _nthOpenFrom(book, bank, uint256(day) + 1, n);
    }

    /// @dev The nth open day, counted from `day` itself. Each word is read once; at least half of each is open, so the
    /// search ends within two words of where it began.
    function _nthOpenFrom(Book storage book, uint32 bank, uint256 day, uint32 n) private view returns (uint32) {
        uint256 word = _word(book, bank, day / _WORD_DAYS);
        while (true) {
            if (_isOpen(word, day) && --n == 0) return uint32(day);
            if (++day % _WORD_DAYS == 0) word = _word(book, bank, day / _WORD_DAYS);
        }
        return 0;
    }

    function _word(Book storage book, uint32 bank, uint256 index) private view returns (uint256) {
        uint256 first = book.firstWord;
        if (index < first || index >= first + book.wordCount) {
            revert CalendarNotPublished(bank, uint32(index * _WORD_DAYS));
        }
        return book.words[index];
    }

    function _localDay(Book storage book, uint256 time) private view returns (uint32) {
        return uint32(_localTime(book, time) / _DAY);
    }

    function _localTime(Book storage book, uint256 time) private view returns (uint256) {
        return _shift(time, book.offsets[_offsetAt(book, time)].offsetMinutes);
    }

    /// @dev The first second whose local day is `day` or later. No local time runs more than 14 hours ahead of UTC, so
    /// the search begins with the offset that holds 14 hours before the day begins in UTC.
    function _startOfDay(Book storage book, uint256 day) private view returns (uint48) {
        uint256 midnight = day * _DAY;
        uint256 count = book.offsets.length;
        uint256 index = _offsetAt(book, _shift(midnight, -_OFFSET_MINUTES_MOST));
        while (true) {
            OffsetChange memory change = book.offsets[index];
            uint256 start = _shift(midnight, -change.offsetMinutes);
            // Local midnight already passed when this offset began: the clock was put forward over it.
            if (start < change.from) start = change.from;
            if (++index == count || start < book.offsets[index].from) return uint48(start);
        }
        return 0;
    }

    /// @return low Index of the last change at or before `time`. The first one begins at 0.
    function _offsetAt(Book storage book, uint256 time) private view returns (uint256 low) {
        uint256 high = book.offsets.length;
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (book.offsets[middle].from <= time) low = middle;
            else high = middle;
        }
    }

    /// @dev Not below 0: time before 1970 has no day here.
    function _shift(uint256 time, int16 byMinutes) private pure returns (uint256) {
        if (byMinutes >= 0) return time + uint256(int256(byMinutes)) * 1 minutes;
        uint256 back = uint256(-int256(byMinutes)) * 1 minutes;
        return time > back ? time - back : 0;
    }

    function _isOpen(uint256 word, uint256 day) private pure returns (bool) {
        return (word >> (day % _WORD_DAYS)) & 1 == 0;
    }

    function _countBits(uint256 word) private pure returns (uint256 count) {
        // Each round clears the lowest set bit, so there are at most 256.
        for (; word != 0; ++count) {
            word &= word - 1;
        }
    }

    function _lowestBit(uint256 word) private pure returns (uint32 index) {
        // Only called with a word that has a set bit.
        while (word & 1 == 0) {
            word >>= 1;
            ++index;
        }
    }
}
