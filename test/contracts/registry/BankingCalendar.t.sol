// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";

/// @notice In the fixture the issuer sits one hour east of UTC; START is Monday 2026-01-05, 10:00 there.
contract BankingCalendarTest is System {
    uint32 internal constant FRIDAY = START_DAY + 4;

    Party internal bank;

    function setUp() public {
        deploySystem();
        bank = admit("calendar bank", Roles.BANK);
    }

    // Days.

    function test_weekends_are_no_banking_days() public view {
        for (uint32 day = START_DAY; day < START_DAY + 14; ++day) {
            assertEq(calendar.isBankingDay(issuer.id, day), !isWeekend(day));
        }
    }

    function test_U28_the_day_itself_does_not_count() public view {
        assertEq(calendar.addBankingDays(issuer.id, START_DAY, 1), START_DAY + 1);
        assertEq(calendar.addBankingDays(issuer.id, START_DAY, 5), START_DAY + 7, "five banking days: next Monday");
        assertEq(calendar.addBankingDays(issuer.id, FRIDAY, 1), START_DAY + 7, "Friday's next is Monday");
        assertEq(calendar.addBankingDays(issuer.id, FRIDAY + 1, 1), START_DAY + 7, "Saturday's next is Monday");
        assertEq(calendar.addBankingDays(issuer.id, FRIDAY, 0), FRIDAY, "none is the day itself");
    }

    function test_a_distance_above_sixty_banking_days_is_refused() public {
        assertEq(calendar.addBankingDays(issuer.id, START_DAY, 60), START_DAY + 84);
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarDistanceTooLong.selector, 61));
        calendar.addBankingDays(issuer.id, START_DAY, 61);
    }

    function test_U50_a_closed_day_rolls_to_the_next_banking_day_and_an_open_one_stays() public view {
        assertEq(calendar.rollForward(issuer.id, FRIDAY), FRIDAY);
        assertEq(calendar.rollForward(issuer.id, FRIDAY + 1), START_DAY + 7);
        assertEq(calendar.rollForward(issuer.id, FRIDAY + 2), START_DAY + 7);
    }

    function test_a_holiday_is_skipped_like_a_weekend() public {
        // 2026-01-19 is a Monday two weeks ahead.
        uint32 holiday = START_DAY + 14;
        _close(issuer, holiday);
        assertFalse(calendar.isBankingDay(issuer.id, holiday));
        assertEq(calendar.rollForward(issuer.id, holiday - 2), holiday + 1);
        assertEq(calendar.addBankingDays(issuer.id, holiday - 3, 1), holiday + 1);
    }

    function test_nobody_guesses_about_days_that_are_not_published() public {
        uint32 first = uint32(START_WORD) * 256;
        uint32 end = first + 4 * 256;
        assertTrue(calendar.isBankingDay(issuer.id, first) || isWeekend(first));
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, issuer.id, first - 256));
        calendar.isBankingDay(issuer.id, first - 1);
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, issuer.id, end));
        calendar.isBankingDay(issuer.id, end);
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, issuer.id, end));
        calendar.addBankingDays(issuer.id, end - 3, 5);
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, bank.id, START_DAY));
        calendar.localDay(bank.id, START);
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, bank.id, START_DAY));
        calendar.endOfDay(bank.id, START_DAY);
    }

    // Hours.

    function test_U57_what_comes_before_the_cut_off_is_received_on_that_day() public view {
        uint48 cutOff = uint48(START_DAY) * 1 days + 15 hours; // 16:00 local
        assertEq(calendar.presentationDay(issuer.id, cutOff - 1), START_DAY);
    }

    function test_U57_what_comes_from_the_cut_off_on_is_received_on_the_next_banking_day() public view {
        uint48 cutOff = uint48(START_DAY) * 1 days + 15 hours;
        assertEq(calendar.presentationDay(issuer.id, cutOff), START_DAY + 1);
        assertEq(calendar.presentationDay(issuer.id, cutOff + 4 days), START_DAY + 7, "Friday evening: Monday");
        assertEq(calendar.presentationDay(issuer.id, cutOff + 5 days), START_DAY + 7, "Saturday evening: Monday");
        assertEq(calendar.presentationDay(issuer.id, cutOff + 5 days - 1), START_DAY + 7, "Saturday noon: Monday");
    }

    function test_a_cut_off_of_1440_means_none() public {
        _publish(1440, _offsets(0));
        assertEq(calendar.presentationDay(bank.id, uint48(START_DAY + 1) * 1 days - 1), START_DAY);
    }

    function test_a_period_ends_with_its_last_banking_day_and_begins_after_the_day_that_counts() public view {
        (uint32 countsOn, uint48 over) = calendar.periodFrom(issuer.id, START, 2);
        assertEq(countsOn, START_DAY);
        assertEq(over, calendar.endOfDay(issuer.id, START_DAY + 2));
        // Friday after the cut-off counts as Monday's; the weekend is no part of it.
        (countsOn, over) = calendar.periodFrom(issuer.id, FRIDAY * 1 days + 20 hours, 2);
        assertEq(countsOn, START_DAY + 7);
        assertEq(over, calendar.endOfDay(issuer.id, START_DAY + 9));
        (countsOn, over) = calendar.periodFrom(issuer.id, START, 0);
        assertEq(over, calendar.endOfDay(issuer.id, START_DAY), "none is the rest of the day itself");
    }

    function test_U28_the_examination_ends_with_the_fifth_banking_day_after_receipt() public view {
        (uint32 receivedOn, uint48 deadline) = calendar.examinationPeriod(issuer.id, START);
        assertEq(receivedOn, START_DAY);
        // Monday the 12th ends at 23:00 UTC, one hour east.
        assertEq(deadline, uint48(START_DAY + 8) * 1 days - 1 hours);
        assertEq(calendar.localDay(issuer.id, deadline - 1), START_DAY + 7, "the last second still is that Monday");
        assertEq(calendar.localDay(issuer.id, deadline), START_DAY + 8);
    }

    // Offsets.

    function test_the_first_offset_holds_from_the_beginning_of_time() public {
        _publish(CUT_OFF, _offsets(120));
        assertEq(calendar.localDay(bank.id, 22 hours - 1), 0);
        assertEq(calendar.localDay(bank.id, 22 hours), 1);
        assertEq(calendar.startOfDay(bank.id, 0), 0, "no time before 1970");
        assertEq(calendar.endOfDay(bank.id, 0), 22 hours);
    }

    function test_a_half_hour_zone_ends_its_day_on_the_half_hour() public {
        _publish(CUT_OFF, _offsets(330)); // India
        assertEq(calendar.endOfDay(bank.id, START_DAY), uint48(START_DAY + 1) * 1 days - 330 minutes);
        assertEq(calendar.startOfDay(bank.id, START_DAY), uint48(START_DAY) * 1 days - 330 minutes);
    }

    function test_west_of_UTC_the_local_day_ends_after_the_UTC_day() public {
        _publish(CUT_OFF, _offsets(-210)); // Newfoundland
        uint48 end = uint48(START_DAY + 1) * 1 days + 210 minutes;
        assertEq(calendar.endOfDay(bank.id, START_DAY), end);
        assertEq(calendar.localDay(bank.id, end - 1), START_DAY);
        assertEq(calendar.localDay(bank.id, end), START_DAY + 1);
        assertEq(calendar.localDay(bank.id, 0), 0, "never below day 0");
    }

    /// @dev Berlin goes from +60 to +120 at 01:00 UTC, 02:00 local, of day D.
    function test_a_day_in_which_the_clock_goes_forward_at_two_has_23_hours() public {
        uint48 change = uint48(START_DAY + 83) * 1 days + 1 hours; // Sunday 2026-03-29
        _publish(CUT_OFF, _twoOffsets(60, change, 120));
        uint48 start = calendar.startOfDay(bank.id, START_DAY + 83);
        uint48 end = calendar.endOfDay(bank.id, START_DAY + 83);
        assertEq(start, change - 2 hours);
        assertEq(end - start, 23 hours);
        assertEq(calendar.localDay(bank.id, end - 1), START_DAY + 83);
        assertEq(calendar.localDay(bank.id, end), START_DAY + 84);
    }

    /// @dev London goes from +60 to 0 at 01:00 UTC, 02:00 local; Havana goes back at 01:00 local to midnight exactly.
    function test_a_day_in_which_the_clock_goes_back_has_25_hours() public {
        uint48 change = uint48(START_DAY + 293) * 1 days + 5 hours; // 01:00 local at -240
        _publish(CUT_OFF, _twoOffsets(-240, change, -300));
        uint48 start = calendar.startOfDay(bank.id, START_DAY + 293);
        assertEq(start, change - 1 hours, "the first of the two midnights begins the day");
        assertEq(calendar.endOfDay(bank.id, START_DAY + 293) - start, 25 hours);
        assertEq(calendar.localDay(bank.id, change), START_DAY + 293, "the second midnight is the same day");
    }

    /// @dev Far east of UTC the local night lies before UTC midnight; so does the change of the offset.
    function test_a_change_at_one_or_two_in_the_night_does_not_move_the_midnight_before_it() public {
        uint32 day = START_DAY + 83;
        uint48 midnight = uint48(day) * 1 days - 330 minutes;
        int16[2] memory later = [int16(390), 270];
        for (uint48 hour = 1; hour <= 2; ++hour) {
            for (uint256 i = 0; i < later.length; ++i) {
                uint256 state = vm.snapshotState();
                _publish(CUT_OFF, _twoOffsets(330, midnight + hour * 1 hours, later[i]));
                assertEq(calendar.startOfDay(bank.id, day), midnight);
                assertEq(calendar.endOfDay(bank.id, day - 1), midnight);
                vm.revertToState(state);
            }
        }
    }

    /// @dev The clock goes forward at midnight itself: 00:00 never shows, the day begins at 01:00 local (as in Beirut).
    function test_a_midnight_that_is_skipped_ends_the_day_at_the_change() public {
        uint48 midnight = uint48(START_DAY + 83) * 1 days - 2 hours;
        _publish(CUT_OFF, _twoOffsets(120, midnight, 180));
        assertEq(calendar.endOfDay(bank.id, START_DAY + 82), midnight);
        assertEq(calendar.localDay(bank.id, midnight - 1), START_DAY + 82);
        assertEq(calendar.localDay(bank.id, midnight), START_DAY + 83);
    }

    /// @dev The clock goes from 23:30 straight to 00:30.
    function test_a_midnight_inside_the_jump_ends_the_day_at_the_change() public {
        uint48 change = uint48(START_DAY + 83) * 1 days - 2 hours - 30 minutes;
        _publish(CUT_OFF, _twoOffsets(120, change, 180));
        assertEq(calendar.endOfDay(bank.id, START_DAY + 82), change);
    }

    /// @dev At 00:00 the clock goes back to 23:00: the day goes on for an hour more.
    function test_a_midnight_that_is_put_back_ends_the_day_an_hour_later() public {
        uint48 midnight = uint48(START_DAY + 200) * 1 days + 3 hours;
        _publish(CUT_OFF, _twoOffsets(-180, midnight, -240));
        assertEq(calendar.endOfDay(bank.id, START_DAY + 199), midnight + 1 hours);
        assertEq(calendar.localDay(bank.id, midnight), START_DAY + 199);
    }

    // Publishing.

    function test_only_a_bank_publishes_extends_and_changes_and_only_for_itself() public {
        address[4] memory callers = [buyer.account, operator.account, regulator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want =
                abi.encodeWithSelector(IBankingCalendar.CalendarNotEntitled.selector, callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            calendar.publish(START_WORD, new uint256[](0), 0, _offsets(0));
            vm.expectRevert(want);
            calendar.extend(new uint256[](0));
            vm.expectRevert(want);
            calendar.changeDays(START_WORD, 0);
            vm.stopPrank();
        }
        assertFalse(calendar.isPublished(bank.id));
        _publish(CUT_OFF, _offsets(0));
        assertTrue(calendar.isPublished(bank.id));
    }

    function test_a_suspended_bank_keeps_its_calendar_up_to_date() public {
        vm.prank(operator.account);
        registry.suspend(issuer.id, 0);
        _close(issuer, START_DAY + 14);
    }

    function test_a_calendar_is_published_once() public {
        bytes memory want = abi.encodeWithSelector(IBankingCalendar.CalendarExists.selector, issuer.id);
        vm.expectRevert(want);
        vm.prank(issuer.account);
        calendar.publish(START_WORD, weekendWords(START_WORD, 1), CUT_OFF, _offsets(0));
    }

    function test_what_a_calendar_cannot_be() public {
        uint256[] memory good = weekendWords(START_WORD, 1);
        _refusePublish(new uint256[](0), CUT_OFF, _offsets(0));
        _refusePublish(new uint256[](17), CUT_OFF, _offsets(0));
        _refusePublish(good, 0, _offsets(0));
        _refusePublish(good, 1441, _offsets(0));
        _refusePublish(good, CUT_OFF, new IBankingCalendar.OffsetChange[](0));
        _refusePublish(good, CUT_OFF, new IBankingCalendar.OffsetChange[](33));
        _refusePublish(good, CUT_OFF, _offsets(841));
        _refusePublish(good, CUT_OFF, _offsets(-841));
        _refusePublish(good, CUT_OFF, _twoOffsets(0, 0, 60));
        IBankingCalendar.OffsetChange[] memory late = _offsets(0);
        late[0].from = 1;
        _refusePublish(good, CUT_OFF, late);
        // 129 of 256 days closed: a bank may not stop its own clock (U28) by closing for ever.
        good[0] = type(uint256).max >> 127;
        _refusePublish(good, CUT_OFF, _offsets(0));
        good[0] = type(uint256).max;
        _refusePublish(good, CUT_OFF, _offsets(0));
    }

    function test_half_of_the_days_of_a_word_may_be_closed() public {
        uint256[] memory words = new uint256[](2);
        (words[0], words[1]) = (type(uint256).max << 128, type(uint256).max >> 128);
        vm.prank(bank.account);
        calendar.publish(START_WORD, words, CUT_OFF, _offsets(840));
        uint32 first = uint32(START_WORD) * 256;
        assertEq(calendar.rollForward(bank.id, first + 128), first + 256 + 128, "the longest closure ends");
    }

    function test_an_extended_calendar_goes_on_where_it_ended() public {
        uint256[] memory words = weekendWords(START_WORD + 4, 2);
        vm.expectEmit(address(calendar));
        emit IBankingCalendar.CalendarExtended(issuer.id, START_WORD + 4, words);
        vm.prank(issuer.account);
        calendar.extend(words);
        uint32 end = (uint32(START_WORD) + 6) * 256;
        assertEq(calendar.isBankingDay(issuer.id, end - 1), !isWeekend(end - 1));
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, issuer.id, end));
        calendar.isBankingDay(issuer.id, end);
    }

    function test_a_calendar_that_was_never_published_is_not_extended() public {
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, bank.id, 0));
        vm.prank(bank.account);
        calendar.extend(weekendWords(START_WORD, 1));
    }

    // Notice.

    function test_a_day_seven_days_ahead_may_still_be_changed() public {
        _close(issuer, START_DAY + 7);
        assertFalse(calendar.isBankingDay(issuer.id, START_DAY + 7));
    }

    function test_a_day_six_days_ahead_or_past_may_not_be_changed() public {
        uint32[4] memory days_ = [START_DAY + 6, START_DAY, START_DAY - 1, uint32(START_WORD) * 256];
        for (uint256 i = 0; i < days_.length; ++i) {
            uint256 word = weekendWords(START_WORD, 1)[0] ^ (1 << (days_[i] % 256));
            vm.expectRevert(
                abi.encodeWithSelector(IBankingCalendar.CalendarNoticeTooShort.selector, issuer.id, days_[i])
            );
            vm.prank(issuer.account);
            calendar.changeDays(START_WORD, word);
        }
    }

    function test_the_notice_is_counted_in_the_local_days_of_the_bank() public {
        // Half past midnight of Tuesday at the bank, still Monday in UTC.
        vm.warp(uint48(START_DAY + 1) * 1 days - 30 minutes);
        uint256 word = weekendWords(START_WORD, 1)[0] ^ (1 << ((START_DAY + 7) % 256));
        vm.expectRevert(
            abi.encodeWithSelector(IBankingCalendar.CalendarNoticeTooShort.selector, issuer.id, START_DAY + 7)
        );
        vm.prank(issuer.account);
        calendar.changeDays(START_WORD, word);
    }

    function test_a_changed_word_is_told_with_what_it_was() public {
        uint256 was = weekendWords(START_WORD, 1)[0];
        uint256 isNow = was | (1 << ((START_DAY + 8) % 256));
        vm.expectEmit(address(calendar));
        emit IBankingCalendar.DaysChanged(issuer.id, START_WORD, was, isNow);
        vm.prank(issuer.account);
        calendar.changeDays(START_WORD, isNow);
    }

    function test_a_change_of_nothing_or_of_too_much_or_of_unpublished_days_is_refused() public {
        uint256 was = weekendWords(START_WORD + 1, 1)[0];
        vm.startPrank(issuer.account);
        vm.expectRevert(IBankingCalendar.CalendarInvalid.selector);
        calendar.changeDays(START_WORD + 1, was);
        vm.expectRevert(IBankingCalendar.CalendarInvalid.selector);
        calendar.changeDays(START_WORD + 1, type(uint256).max);
        uint32 end = (uint32(START_WORD) + 4) * 256;
        vm.expectRevert(abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, issuer.id, end));
        calendar.changeDays(START_WORD + 4, 0);
    }

    function _publish(uint16 cutOffMinutes, IBankingCalendar.OffsetChange[] memory offsets) internal {
        vm.prank(bank.account);
        calendar.publish(START_WORD, weekendWords(START_WORD, 4), cutOffMinutes, offsets);
    }

    function _refusePublish(
        uint256[] memory words,
        uint16 cutOffMinutes,
        IBankingCalendar.OffsetChange[] memory offsets
    ) internal {
        vm.expectRevert(IBankingCalendar.CalendarInvalid.selector);
        vm.prank(bank.account);
        calendar.publish(START_WORD, words, cutOffMinutes, offsets);
    }

    function _close(Party memory party, uint32 day) internal {
        uint16 word = uint16(day / 256);
        uint256 closed = weekendWords(word, 1)[0] | (1 << (day % 256));
        vm.prank(party.account);
        calendar.changeDays(word, closed);
    }

    function _offsets(int16 offsetMinutes) internal pure returns (IBankingCalendar.OffsetChange[] memory offsets) {
        offsets = new IBankingCalendar.OffsetChange[](1);
        offsets[0].offsetMinutes = offsetMinutes;
    }

    function _twoOffsets(int16 first, uint48 from, int16 second)
        internal
        pure
        returns (IBankingCalendar.OffsetChange[] memory offsets)
    {
        offsets = new IBankingCalendar.OffsetChange[](2);
        offsets[0].offsetMinutes = first;
        offsets[1] = IBankingCalendar.OffsetChange(from, second);
    }
}
