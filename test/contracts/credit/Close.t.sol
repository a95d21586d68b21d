// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract CloseTest is CreditSystem {
    function test_a_credit_is_closed_thirty_days_after_expiry_and_states_what_is_undrawn() public {
        bytes32 id = issue(defaultTerms());
        honour(present(id, issuer, 30_000_00), issuer);
        uint48 from = startWest(EXPIRY_DAY + 1) + 30 days;
        assertEq(credits.closableFrom(id), from, "closable from");
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditNotExpired.selector, id, from));
        credits.close(id);
        vm.warp(from);
        vm.expectEmit(address(credits));
        emit ICredits.CreditClosed(id, 80_000_00);
        credits.close(id);
        assertEq(uint256(credits.credit(id).status), uint256(ICredits.Status.Closed), "status");
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditWrongStatus.selector, id, ICredits.Status.Closed, ICredits.Status.Issued
            )
        );
        credits.close(id);
    }

    function test_closing_has_the_same_effect_for_every_caller() public {
        bytes32 id = issue(defaultTerms());
        vm.warp(credits.closableFrom(id));
        address[5] memory callers = [stranger, seller.account, buyer.account, issuer.account, operator.account];
        uint256 snapshot = vm.snapshotState();
        bytes32 effect;
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.prank(callers[i]);
            credits.close(id);
            bytes32 seen = keccak256(abi.encode(credits.credit(id)));
            if (i == 0) effect = seen;
            assertEq(seen, effect, "effect");
            vm.revertToState(snapshot);
            snapshot = vm.snapshotState();
        }
    }

    function test_a_credit_stays_open_while_a_bank_examines_and_no_bank_can_keep_it_open() public {
        bytes32 id = issue(defaultTerms());
        vm.warp(credits.closableFrom(id));
        bytes32 presentationId = present(id, issuer, AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditPresentationsOpen.selector, id, 1));
        credits.close(id);
        vm.warp(deadlineOf(presentationId, issuer));
        preclude(presentationId, issuer);
        credits.close(id);
    }

    function test_a_presentation_for_which_nothing_is_left_keeps_no_credit_open() public {
        bytes32 id = issue(defaultTerms());
        bytes32 first = present(id, issuer, 110_000_00);
        bytes32 second = present(id, issuer, 110_000_00);
        honour(first, issuer);
        vm.warp(credits.closableFrom(id));
        preclude(second, issuer);
        vm.expectEmit(address(credits));
        emit ICredits.CreditClosed(id, 0);
        credits.close(id);
    }

    function test_an_idle_nominated_bank_keeps_no_credit_open() public {
        bytes32 id = issue(defaultTerms());
        present(id, nominated, AMOUNT);
        vm.warp(credits.closableFrom(id));
        credits.close(id);
    }

    function test_U58_documents_presented_in_time_are_examined_and_paid_after_closing() public {
        bytes32 id = issueConfirmed();
        bytes32 presentationId = present(id, nominated, AMOUNT);
        assertFalse(presentations.presentation(presentationId).late, "in time");
        vm.warp(credits.closableFrom(id));
        credits.close(id);
        forward(presentationId, nominated, confirmer);
        claim(honour(presentationId, confirmer), seller);
        assertEq(balance(confirmerEur, seller), AMOUNT, "the beneficiary is paid");
        forward(presentationId, confirmer, issuer);
        vm.warp(deadlineOf(presentationId, issuer));
        claim(preclude(presentationId, issuer), confirmer);
        assertEq(balance(issuerEur, confirmer), AMOUNT, "the confirming bank is reimbursed");
        assertEq(credits.credit(id).drawn, AMOUNT, "drawn");
    }

    function test_U50_a_credit_cannot_be_closed_over_a_presentation_that_is_in_time_elsewhere() public {
        // Expired at the issuing bank; at the nominated bank the last day is three days later.
        bytes32 id = issue(defaultTerms());
        vm.warp(credits.expiresAt(id, issuer.id));
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.CreditNotExpired.selector, id, startWest(EXPIRY_DAY + 1) + 30 days)
        );
        credits.close(id);
    }

    function test_U12_expiry_on_a_closed_day_moves_closing_too() public {
        ICredits.Terms memory terms = defaultTerms();
        // A Saturday: rolled to Monday.
        terms.expiryDay = EXPIRY_DAY + 1;
        bytes32 id = issue(terms);
        assertEq(credits.closableFrom(id), startWest(EXPIRY_DAY + 4) + 30 days, "closable from");
    }

    function test_the_applicant_has_no_act_at_all() public {
        // Catalogue 12, a buyer's veto: nothing that the applicant may call stands between presentation and payment.
        bytes32 id = issueConfirmed();
        bytes32 presentationId = present(id, confirmer, AMOUNT);
        vm.startPrank(buyer.account);
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, presentationId, buyer.account));
        presentations.refuse(presentationId, IPresentations.Disposal.Hold, discrepancies(1));
        vm.expectRevert(notEntitled(IPresentations.PresentationNotEntitled.selector, presentationId, buyer.account));
        presentations.forward(presentationId, issuer.id);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditNotExpired.selector, id, credits.closableFrom(id)));
        credits.close(id);
        vm.stopPrank();
        claim(honour(presentationId, confirmer), seller);
    }
}
