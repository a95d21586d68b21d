// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract ExamineTest is CreditSystem {
    // Forwarding

    function test_U25_a_nominated_bank_forwards_to_the_confirming_bank_and_that_banks_clock_starts() public {
        bytes32 id = present(issueConfirmed(), nominated, AMOUNT);
        vm.warp(START + 3 days);
        vm.expectEmit(address(presentations));
        emit IPresentations.DocumentsForwarded(id, nominated.id, confirmer.id);
        vm.expectEmit(address(presentations));
        // 17:00 on Thursday at UTC+8 counts as Friday; five banking days later is the next Friday.
        emit IPresentations.ExaminationStarted(id, confirmer.id, START_DAY + 4, startEast(START_DAY + 12));
        forward(id, nominated, confirmer);
        assertEq(presentations.presentation(id).heldBy, confirmer.id, "held by");
        assertEq(presentations.presentation(id).presentedTo, nominated.id, "presented to");
        assertDecision(id, confirmer, IPresentations.Decision.Examining);
    }

    function test_U25_without_a_confirming_bank_the_nominated_bank_forwards_to_the_issuing_bank() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 id = present(creditId, nominated, AMOUNT);
        _expectForwardNotAllowed(id, creditId, nominated, confirmer);
        forward(id, nominated, issuer);
        assertDecision(id, issuer, IPresentations.Decision.Examining);
    }

    function test_U25_the_way_of_the_documents_is_fixed() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, nominated, AMOUNT);
        _expectForwardNotAllowed(id, creditId, nominated, issuer);
        _expectForwardNotAllowed(id, creditId, nominated, nominated);
        _expectForwardNotAllowed(id, creditId, nominated, adviser);
        _expectForwardNotAllowed(id, creditId, nominated, buyer);
    }

    function test_only_the_bank_that_has_the_documents_forwards_them() public {
        bytes32 id = present(issueConfirmed(), nominated, AMOUNT);
        address[6] memory others = [
            stranger, seller.account, issuer.account, confirmer.account, adviser.account, buyer.account
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, others[i]));
            vm.prank(others[i]);
            presentations.forward(id, confirmer.id);
        }
        forward(id, nominated, confirmer);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, nominated.account));
        forward(id, nominated, confirmer);
    }

    function test_the_issuing_bank_forwards_to_nobody() public {
        bytes32 id = present(issueConfirmed(), issuer, AMOUNT);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, issuer.account));
        forward(id, issuer, confirmer);
        honour(id, issuer);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, issuer.account));
        forward(id, issuer, confirmer);
    }

    function test_a_confirming_bank_forwards_only_what_it_owes_for() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, 10);
        vm.expectRevert(
            wrongDecision(id, confirmer, IPresentations.Decision.Examining, IPresentations.Decision.Complying)
        );
        forward(id, confirmer, issuer);
        refuse(id, confirmer);
        vm.expectRevert(
            wrongDecision(id, confirmer, IPresentations.Decision.Refused, IPresentations.Decision.Complying)
        );
        forward(id, confirmer, issuer);

        bytes32 honoured = present(creditId, confirmer, 10);
        bytes32 silent = present(creditId, confirmer, 10);
        honour(honoured, confirmer);
        _expectForwardNotAllowed(honoured, creditId, confirmer, nominated);
        forward(honoured, confirmer, issuer);
        vm.warp(deadlineOf(silent, confirmer));
        preclude(silent, confirmer);
        forward(silent, confirmer, issuer);
        assertDecision(silent, issuer, IPresentations.Decision.Examining);
    }

    function test_a_bank_that_confirms_while_it_holds_documents_as_nominated_forwards_them_to_the_issuer() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.nominatedBank = confirmer.id;
        bytes32 creditId = issue(terms);
        bytes32 id = present(creditId, confirmer, 10);
        confirm(creditId);
        assertDecision(id, confirmer, IPresentations.Decision.None);
        // The beneficiary may present to it anew, and then it must decide.
        assertDecision(present(creditId, confirmer, 10), confirmer, IPresentations.Decision.Examining);
        forward(id, confirmer, issuer);
        assertDecision(id, issuer, IPresentations.Decision.Examining);
    }

    function test_documents_that_went_to_the_issuing_bank_do_not_come_to_a_later_confirming_bank() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 id = present(creditId, nominated, 10);
        forward(id, nominated, issuer);
        confirm(creditId);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, id, nominated.account));
        forward(id, nominated, confirmer);
    }

    // Honouring

    function test_U38_the_issuing_bank_complies_and_honours_in_one_act() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 id = present(creditId, issuer, AMOUNT);
        vm.warp(START + 1 days);
        IUndertakings.Undertaking memory want = IUndertakings.Undertaking({
            creditId: creditId,
            presentationId: id,
            token: address(issuerEur),
            obligor: issuer.id,
            holder: seller.id,
            dueAt: START + 1 days,
            status: IUndertakings.Status.Owed,
            amount: AMOUNT
        });
        bytes32 undertakingId = undertakings.undertakingId(id, issuer.id);
        vm.expectEmit(address(credits));
        emit ICredits.CreditDrawn(creditId, AMOUNT, AMOUNT);
        vm.expectEmit(address(undertakings));
        emit IUndertakings.UndertakingCreated(undertakingId, creditId, issuer.id, want);
        vm.expectEmit(address(presentations));
        emit IPresentations.PresentationHonoured(id, issuer.id, undertakingId);
        assertEq(honour(id, issuer), undertakingId, "undertaking id");
        assertDecision(id, issuer, IPresentations.Decision.Complying);
        assertEq(presentations.examination(id, issuer.id).decidedAt, START + 1 days, "decided at");
        assertEq(presentations.presentation(id).drawn, AMOUNT, "drawn");
        assertEq(credits.credit(creditId).openPresentations, 0, "no examination runs");
        assertEq(undertakings.totalOf(creditId, issuer.id), AMOUNT, "the issuer's total");
    }

    function test_U14_a_confirmed_drawing_has_two_undertakings_and_one_drawing() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, AMOUNT);
        bytes32 first = honour(id, confirmer);
        forward(id, confirmer, issuer);
        bytes32 second = honour(id, issuer);
        IUndertakings.Undertaking memory toSeller = undertakingOf(first);
        IUndertakings.Undertaking memory toConfirmer = undertakingOf(second);
        assertEq(toSeller.holder, seller.id, "the confirming bank owes the beneficiary");
        assertEq(toSeller.obligor, confirmer.id, "confirming bank");
        assertEq(toSeller.token, address(confirmerEur), "its own money");
        assertEq(toConfirmer.holder, confirmer.id, "the issuing bank owes the confirming bank");
        assertEq(toConfirmer.obligor, issuer.id, "issuing bank");
        assertEq(toConfirmer.token, address(issuerEur), "its own money");
        assertEq(toConfirmer.amount, AMOUNT, "amount");
        assertEq(credits.credit(creditId).drawn, AMOUNT, "drawn once");
    }

    function test_U13_the_issuers_duty_to_the_confirming_bank_arises_from_its_own_decision_only() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, AMOUNT);
        bytes32 first = honour(id, confirmer);
        forward(id, confirmer, issuer);
        refuse(id, issuer);
        assertEq(undertakings.totalOf(creditId, issuer.id), 0, "the issuing bank owes nothing");
        claim(first, seller);
        assertEq(balance(confirmerEur, seller), AMOUNT, "the confirming bank bears it");
    }

    function test_U14_a_presentation_to_the_issuing_bank_is_owed_to_the_beneficiary_though_confirmed() public {
        bytes32 creditId = issueConfirmed();
        assertEq(undertakingOf(honour(present(creditId, issuer, 10), issuer)).holder, seller.id, "holder");
        // Refused by the confirming bank, then presented to the issuing bank.
        bytes32 refused = present(creditId, confirmer, 10);
        refuse(refused, confirmer);
        IPresentations.PresentationInput memory input = inputOf(creditId, issuer, 10);
        input.replaces = refused;
        assertEq(undertakingOf(honour(present(input), issuer)).holder, seller.id, "holder of the cure");
    }

    function test_only_the_bank_that_examines_decides() public {
        bytes32 id = present(issueConfirmed(), confirmer, AMOUNT);
        _expectNobodyDecides(id, [stranger, seller.account, buyer.account, issuer.account, nominated.account]);
        // And it stays so once the bank has decided: not entitled, not wrong state.
        honour(id, confirmer);
        _expectNobodyDecides(id, [stranger, seller.account, buyer.account, issuer.account, nominated.account]);
    }

    function test_a_bank_decides_once() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, 10);
        honour(id, confirmer);
        _expectNoMoreDecision(id, confirmer, IPresentations.Decision.Complying);
        id = present(creditId, confirmer, 10);
        refuse(id, confirmer);
        _expectNoMoreDecision(id, confirmer, IPresentations.Decision.Refused);
        id = present(creditId, confirmer, 10);
        vm.warp(deadlineOf(id, confirmer));
        preclude(id, confirmer);
        _expectNoMoreDecision(id, confirmer, IPresentations.Decision.Precluded);
    }

    function test_U42_a_bank_may_honour_after_its_time_and_owes_from_its_deadline() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        uint48 deadline = deadlineOf(id, issuer);
        vm.warp(deadline + 5 days);
        bytes32 undertakingId = honour(id, issuer);
        assertDecision(id, issuer, IPresentations.Decision.Complying);
        assertEq(undertakingOf(undertakingId).dueAt, deadline, "due at");
        assertEq(presentations.examination(id, issuer.id).decidedAt, deadline + 5 days, "decided at");
    }

    function test_LC2_what_is_no_longer_available_is_not_honoured_but_refused() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 first = present(creditId, issuer, 60_000_00);
        bytes32 second = present(creditId, issuer, 60_000_00);
        honour(first, issuer);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditAmountUnavailable.selector, creditId, uint128(60_000_00), uint128(50_000_00)
            )
        );
        honour(second, issuer);
        refuse(second, issuer);
        assertEq(credits.credit(creditId).openPresentations, 0, "both ended");
    }

    // Refusing

    function test_U40_a_refusal_is_one_notice_with_every_discrepancy_and_the_disposal() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 id = present(creditId, issuer, AMOUNT);
        IPresentations.Discrepancy[] memory list = discrepancies(64);
        vm.expectEmit(address(presentations));
        emit IPresentations.PresentationRefused(id, issuer.id, IPresentations.Disposal.Return, list);
        vm.prank(issuer.account);
        presentations.refuse(id, IPresentations.Disposal.Return, list);
        assertDecision(id, issuer, IPresentations.Decision.Refused);
        assertEq(presentations.examination(id, issuer.id).decidedAt, START, "decided at");
        assertEq(credits.credit(creditId).openPresentations, 0, "no examination runs");
        assertEq(credits.credit(creditId).drawn, 0, "nothing is drawn");
        vm.expectRevert(
            wrongDecision(id, issuer, IPresentations.Decision.Refused, IPresentations.Decision.Examining)
        );
        refuse(id, issuer);
    }

    function test_U28_refusal_at_the_last_second_of_the_fifth_banking_day_is_in_time() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        vm.warp(deadlineOf(id, issuer) - 1);
        refuse(id, issuer);
        assertDecision(id, issuer, IPresentations.Decision.Refused);
    }

    function test_U42_refusal_one_second_late_is_too_late() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        uint48 deadline = deadlineOf(id, issuer);
        for (uint48 late = 0; late < 2; ++late) {
            vm.warp(deadline + late);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IPresentations.ExaminationTimeOver.selector, id, issuer.id, deadline, deadline + late
                )
            );
            refuse(id, issuer);
        }
    }

    function test_U40_a_refusal_without_discrepancy_or_with_too_many_is_no_notice() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        _expectIncomplete(id, discrepancies(0));
        _expectIncomplete(id, discrepancies(65));
    }

    function test_U40_each_discrepancy_has_a_code_a_wording_and_a_document_that_was_presented() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        IPresentations.Discrepancy[] memory list = discrepancies(2);
        list[1].kind = 0;
        _expectIncomplete(id, list);
        list = discrepancies(2);
        list[1].textCommitment = 0;
        _expectIncomplete(id, list);
        list = discrepancies(2);
        list[1].document = 3;
        _expectIncomplete(id, list);
        list[1].document = 2;
        list[0].document = 0;
        vm.prank(issuer.account);
        presentations.refuse(id, IPresentations.Disposal.PreviousInstructions, list);
    }

    function test_U40_only_the_issuing_bank_holds_for_a_waiver() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, 10);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPresentations.RefusalDisposalNotAllowed.selector, id, confirmer.id, IPresentations.Disposal.Notify
            )
        );
        vm.prank(confirmer.account);
        presentations.refuse(id, IPresentations.Disposal.Notify, discrepancies(1));
        id = present(creditId, issuer, 10);
        vm.prank(issuer.account);
        presentations.refuse(id, IPresentations.Disposal.Notify, discrepancies(1));
    }

    // Preclusion

    function test_U42_a_silent_issuing_bank_is_precluded_from_the_first_second_after_its_time() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 id = present(creditId, issuer, AMOUNT);
        uint48 deadline = deadlineOf(id, issuer);
        vm.warp(deadline - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPresentations.ExaminationTimeNotOver.selector, id, issuer.id, deadline, deadline - 1
            )
        );
        preclude(id, issuer);
        vm.warp(deadline);
        bytes32 undertakingId = undertakings.undertakingId(id, issuer.id);
        vm.expectEmit(address(presentations));
        emit IPresentations.BankPrecluded(id, issuer.id, undertakingId);
        assertEq(preclude(id, issuer), undertakingId, "undertaking id");
        assertDecision(id, issuer, IPresentations.Decision.Precluded);
        claim(undertakingId, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "the beneficiary has its money");
    }

    function test_U42_preclusion_has_the_same_effect_whoever_asserts_it_and_whenever() public {
        bytes32 id = present(issue(defaultTerms()), issuer, AMOUNT);
        uint48 deadline = deadlineOf(id, issuer);
        address[5] memory callers = [stranger, seller.account, buyer.account, issuer.account, operator.account];
        uint256 snapshot = vm.snapshotState();
        bytes32 effect;
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.warp(deadline + i * 7 days);
            vm.prank(callers[i]);
            bytes32 undertakingId = presentations.assertPreclusion(id, issuer.id);
            bytes32 seen = keccak256(
                abi.encode(
                    undertakingOf(undertakingId),
                    presentations.examination(id, issuer.id),
                    presentations.presentation(id)
                )
            );
            if (i == 0) effect = seen;
            assertEq(seen, effect, "effect");
            vm.revertToState(snapshot);
            snapshot = vm.snapshotState();
        }
    }

    function test_U42_a_silent_nominated_bank_is_not_precluded() public {
        bytes32 id = present(issueConfirmed(), nominated, AMOUNT);
        vm.warp(START + 30 days);
        vm.expectRevert(
            wrongDecision(id, nominated, IPresentations.Decision.None, IPresentations.Decision.Examining)
        );
        preclude(id, nominated);
        // Nor are the banks that have not received the documents.
        vm.expectRevert(wrongDecision(id, issuer, IPresentations.Decision.None, IPresentations.Decision.Examining));
        preclude(id, issuer);
        vm.expectRevert(
            wrongDecision(id, confirmer, IPresentations.Decision.None, IPresentations.Decision.Examining)
        );
        preclude(id, confirmer);
    }

    function test_U42_both_banks_of_a_confirmed_credit_may_be_precluded() public {
        bytes32 creditId = issueConfirmed();
        bytes32 id = present(creditId, confirmer, AMOUNT);
        vm.warp(deadlineOf(id, confirmer));
        bytes32 first = preclude(id, confirmer);
        forward(id, confirmer, issuer);
        vm.warp(deadlineOf(id, issuer));
        bytes32 second = preclude(id, issuer);
        assertEq(undertakingOf(first).holder, seller.id, "holder of the confirming bank's");
        assertEq(undertakingOf(second).holder, confirmer.id, "holder of the issuing bank's");
        assertEq(credits.credit(creditId).drawn, AMOUNT, "drawn once");
    }

    function test_U12_lateness_is_cured_by_preclusion_like_any_other_discrepancy() public {
        bytes32 creditId = issue(defaultTerms());
        vm.warp(credits.expiresAt(creditId, issuer.id) + 3 days);
        bytes32 id = present(creditId, issuer, AMOUNT);
        assertTrue(presentations.presentation(id).late, "late");
        vm.warp(deadlineOf(id, issuer));
        claim(preclude(id, issuer), seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "paid");
    }

    function test_suspension_stops_no_clock_and_no_preclusion() public {
        bytes32 creditId = issueConfirmed();
        bytes32 honoured = present(creditId, issuer, 10);
        bytes32 silent = present(creditId, issuer, 10);
        bytes32 refused = present(creditId, confirmer, 10);
        suspend(issuer);
        suspend(confirmer);
        suspend(seller);
        honour(honoured, issuer);
        refuse(refused, confirmer);
        vm.warp(deadlineOf(silent, issuer));
        claim(preclude(silent, issuer), seller);
        assertEq(balance(issuerEur, seller), 10, "paid");
    }

    function test_U45_a_precluded_bank_owes_no_more_than_the_credit_still_has() public {
        bytes32 creditId = issue(defaultTerms());
        bytes32 first = present(creditId, issuer, 60_000_00);
        bytes32 second = present(creditId, issuer, 60_000_00);
        bytes32 third = present(creditId, issuer, 60_000_00);
        honour(first, issuer);
        vm.warp(deadlineOf(second, issuer));
        bytes32 undertakingId = preclude(second, issuer);
        assertEq(undertakingOf(undertakingId).amount, 50_000_00, "what was left");
        assertEq(presentations.presentation(second).drawn, 50_000_00, "drawn");
        vm.expectEmit(address(presentations));
        emit IPresentations.BankPrecluded(third, issuer.id, 0);
        assertEq(preclude(third, issuer), 0, "nothing was left");
        assertDecision(third, issuer, IPresentations.Decision.Precluded);
        assertEq(credits.credit(creditId).openPresentations, 0, "every examination ended");
        assertEq(undertakings.totalOf(creditId, issuer.id), 110_000_00, "LC-2: the credit with its tolerance");
    }

    function test_U54_without_partial_drawings_a_second_presentation_draws_nothing_by_preclusion() public {
        ICredits.Terms memory terms = defaultTerms();
        terms.partialDrawings = false;
        bytes32 creditId = issue(terms);
        bytes32 first = present(creditId, issuer, 95_000_00);
        bytes32 second = present(creditId, issuer, 95_000_00);
        honour(first, issuer);
        vm.warp(deadlineOf(second, issuer));
        assertEq(preclude(second, issuer), 0, "one drawing");
        assertEq(credits.credit(creditId).drawn, 95_000_00, "drawn");
    }

    function test_U45_the_issuing_bank_reimburses_what_was_drawn_not_what_was_presented() public {
        bytes32 creditId = issueConfirmed();
        bytes32 first = present(creditId, confirmer, 60_000_00);
        bytes32 second = present(creditId, confirmer, 60_000_00);
        honour(first, confirmer);
        vm.warp(deadlineOf(second, confirmer));
        preclude(second, confirmer);
        forward(second, confirmer, issuer);
        assertEq(undertakingOf(honour(second, issuer)).amount, 50_000_00, "reimbursed");
        assertEq(credits.credit(creditId).drawn, 110_000_00, "drawn");
    }

    function test_a_confirming_bank_that_is_precluded_with_nothing_left_is_reimbursed_nothing() public {
        bytes32 creditId = issueConfirmed();
        bytes32 first = present(creditId, confirmer, 110_000_00);
        bytes32 second = present(creditId, confirmer, 60_000_00);
        honour(first, confirmer);
        vm.warp(deadlineOf(second, confirmer));
        assertEq(preclude(second, confirmer), 0, "nothing was left");
        forward(second, confirmer, issuer);
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.CreditAmountUnavailable.selector, creditId, uint128(60_000_00), 0)
        );
        honour(second, issuer);
        vm.warp(deadlineOf(second, issuer));
        assertEq(preclude(second, issuer), 0, "nor for the issuing bank");
        assertEq(credits.credit(creditId).openPresentations, 0, "every examination ended");
    }

    // Maturity

    function test_U67_maturity_counts_from_the_banking_day_of_presentation_and_rolls_on_the_obligors_calendar() public {
        bytes32 creditId = issue(deferredTerms(31));
        // Received on Monday the 5th; 31 days later is Thursday.
        bytes32 thursday = honour(present(creditId, issuer, 10), issuer);
        assertEq(undertakingOf(thursday).dueAt, startWest(START_DAY + 31), "a banking day");
        // Received on Wednesday the 7th: 31 days later is a Saturday, so Monday.
        vm.warp(START + 2 days);
        bytes32 monday = honour(present(creditId, issuer, 10), issuer);
        assertEq(undertakingOf(monday).dueAt, startWest(START_DAY + 35), "rolled");
    }

    function test_U67_a_slow_forwarder_moves_no_maturity() public {
        bytes32 creditId = issue(deferredTerms(30));
        confirm(creditId);
        bytes32 id = present(creditId, nominated, AMOUNT);
        uint32 base = START_DAY + 1;
        vm.warp(START + 4 days);
        forward(id, nominated, confirmer);
        assertEq(undertakingOf(honour(id, confirmer)).dueAt, startEast(base + 30), "the confirming bank's");
        vm.warp(START + 10 days);
        forward(id, confirmer, issuer);
        assertEq(undertakingOf(honour(id, issuer)).dueAt, startWest(base + 30), "the issuing bank's");
    }

    function test_U67_what_is_decided_after_maturity_is_due_at_once() public {
        bytes32 creditId = issue(deferredTerms(1));
        bytes32 id = present(creditId, issuer, AMOUNT);
        vm.warp(deadlineOf(id, issuer));
        claim(preclude(id, issuer), seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "paid");
    }

    function test_an_unknown_presentation_is_named_as_such() public {
        bytes memory unknown = abi.encodeWithSelector(IPresentations.PresentationUnknown.selector, bytes32("x"));
        vm.startPrank(issuer.account);
        vm.expectRevert(unknown);
        presentations.presentation("x");
        vm.expectRevert(unknown);
        presentations.forward("x", issuer.id);
        vm.expectRevert(unknown);
        presentations.honour("x");
        vm.expectRevert(unknown);
        presentations.refuse("x", IPresentations.Disposal.Hold, discrepancies(1));
        vm.expectRevert(unknown);
        presentations.assertPreclusion("x", issuer.id);
        vm.stopPrank();
    }

    function _expectForwardNotAllowed(bytes32 id, bytes32 creditId, Party memory from, Party memory to) private {
        vm.expectRevert(
            abi.encodeWithSelector(IPresentations.PresentationBankNotAllowed.selector, creditId, to.id)
        );
        forward(id, from, to);
    }

    function _expectNobodyDecides(bytes32 id, address[5] memory others) private {
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory want = notEntitled(IPresentations.PresentationNotEntitled.selector, id, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(want);
            presentations.honour(id);
            vm.expectRevert(want);
            presentations.refuse(id, IPresentations.Disposal.Hold, discrepancies(1));
            vm.stopPrank();
        }
    }

    function _expectNoMoreDecision(bytes32 id, Party memory bank, IPresentations.Decision have) private {
        bytes memory want = wrongDecision(id, bank, have, IPresentations.Decision.Examining);
        vm.expectRevert(want);
        honour(id, bank);
        vm.expectRevert(want);
        refuse(id, bank);
        vm.expectRevert(want);
        preclude(id, bank);
    }

    function _expectIncomplete(bytes32 id, IPresentations.Discrepancy[] memory list) private {
        vm.expectRevert(abi.encodeWithSelector(IPresentations.RefusalIncomplete.selector, id));
        vm.prank(issuer.account);
        presentations.refuse(id, IPresentations.Disposal.Hold, list);
    }
}
