// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";

/// @notice The calendar searches; these tests compare it with plain loops over days and offsets.
contract BankingCalendarFuzzTest is System {
    uint256 internal constant WORDS = 3;
    uint32 internal constant FIRST_DAY = uint32(START_WORD) * 256;

    Party internal bank;
    uint256[] internal words;
    IBankingCalendar.OffsetChange[] internal offsets;

    function setUp() public {
        deploySystem();
        bank = admit("fuzz bank", Roles.BANK);
    }

    function testFuzz_U28_banking_days_are_those_that_a_plain_loop_finds(
        uint256[3] memory noise,
        uint32 day,
        uint32 n
    ) public {
        _publishRandom(noise, 0, CUT_OFF);
        day = FIRST_DAY + uint32(bound(day, 0, 255));
        n = uint32(bound(n, 1, 60));
        assertEq(calendar.addBankingDays(bank.id, day, n), _nthOpenAfter(day, n), "nth banking day after");
        assertEq(calendar.rollForward(bank.id, day), _isOpen(day) ? day : _nthOpenAfter(day, 1), "roll forward");
        assertEq(calendar.isBankingDay(bank.id, day), _isOpen(day), "banking day");
    }

    function testFuzz_the_local_day_is_that_of_the_offset_that_holds(uint256 seed, uint48 time) public {
        _publishRandom([uint256(0), 0, 0], seed, CUT_OFF);
        time = uint48(bound(time, uint256(FIRST_DAY) * 1 days, uint256(FIRST_DAY + 700) * 1 days));
        assertEq(calendar.localDay(bank.id, time), uint32(_localTime(time) / 1 days));
    }

    /// @notice With changes of the offset near midnight, close together and of up to 28 hours.
    function testFuzz_the_end_of_a_day_is_the_first_second_after_it(uint256 seed, uint32 day) public {
        _publishRandom([uint256(0), 0, 0], seed, CUT_OFF);
        // Days around a change of the offset, where an error would show.
        uint256 near = _localTime(offsets[day % offsets.length].from) / 1 days;
        if (near == 0) near = FIRST_DAY;
        day = uint32(near + 1) - (day >> 8) % 3;
        uint48 end = calendar.endOfDay(bank.id, day);
        assertGe(_localTime(end) / 1 days, uint256(day) + 1, "over at its end");
        assertEq(calendar.startOfDay(bank.id, day + 1), end, "the next day begins there");
        // Local time only grows between changes, so an earlier second that is later locally would show just before a
        // change or before the end itself.
        assertLe(_localTime(end - 1) / 1 days, day, "not over a second before");
        for (uint256 i = 1; i < offsets.length && offsets[i].from <= end; ++i) {
            assertLe(_localTime(offsets[i].from - 1) / 1 days, day, "not over before a change of the offset");
        }
    }

    function testFuzz_U57_receipt_is_counted_from_the_cut_off(uint256[3] memory noise, uint256 seed, uint48 time)
        public
    {
        uint16 cutOff = uint16(bound(seed >> 128, 1, 1440));
        _publishRandom(noise, seed, cutOff);
        time = uint48(bound(time, uint256(FIRST_DAY + 2) * 1 days, uint256(FIRST_DAY + 250) * 1 days));
        uint256 local = _localTime(time);
        uint32 day = uint32(local / 1 days);
        bool late = (local % 1 days) / 60 >= cutOff;
        uint32 want = late || !_isOpen(day) ? _nthOpenAfter(day, 1) : day;
        assertEq(calendar.presentationDay(bank.id, time), want, "presentation day");

        (uint32 receivedOn, uint48 deadline) = calendar.examinationPeriod(bank.id, time);
        assertEq(receivedOn, want, "U28: received on");
        assertEq(deadline, calendar.endOfDay(bank.id, _nthOpenAfter(want, 5)), "U28: end of the fifth banking day");
        assertGe(deadline, uint256(time) + 1, "U28: the time to decide lies ahead");
    }

    /// @dev At most half of a word is closed; the changes of the offset come at any second, some close together.
    function _publishRandom(uint256[3] memory noise, uint256 seed, uint16 cutOff) internal {
        words = new uint256[](WORDS);
        for (uint256 i = 0; i < WORDS; ++i) {
            // The lower half is as the noise says, the upper half open.
            words[i] = i % 2 == 0 ? noise[i] >> 128 : (noise[i] >> 128) << 128;
        }
        uint256 count = 1 + seed % 32;
        uint256 from;
        for (uint256 i = 0; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            offsets.push(
                IBankingCalendar.OffsetChange(uint48(from), int16(int256(random % 1681)) - 840)
            );
            if (i == 0) from = uint256(FIRST_DAY) * 1 days;
            uint256 gap = random >> 128;
            from += 1 + (gap % 3 == 0 ? gap % 12 hours : gap % 60 days);
        }
        vm.prank(bank.account);
        calendar.publish(START_WORD, words, cutOff, offsets);
    }

    function _localTime(uint256 time) internal view returns (uint256) {
        int256 minutesEast;
        for (uint256 i = 0; i < offsets.length; ++i) {
            if (offsets[i].from <= time) minutesEast = offsets[i].offsetMinutes;
        }
        int256 local = int256(time) + minutesEast * 60;
        return local < 0 ? 0 : uint256(local);
    }

    function _isOpen(uint32 day) internal view returns (bool) {
        return words[(day - FIRST_DAY) / 256] & (1 << ((day - FIRST_DAY) % 256)) == 0;
    }

    function _nthOpenAfter(uint32 day, uint32 n) internal view returns (uint32) {
        while (n > 0) {
            ++day;
            if (_isOpen(day)) --n;
        }
        return day;
    }
}
