// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract IssueTest is CreditSystem {
    function test_U13_issuing_binds_the_bank_at_once_and_states_the_terms() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.secondAdvisingBank = confirmer.id;
        terms.availableBy = ICredits.Availability.Deferred;
        terms.tenorDays = 90;
        bytes32 id = credits.creditId(issuer.id, terms.salt);
        vm.expectEmit(address(credits));
        emit ICredits.CreditIssued(id, issuer.id, seller.id, terms);
        assertEq(issue(terms), id, "id");

        ICredits.Credit memory c = credits.credit(id);
        assertEq(uint256(c.status), uint256(ICredits.Status.Issued), "status");
        assertEq(c.termsCommitment, TERMS, "commitment");
        assertEq(c.token, address(issuerEur), "token");
        assertEq(c.issuedAt, START, "issuedAt");
        assertEq(uint256(c.availableBy), uint256(ICredits.Availability.Deferred), "availableBy");
        assertEq(uint256(c.confirmation), uint256(ICredits.Confirmation.MayAdd), "confirmation");
        assertTrue(c.partialDrawings, "partial drawings");
        assertEq(c.amount, AMOUNT, "amount");
        assertEq(c.drawn, 0, "drawn");
        assertEq(c.issuingBank, issuer.id, "issuing bank");
        assertEq(c.applicant, buyer.id, "applicant");
        assertEq(c.beneficiary, seller.id, "beneficiary");
        assertEq(c.advisingBank, adviser.id, "advising bank");
        assertEq(c.secondAdvisingBank, confirmer.id, "second advising bank");
        assertEq(c.nominatedBank, nominated.id, "nominated bank");
        assertEq(c.confirmer, confirmer.id, "confirmer");
        assertEq(c.expiryDay, EXPIRY_DAY, "expiry");
        assertEq(c.latestShipmentDay, START_DAY + 39, "latest shipment");
        assertEq(c.presentationDays, 21, "presentation days");
        assertEq(c.tenorDays, 90, "tenor");
        assertEq(c.tolerancePlus, 10, "plus");
        assertEq(c.toleranceMinus, 10, "minus");
    }

    function test_the_id_binds_chain_contract_bank_and_salt() public {
        bytes32 id = credits.creditId(issuer.id, "a");
        assertEq(id, keccak256(abi.encode(block.chainid, address(credits), issuer.id, bytes32("a"))), "id");
        vm.chainId(77);
        assertNotEq(credits.creditId(issuer.id, "a"), id, "the same id on another chain");
    }

    function test_U02_only_a_bank_issues() public {
        ICredits.Terms memory terms = defaultTerms();
        address[4] memory others = [stranger, buyer.account, seller.account, regulator.account];
        // A caller that is no bank has no credits: the error names the id of nobody's.
        bytes32 id = credits.creditId(0, terms.salt);
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(ICredits.CreditNotEntitled.selector, id, others[i]));
            vm.prank(others[i]);
            credits.issue(terms);
        }
    }

    function test_a_suspended_bank_issues_nothing() public {
        suspend(issuer);
        _expectIssueRevert(defaultTerms(), abi.encodeWithSelector(ICredits.CreditPartyInactive.selector, issuer.id));
    }

    function test_a_salt_works_once_for_a_bank_and_again_for_another() public {
        bytes32 id = issue(defaultTerms());
        _expectIssueRevert(defaultTerms(), abi.encodeWithSelector(ICredits.CreditExists.selector, id));

        ICredits.Terms memory terms = unconfirmedTerms();
        terms.token = address(confirmerEur);
        vm.prank(confirmer.account);
        assertNotEq(credits.issue(terms), id, "both banks have one id");
    }

    function test_parties_must_be_admitted_active_and_in_their_roles() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.applicant = 0;
        _expectInvalid(terms, "applicant");
        terms.applicant = 999;
        _expectIssueRevert(terms, abi.encodeWithSelector(ICredits.CreditPartyInactive.selector, 999));
        terms.applicant = regulator.id;
        _expectInvalid(terms, "applicant");

        terms = defaultTerms();
        terms.beneficiary = arbiter.id;
        _expectInvalid(terms, "beneficiary");
        terms.beneficiary = terms.applicant;
        _expectInvalid(terms, "beneficiary");
        terms.beneficiary = issuer.id;
        _expectInvalid(terms, "beneficiary");
        terms.beneficiary = 0;
        _expectInvalid(terms, "beneficiary");

        terms = defaultTerms();
        terms.advisingBank = 0;
        _expectInvalid(terms, "advisingBank");
        terms.advisingBank = buyer.id;
        _expectInvalid(terms, "advisingBank");

        terms = defaultTerms();
        terms.secondAdvisingBank = adviser.id;
        _expectInvalid(terms, "secondAdvisingBank");
        terms.secondAdvisingBank = seller.id;
        _expectInvalid(terms, "secondAdvisingBank");

        terms = defaultTerms();
        terms.nominatedBank = seller.id;
        _expectInvalid(terms, "nominatedBank");

        terms = defaultTerms();
        terms.confirmer = buyer.id;
        _expectInvalid(terms, "confirmer");
        terms.confirmer = issuer.id;
        _expectInvalid(terms, "confirmer");
    }

    function test_a_bank_that_is_beneficiary_cannot_confirm_to_itself() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.beneficiary = confirmer.id;
        _expectInvalid(terms, "confirmer");
    }

    function test_each_suspended_party_keeps_a_new_credit_from_being_issued() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.secondAdvisingBank = admit("second", 2).id;
        uint32[6] memory parties = [
            terms.applicant,
            terms.beneficiary,
            terms.advisingBank,
            terms.secondAdvisingBank,
            terms.nominatedBank,
            terms.confirmer
        ];
        for (uint256 i = 0; i < parties.length; ++i) {
            vm.prank(operator.account);
            registry.suspend(parties[i], REASON);
            _expectIssueRevert(terms, abi.encodeWithSelector(ICredits.CreditPartyInactive.selector, parties[i]));
            vm.prank(operator.account);
            registry.reinstate(parties[i], REASON);
        }
        issue(terms);
    }

    function test_one_bank_alone_can_serve_two_merchants_and_may_apply_for_itself() public {
        ICredits.Terms memory terms = unconfirmedTerms();
        terms.applicant = issuer.id;
        terms.advisingBank = issuer.id;
        terms.nominatedBank = issuer.id;
        issue(terms);
    }

    function test_U14_a_confirming_bank_is_named_exactly_when_it_is_asked() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.confirmation = ICredits.Confirmation.Without;
        _expectInvalid(terms, "confirmation");
        terms = defaultTerms();
        terms.confirmer = 0;
        _expectInvalid(terms, "confirmation");
        terms.confirmation = ICredits.Confirmation.Confirm;
        _expectInvalid(terms, "confirmation");
    }

    function test_a_bank_promises_only_its_own_deposit_money() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.token = address(confirmerEur);
        _expectInvalid(terms, "token");
        terms.token = address(0);
        _expectInvalid(terms, "token");
        terms.token = address(this);
        _expectInvalid(terms, "token");
    }

    function test_a_credit_states_its_terms_and_an_amount() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.termsCommitment = 0;
        _expectInvalid(terms, "termsCommitment");
        terms = defaultTerms();
        terms.amount = 0;
        _expectInvalid(terms, "amount");
    }

    function test_the_amount_with_its_tolerance_fits_the_ledger() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.tolerancePlus = 100;
        terms.amount = type(uint128).max / 2 + 1;
        _expectInvalid(terms, "amount");
        terms.amount = type(uint128).max / 2;
        bytes32 id = issue(terms);
        assertEq(credits.available(id), type(uint128).max - 1, "available");
    }

    function test_a_tolerance_is_at_most_the_whole() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.tolerancePlus = 101;
        _expectInvalid(terms, "tolerancePlus");
        terms.tolerancePlus = 100;
        terms.toleranceMinus = 101;
        _expectInvalid(terms, "toleranceMinus");
        terms.toleranceMinus = 100;
        issue(terms);
    }

    function test_U10_a_tenor_is_stated_for_deferred_payment_and_only_then() public {
        ICredits.Terms memory terms = deferredTerms(0);
        _expectInvalid(terms, "tenorDays");
        terms = defaultTerms();
        terms.tenorDays = 1;
        _expectInvalid(terms, "tenorDays");
        _expectInvalid(deferredTerms(3654), "tenorDays");
    }

    function test_U12_expiry_is_stated_and_not_past_where_the_issuing_bank_is() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.latestShipmentDay = 0;
        // 23:00 UTC is the next day already at UTC+1.
        vm.warp(startWest(START_DAY + 1));
        terms.expiryDay = START_DAY;
        _expectInvalid(terms, "expiryDay");
        vm.warp(startWest(START_DAY + 1) - 1);
        issue(terms);
        terms.expiryDay = 0;
        terms.salt = "zero";
        _expectInvalid(terms, "expiryDay");
    }

    function test_expiry_is_at_most_ten_years_ahead() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.expiryDay = START_DAY + 3654;
        _expectInvalid(terms, "expiryDay");
        terms.expiryDay = START_DAY + 3653;
        _expectIssueRevert(terms, _notPublished(issuer.id, START_DAY + 3653 + 60));
    }

    function test_the_issuing_banks_calendar_covers_every_day_that_its_duties_may_need() public {
        uint32 end = (START_WORD + 4) * 256;
        ICredits.Terms memory terms = deferredTerms(100);
        terms.expiryDay = end - 160;
        _expectIssueRevert(terms, _notPublished(issuer.id, end));
        terms.expiryDay = end - 161;
        issue(terms);
    }

    function test_the_latest_shipment_is_not_after_expiry() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.latestShipmentDay = EXPIRY_DAY + 1;
        _expectInvalid(terms, "latestShipmentDay");
        terms.latestShipmentDay = EXPIRY_DAY;
        issue(terms);
    }

    function test_U51_the_upper_bound_is_rounded_down() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.amount = 1005;
        assertEq(credits.available(issue(terms)), 1105, "110 % of 1005 is 1105.5");
    }

    function test_U53_the_lower_bound_is_rounded_up_and_follows_the_stated_tolerance() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.partialDrawings = false;
        terms.amount = 1005;
        terms.salt = "stated";
        assertEq(credits.leastDrawing(issue(terms)), 905, "90 % of 1005 is 904.5");
        terms.tolerancePlus = 0;
        terms.toleranceMinus = 0;
        terms.salt = "none";
        assertEq(credits.leastDrawing(issue(terms)), 955, "95 % of 1005 is 954.75");
        terms.tolerancePlus = 10;
        terms.salt = "plus only";
        assertEq(credits.leastDrawing(issue(terms)), 1005, "a stated tolerance switches the 5 % off");
        terms.partialDrawings = true;
        terms.salt = "partial";
        assertEq(credits.leastDrawing(issue(terms)), 0, "partial drawings have no least");
    }

    function test_what_was_never_issued_is_unknown() public {
        bytes memory unknown = abi.encodeWithSelector(ICredits.CreditUnknown.selector, bytes32("x"));
        vm.expectRevert(unknown);
        credits.credit("x");
        vm.expectRevert(unknown);
        credits.available("x");
        vm.expectRevert(unknown);
        credits.leastDrawing("x");
        vm.expectRevert(unknown);
        credits.expiresAt("x", issuer.id);
        vm.expectRevert(unknown);
        credits.closableFrom("x");
        vm.expectRevert(unknown);
        credits.assertCalendarCovers("x", issuer.id);
        vm.expectRevert(unknown);
        credits.advise("x", TERMS);
        vm.expectRevert(unknown);
        credits.close("x");
    }

    function test_only_presentations_counts_and_draws() public {
        bytes32 id = issue(defaultTerms());
        address[4] memory others = [stranger, issuer.account, seller.account, operator.account];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory want = notEntitled(ICredits.CreditNotEntitled.selector, id, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(want);
            credits.recordDrawing(id, 1);
            vm.expectRevert(want);
            credits.presentationOpened(id);
            vm.expectRevert(want);
            credits.presentationDecided(id);
            vm.stopPrank();
        }
    }

    function test_LC2_a_drawing_is_never_above_what_is_available_nor_empty() public {
        bytes32 id = issue(defaultTerms());
        uint128 limit = 110_000_00;
        vm.startPrank(address(presentations));
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditAmountUnavailable.selector, id, 0, limit));
        credits.recordDrawing(id, 0);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditAmountUnavailable.selector, id, limit + 1, limit));
        credits.recordDrawing(id, limit + 1);
        credits.recordDrawing(id, limit - 1);
        vm.expectEmit(address(credits));
        emit ICredits.CreditDrawn(id, 1, limit);
        credits.recordDrawing(id, 1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditAmountUnavailable.selector, id, 1, 0));
        credits.recordDrawing(id, 1);
        vm.stopPrank();
    }

    function test_LC2_an_amount_that_would_wrap_around_is_unavailable() public {
        bytes32 id = issue(defaultTerms());
        vm.startPrank(address(presentations));
        credits.recordDrawing(id, 10);
        uint128 most = type(uint128).max;
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.CreditAmountUnavailable.selector, id, most, uint128(110_000_00 - 10))
        );
        credits.recordDrawing(id, most);
        vm.stopPrank();
    }

    function _expectInvalid(ICredits.Terms memory terms, string memory field) private {
        _expectIssueRevert(terms, abi.encodeWithSelector(ICredits.CreditTermsInvalid.selector, field));
    }

    function _expectIssueRevert(ICredits.Terms memory terms, bytes memory want) private {
        vm.expectRevert(want);
        issue(terms);
    }

    function _notPublished(uint32 bank, uint32 day) private pure returns (bytes memory) {
        uint32 firstOfWord = (day / 256) * 256;
        return abi.encodeWithSelector(IBankingCalendar.CalendarNotPublished.selector, bank, firstOfWord);
    }
}
