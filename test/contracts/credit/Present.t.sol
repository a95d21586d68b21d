// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract PresentTest is CreditSystem {
    function test_a_presentation_is_recorded_with_its_documents_and_the_banks_clock_starts() public {
        bytes32 creditId = issueConfirmed();
        IPresentations.PresentationInput memory input = inputOf(creditId, confirmer, 40_000_00);
        bytes32 id = presentations.presentationId(creditId, input.salt);
        IPresentations.Presentation memory want;
        want.creditId = creditId;
        want.documentsRoot = keccak256(abi.encode(input.documents));
        want.amount = 40_000_00;
        want.presentedAt = START;
        want.presentedTo = confirmer.id;
        want.heldBy = confirmer.id;
        // 09:00 UTC is 17:00 at UTC+8: after the cut-off (U57).
        want.presentedOn = START_DAY + 1;
        want.shipmentDay = START_DAY + 10;
        want.documentCount = 2;
        vm.expectEmit(address(presentations));
        emit IPresentations.DocumentsPresented(id, creditId, confirmer.id, want, input.documents);
        vm.expectEmit(address(presentations));
        emit IPresentations.ExaminationStarted(id, confirmer.id, START_DAY + 1, startEast(START_DAY + 9));
        assertEq(present(input), id, "id");
        assertEq(
            keccak256(abi.encode(presentations.presentation(id))), keccak256(abi.encode(want)), "recorded presentation"
        );
        assertEq(credits.credit(creditId).openPresentations, 1, "one examination runs");
        assertEq(credits.available(creditId), 110_000_00, "nothing is reserved");
    }

    function test_the_id_binds_chain_contract_credit_and_salt() public view {
        bytes32 id = presentations.presentationId("c", "s");
        assertEq(id, keccak256(abi.encode(block.chainid, address(presentations), bytes32("c"), bytes32("s"))), "id");
    }

    function test_U28_five_banking_days_after_the_banking_day_of_receipt() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        // Received on Monday: the fifth banking day after it is the next Monday.
        assertEq(deadlineOf(id, issuer), startWest(START_DAY + 8), "deadline");
        assertEq(presentations.examination(id, issuer.id).receivedOn, START_DAY, "received on");
        assertEq(presentations.examination(id, issuer.id).receivedAt, START, "received at");
        assertEq(presentations.examination(id, issuer.id).decidedAt, 0, "decided at");
        assertDecision(id, issuer, IPresentations.Decision.Examining);
    }

    function test_U57_what_arrives_at_the_cut_off_counts_as_the_next_banking_days() public {
        bytes32 creditId = issue(defaultTerms());
        vm.warp(startWest(START_DAY) + 16 hours - 1);
        bytes32 before = present(creditId, issuer, 1);
        vm.warp(startWest(START_DAY) + 16 hours);
        bytes32 onCutOff = present(creditId, issuer, 1);
        assertEq(presentations.presentation(before).presentedOn, START_DAY, "before the cut-off");
        assertEq(presentations.presentation(onCutOff).presentedOn, START_DAY + 1, "at the cut-off");
        assertEq(deadlineOf(onCutOff, issuer), deadlineOf(before, issuer) + 1 days, "a day later to decide");
    }

    function test_U09_a_credit_is_available_with_the_issuing_the_confirming_and_the_nominated_bank() public {
        bytes32 creditId = issue(defaultTerms());
        // Asked to confirm is not confirming.
        _expectBankNotAllowed(creditId, confirmer);
        confirm(creditId);
        present(creditId, issuer, 1);
        present(creditId, confirmer, 1);
        present(creditId, nominated, 1);
        _expectBankNotAllowed(creditId, adviser);
        _expectBankNotAllowed(creditId, seller);
        Party memory nobody;
        _expectBankNotAllowed(creditId, nobody);
    }

    function test_U09_any_bank_takes_documents_where_none_is_nominated() public {
        ICredits.Terms memory terms = unconfirmedTerms();
        terms.nominatedBank = 0;
        bytes32 creditId = issue(terms);
        present(creditId, adviser, 1);
        present(creditId, nominated, 1);
        _expectBankNotAllowed(creditId, buyer);
        _expectBankNotAllowed(creditId, arbiter);
        Party memory nobody;
        _expectBankNotAllowed(creditId, nobody);
        suspend(nominated);
        _expectBankNotAllowed(creditId, nominated);
    }

    function test_a_suspended_bank_that_is_named_in_the_credit_still_takes_documents() public {
        bytes32 creditId = issueConfirmed();
        suspend(issuer);
        suspend(confirmer);
        suspend(nominated);
        suspend(seller);
        present(creditId, issuer, 1);
        present(creditId, confirmer, 1);
        present(creditId, nominated, 1);
    }

    function test_U25_a_merely_nominated_bank_examines_nothing_by_receiving() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, nominated, AMOUNT);
        assertDecision(id, nominated, IPresentations.Decision.None);
        assertEq(credits.credit(creditId).openPresentations, 0, "no examination runs");
        vm.prank(nominated.account);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, nominated.account));
        presentations.honour(id);
    }

    function test_only_the_beneficiary_presents() public {
        IPresentations.PresentationInput memory input = inputOf(issue(defaultTerms()), issuer, 1);
        bytes32 id = presentations.presentationId(input.creditId, input.salt);
        address[5] memory others = [stranger, buyer.account, issuer.account, nominated.account, operator.account];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, others[i]));
            vm.prank(others[i]);
            presentations.present(input);
        }
    }

    function test_a_salt_works_once_under_a_credit() public {
        IPresentations.PresentationInput memory input = inputOf(issue(defaultTerms()), issuer, 1);
        bytes32 id = present(input);
        vm.expectRevert(abi.encodeWithSelector(IPresentations.PresentationExists.selector, id));
        present(input);
    }

    function test_nothing_is_presented_under_an_unknown_credit() public {
        IPresentations.PresentationInput memory input = inputOf("x", issuer, 1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditUnknown.selector, bytes32("x")));
        present(input);
    }

    function test_U12_late_is_recorded_and_no_bar() public {
        bytes32 creditId = issue(defaultTerms());
        vm.warp(startWest(EXPIRY_DAY) + 16 hours - 1);
        assertFalse(_isLate(present(creditId, issuer, 1)), "before the cut-off of the last day");
        // U57: after the cut-off it counts as the next banking day's, and that is after expiry.
        vm.warp(startWest(EXPIRY_DAY) + 16 hours);
        assertTrue(_isLate(present(creditId, issuer, 1)), "at the cut-off of the last day");
        vm.warp(credits.expiresAt(creditId, issuer.id));
        bytes32 id = present(creditId, issuer, 1);
        assertTrue(_isLate(id), "after the last day");
        assertDecision(id, issuer, IPresentations.Decision.Examining);
    }

    function test_U12_late_presentations_are_receivable_until_the_credit_is_closed() public {
        bytes32 creditId = issue(defaultTerms());
        vm.warp(credits.closableFrom(creditId));
        assertTrue(_isLate(present(creditId, nominated, 1)), "late");
        credits.close(creditId);
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 1);
        vm.expectRevert(abi.encodeWithSelector(IPresentations.PresentationCreditNotLive.selector, creditId));
        present(input);
    }

    function test_U50_expiry_rolls_at_the_nominated_bank_and_not_at_the_issuing_bank() public {
        // The nominated bank is closed on the Friday on which the credit expires; the issuing bank is open.
        (bytes32 creditId, Party memory other) = _nominatedClosedOn(EXPIRY_DAY);
        uint32 monday = EXPIRY_DAY + 3;
        assertEq(credits.expiresAt(creditId, issuer.id), startWest(EXPIRY_DAY + 1), "expiry at the issuing bank");
        assertEq(credits.expiresAt(creditId, other.id), startEast(monday + 1), "expiry at the nominated bank");
        vm.warp(startEast(monday) + 15 hours);
        assertFalse(_isLate(present(creditId, other, 1)), "in time at the nominated bank");
        assertTrue(_isLate(present(creditId, issuer, 1)), "late at the issuing bank");
        vm.warp(startEast(monday + 1));
        assertTrue(_isLate(present(creditId, other, 1)), "the roll is one banking day");
    }

    function test_U29_documents_come_within_the_days_after_shipment() public {
        bytes32 creditId = issue(defaultTerms());
        // Shipped on a Monday; 21 days later is a Monday.
        uint32 shipmentDay = START_DAY + 14;
        vm.warp(startWest(shipmentDay + 21) + 16 hours - 1);
        assertFalse(presentations.presentation(_presentShipped(creditId, issuer, shipmentDay)).latePeriod, "21st day");
        assertTrue(presentations.presentation(_presentShipped(creditId, issuer, shipmentDay - 3)).latePeriod, "24th");
        vm.warp(startWest(shipmentDay + 22));
        IPresentations.Presentation memory p =
            presentations.presentation(_presentShipped(creditId, issuer, shipmentDay));
        assertTrue(p.latePeriod, "22nd day");
        assertFalse(p.late, "late presentation is not expiry");
        assertFalse(p.lateShipment, "nor late shipment");
    }

    function test_U50_the_presentation_period_rolls_at_the_bank_of_presentation() public {
        bytes32 creditId = issue(defaultTerms());
        // Shipped on a Saturday: the 21st day is a Saturday, the next banking day a Monday.
        uint32 shipmentDay = START_DAY + 5;
        vm.warp(startWest(shipmentDay + 23) + 9 hours);
        assertFalse(presentations.presentation(_presentShipped(creditId, issuer, shipmentDay)).latePeriod, "Monday");
        vm.warp(startWest(shipmentDay + 24) + 9 hours);
        assertTrue(presentations.presentation(_presentShipped(creditId, issuer, shipmentDay)).latePeriod, "Tuesday");
    }

    function test_U29_no_period_binds_without_a_transport_document_or_where_none_is_stated() public {
        ICredits.Terms memory terms = defaultTerms();
        bytes32 creditId = issue(terms);
        terms.presentationDays = 0;
        terms.salt = "none";
        bytes32 without = issue(terms);
        vm.warp(startWest(START_DAY + 59) + 9 hours);
        assertTrue(presentations.presentation(_presentShipped(creditId, issuer, START_DAY)).latePeriod, "stated");
        assertFalse(presentations.presentation(_presentShipped(creditId, issuer, 0)).latePeriod, "no shipment");
        assertFalse(presentations.presentation(_presentShipped(without, issuer, START_DAY)).latePeriod, "no period");
    }

    function test_U29_a_shipment_long_before_the_banks_calendar_begins_is_late_and_no_bar() public {
        bytes32 creditId = issue(defaultTerms());
        assertTrue(presentations.presentation(_presentShipped(creditId, issuer, 1)).latePeriod, "late");
    }

    function test_U29_late_shipment_is_a_discrepancy_of_its_own() public {
        ICredits.Terms memory terms = defaultTerms();
        bytes32 creditId = issue(terms);
        assertFalse(presentations.presentation(_presentShipped(creditId, issuer, START_DAY + 39)).lateShipment, "last");
        IPresentations.Presentation memory p =
            presentations.presentation(_presentShipped(creditId, issuer, START_DAY + 40));
        assertTrue(p.lateShipment, "a day after the last");
        assertFalse(p.latePeriod || p.late, "late shipment is not late presentation");
        terms.latestShipmentDay = 0;
        terms.salt = "none";
        creditId = issue(terms);
        assertFalse(presentations.presentation(_presentShipped(creditId, issuer, START_DAY + 99)).lateShipment, "none");
    }

    function test_U50_the_latest_shipment_day_never_rolls() public {
        ICredits.Terms memory terms = defaultTerms();
        // A Saturday.
        terms.latestShipmentDay = START_DAY + 5;
        bytes32 creditId = issue(terms);
        assertTrue(presentations.presentation(_presentShipped(creditId, issuer, START_DAY + 6)).lateShipment, "Sunday");
    }

    function test_U45_no_more_is_presented_than_is_available() public {
        bytes32 creditId = issue(defaultTerms());
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 110_000_00 + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditAmountUnavailable.selector, creditId, uint128(110_000_00 + 1), uint128(110_000_00)
            )
        );
        present(input);
        input.amount = 0;
        _expectInvalid(input, "amount");
        input.amount = 110_000_00;
        present(input);
    }

    function test_U53_without_partial_drawings_a_presentation_is_at_least_the_whole_within_the_tolerance() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.partialDrawings = false;
        bytes32 creditId = issue(terms);
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 90_000_00 - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditPartialNotAllowed.selector, creditId, uint128(90_000_00 - 1), uint128(90_000_00)
            )
        );
        present(input);
        input.amount = 90_000_00;
        present(input);
    }

    function test_U53_a_drawing_of_95_percent_is_whole_where_no_tolerance_is_stated() public {
        ICredits.Terms memory terms = unconfirmedTerms();
        terms.partialDrawings = false;
        terms.tolerancePlus = 0;
        terms.toleranceMinus = 0;
        bytes32 creditId = issue(terms);
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 95_000_00 - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditPartialNotAllowed.selector, creditId, uint128(95_000_00 - 1), uint128(95_000_00)
            )
        );
        present(input);
        input.amount = 95_000_00;
        bytes32 id = present(input);
        honour(id, issuer);
        assertEq(credits.available(creditId), 0, "U54: one drawing exhausts the credit");
    }

    function test_U54_partial_drawings_share_the_amount_where_they_are_allowed() public {
        bytes32 creditId = issue(defaultTerms());
        honour(present(creditId, issuer, 60_000_00), issuer);
        assertEq(credits.available(creditId), 50_000_00, "available");
        honour(present(creditId, issuer, 50_000_00), issuer);
        assertEq(credits.available(creditId), 0, "drawn up");
    }

    function test_a_presentation_has_between_one_and_thirty_two_documents_each_committed() public {
        IPresentations.PresentationInput memory input = inputOf(issue(defaultTerms()), issuer, 1);
        input.documents = new bytes32[](0);
        _expectInvalid(input, "documents");
        input.documents = new bytes32[](33);
        for (uint256 i = 0; i < 33; ++i) {
            input.documents[i] = bytes32(i + 1);
        }
        _expectInvalid(input, "documents");
        bytes32[] memory documents = new bytes32[](32);
        for (uint256 i = 0; i < 31; ++i) {
            documents[i] = bytes32(i + 1);
        }
        input.documents = documents;
        _expectInvalid(input, "documents");
        documents[31] = "last";
        assertEq(presentations.presentation(present(input)).documentCount, 32, "count");
    }

    function test_U40_a_cure_replaces_a_refused_presentation_once_with_a_clock_of_its_own() public {
        bytes32 creditId = issueConfirmed();
        bytes32 first = present(creditId, confirmer, AMOUNT);
        refuse(first, confirmer);
        vm.warp(START + 2 days);
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, AMOUNT);
        input.replaces = first;
        bytes32 cure = present(input);
        assertEq(presentations.presentation(cure).replaces, first, "replaces");
        assertTrue(presentations.presentation(first).replaced, "replaced");
        assertEq(deadlineOf(cure, issuer), startWest(START_DAY + 10), "its own clock");
        input = inputOf(creditId, issuer, AMOUNT);
        input.replaces = first;
        _expectInvalid(input, "replaces");
    }

    function test_U40_only_a_refused_presentation_of_this_credit_is_replaced() public {
        bytes32 creditId = issueConfirmed();
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 1);
        input.replaces = "unknown";
        _expectInvalid(input, "replaces");
        input.replaces = present(creditId, issuer, 1);
        _expectInvalid(input, "replaces");
        input.replaces = present(creditId, nominated, 1);
        _expectInvalid(input, "replaces");
        bytes32 honoured = present(creditId, confirmer, 1);
        honour(honoured, confirmer);
        input.replaces = honoured;
        _expectInvalid(input, "replaces");
        // Honoured by one bank and refused by the next: the beneficiary has what it is owed.
        forward(honoured, confirmer, issuer);
        refuse(honoured, issuer);
        _expectInvalid(input, "replaces");

        ICredits.Terms memory terms = unconfirmedTerms();
        terms.salt = "other";
        bytes32 other = present(issue(terms), issuer, 1);
        refuse(other, issuer);
        input.replaces = other;
        _expectInvalid(input, "replaces");
    }

    function _presentShipped(bytes32 creditId, Party memory bank, uint32 shipmentDay) private returns (bytes32) {
        IPresentations.PresentationInput memory input = inputOf(creditId, bank, 1);
        input.shipmentDay = shipmentDay;
        return present(input);
    }

    function _nominatedClosedOn(uint32 day) private returns (bytes32 creditId, Party memory other) {
        other = admit("other", Roles.BANK);
        uint32[] memory closed = new uint32[](1);
        closed[0] = day;
        publishClosing(other, 480, closed);
        ICredits.Terms memory terms = unconfirmedTerms();
        terms.nominatedBank = other.id;
        creditId = issue(terms);
    }

    function _isLate(bytes32 id) private view returns (bool) {
        return presentations.presentation(id).late;
    }

    function _expectBankNotAllowed(bytes32 creditId, Party memory bank) private {
        IPresentations.PresentationInput memory input = inputOf(creditId, bank, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IPresentations.PresentationBankNotAllowed.selector, creditId, bank.id)
        );
        present(input);
    }

    function _expectInvalid(IPresentations.PresentationInput memory input, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(IPresentations.PresentationInvalid.selector, field));
        present(input);
    }
}
