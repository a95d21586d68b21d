// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {IConfirmations} from "../../../contracts/interfaces/IConfirmations.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract ConfirmationsTest is CreditSystem {
    function test_U14_the_bank_that_was_asked_is_bound_from_the_moment_it_confirms() public {
        bytes32 id = issue(defaultTerms());
        (uint32 bank, address token) = confirmations.confirmerOf(id);
        assertEq(bank, 0, "silence is no confirmation");
        vm.warp(START + 1 hours);
        vm.expectEmit(address(confirmations));
        emit IConfirmations.ConfirmationAdded(id, confirmer.id, address(confirmerEur));
        confirm(id);
        (bank, token) = confirmations.confirmerOf(id);
        assertEq(bank, confirmer.id, "confirming bank");
        assertEq(token, address(confirmerEur), "token");
        IConfirmations.ConfirmationRecord memory r = confirmations.confirmation(id);
        assertEq(uint256(r.status), uint256(IConfirmations.Status.Added), "status");
        assertEq(r.bank, confirmer.id, "bank");
        assertEq(r.answeredAt, START + 1 hours, "answeredAt");
        assertEq(r.token, address(confirmerEur), "recorded token");
    }

    function test_U14_a_bank_that_will_not_confirm_says_so_with_a_reason() public {
        bytes32 id = issue(defaultTerms());
        vm.expectRevert(abi.encodeWithSelector(IConfirmations.ConfirmationReasonMissing.selector, id));
        vm.prank(confirmer.account);
        confirmations.decline(id, 0);
        vm.expectEmit(address(confirmations));
        emit IConfirmations.ConfirmationDeclined(id, confirmer.id, REASON);
        vm.prank(confirmer.account);
        confirmations.decline(id, REASON);
        (uint32 bank,) = confirmations.confirmerOf(id);
        assertEq(bank, 0, "a bank that declined is no confirming bank");
    }

    function test_a_bank_answers_once_and_cannot_take_its_confirmation_back() public {
        bytes32 id = issueConfirmed();
        bytes memory want =
            abi.encodeWithSelector(IConfirmations.ConfirmationWrongState.selector, id, IConfirmations.Status.Added);
        vm.startPrank(confirmer.account);
        vm.expectRevert(want);
        confirmations.decline(id, REASON);
        vm.expectRevert(want);
        confirmations.add(id, address(confirmerEur));
        vm.stopPrank();
    }

    function test_what_was_declined_cannot_be_added() public {
        bytes32 id = issue(defaultTerms());
        vm.startPrank(confirmer.account);
        confirmations.decline(id, REASON);
        vm.expectRevert(
            abi.encodeWithSelector(IConfirmations.ConfirmationWrongState.selector, id, IConfirmations.Status.Declined)
        );
        confirmations.add(id, address(confirmerEur));
        vm.stopPrank();
    }

    function test_only_the_bank_that_was_asked_answers() public {
        bytes32 id = issue(defaultTerms());
        address[5] memory others = [stranger, issuer.account, adviser.account, nominated.account, seller.account];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory want = notEntitled(IConfirmations.ConfirmationNotEntitled.selector, id, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(want);
            confirmations.add(id, address(confirmerEur));
            vm.expectRevert(want);
            confirmations.decline(id, REASON);
            vm.stopPrank();
        }
    }

    function test_nobody_confirms_where_nobody_was_asked() public {
        bytes32 id = issue(unconfirmedTerms());
        vm.expectRevert(abi.encodeWithSelector(IConfirmations.ConfirmationNotAsked.selector, id));
        confirm(id);
        // A stranger is nobody, and nobody was asked: that is not the same.
        vm.expectRevert(notEntitled(IConfirmations.ConfirmationNotEntitled.selector, id, stranger));
        vm.prank(stranger);
        confirmations.add(id, address(confirmerEur));
    }

    function test_the_confirming_bank_pays_its_own_money_in_the_currency_of_the_credit() public {
        bytes32 id = issue(defaultTerms());
        DepositToken[3] memory wrong = [issuerEur, confirmerUsd, DepositToken(address(this))];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IConfirmations.ConfirmationTokenInvalid.selector, id, address(wrong[i]))
            );
            vm.prank(confirmer.account);
            confirmations.add(id, address(wrong[i]));
        }
    }

    function test_U14_a_credit_that_expired_at_the_confirming_bank_is_not_confirmed() public {
        bytes32 id = issue(defaultTerms());
        uint48 end = startEast(EXPIRY_DAY + 1);
        assertEq(credits.expiresAt(id, confirmer.id), end, "expiry at the confirming bank");
        vm.warp(end);
        bytes memory want = abi.encodeWithSelector(IConfirmations.ConfirmationCreditNotLive.selector, id);
        vm.expectRevert(want);
        confirm(id);
        vm.expectRevert(want);
        vm.prank(confirmer.account);
        confirmations.decline(id, REASON);
        vm.warp(end - 1);
        confirm(id);
    }

    function test_a_closed_credit_is_not_confirmed() public {
        // The credit expires on Friday at the issuing bank; the confirming bank is closed for forty days from then.
        uint32[] memory closed = new uint32[](40);
        for (uint32 i = 0; i < 40; ++i) {
            closed[i] = EXPIRY_DAY + i;
        }
        Party memory other = admit("other confirmer", Roles.BANK);
        publishClosing(other, 480, closed);
        DepositToken token = createToken(other, "EUR", 2);
        ICredits.Terms memory terms = defaultTerms();
        terms.confirmer = other.id;
        bytes32 id = issue(terms);
        vm.warp(credits.closableFrom(id));
        assertTrue(block.timestamp < credits.expiresAt(id, other.id), "it has not expired there");
        credits.close(id);
        vm.expectRevert(abi.encodeWithSelector(IConfirmations.ConfirmationCreditNotLive.selector, id));
        vm.prank(other.account);
        confirmations.add(id, address(token));
    }

    function test_a_suspended_bank_adds_no_confirmation_but_may_say_that_it_declines() public {
        bytes32 id = issue(defaultTerms());
        suspend(confirmer);
        vm.expectRevert(
            abi.encodeWithSelector(IConfirmations.ConfirmationPartyInactive.selector, confirmer.id)
        );
        confirm(id);
        vm.prank(confirmer.account);
        confirmations.decline(id, REASON);
    }

    function test_the_confirming_banks_calendar_covers_every_day_that_its_duties_may_need() public {
        // The issuing bank's calendar reaches further than the confirming bank's.
        uint32 end = (START_WORD + 4) * 256;
        vm.prank(issuer.account);
        calendar.extend(weekendWords(START_WORD + 4, 1));
        ICredits.Terms memory terms = deferredTerms(100);
        terms.expiryDay = end - 160;
        bytes32 id = issue(terms);
        bytes memory want = abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, confirmer.id, end);
        vm.expectRevert(want);
        confirm(id);
        vm.prank(confirmer.account);
        calendar.extend(weekendWords(START_WORD + 4, 1));
        confirm(id);
    }

    function test_an_unknown_credit_has_no_confirmation() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditUnknown.selector, bytes32("x")));
        vm.prank(confirmer.account);
        confirmations.add("x", address(confirmerEur));
    }
}
