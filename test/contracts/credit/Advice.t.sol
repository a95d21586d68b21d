// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract AdviceTest is CreditSystem {
    function test_U15_the_advising_bank_advises_the_terms_that_were_issued() public {
        bytes32 id = issue(defaultTerms());
        vm.expectEmit(address(credits));
        emit ICredits.CreditAdvised(id, adviser.id, false, TERMS);
        _advise(id, adviser, TERMS);
        assertEq(uint256(credits.credit(id).advice), uint256(ICredits.Advice.Advised), "advice");
        assertEq(uint256(credits.credit(id).secondAdvice), uint256(ICredits.Advice.None), "second advice");
    }

    function test_U15_other_terms_than_issued_cannot_be_advised() public {
        bytes32 id = issue(defaultTerms());
        bytes32 other = keccak256("other");
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditTermsDiffer.selector, id, TERMS, other));
        _advise(id, adviser, other);
    }

    function test_U15_the_second_advising_bank_advises_only_after_the_first() public {
        bytes32 id = _issueWithSecond();
        bytes memory tooEarly =
            abi.encodeWithSelector(ICredits.CreditAdviceWrongState.selector, id, ICredits.Advice.None);
        vm.expectRevert(tooEarly);
        _advise(id, nominated, TERMS);
        vm.expectRevert(tooEarly);
        _decline(id, nominated);
        _advise(id, adviser, TERMS);
        vm.expectEmit(address(credits));
        emit ICredits.CreditAdvised(id, nominated.id, true, TERMS);
        _advise(id, nominated, TERMS);
        assertEq(uint256(credits.credit(id).secondAdvice), uint256(ICredits.Advice.Advised), "second advice");
    }

    function test_U15_a_declined_first_advice_reaches_no_second_bank() public {
        bytes32 id = _issueWithSecond();
        _decline(id, adviser);
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.CreditAdviceWrongState.selector, id, ICredits.Advice.Declined)
        );
        _advise(id, nominated, TERMS);
    }

    function test_U17_a_bank_that_will_not_advise_says_so_with_a_reason() public {
        bytes32 id = _issueWithSecond();
        vm.expectRevert(abi.encodeWithSelector(ICredits.CreditTermsInvalid.selector, "reasonCommitment"));
        vm.prank(adviser.account);
        credits.declineAdvice(id, 0);
        _advise(id, adviser, TERMS);
        vm.expectEmit(address(credits));
        emit ICredits.AdviceDeclined(id, nominated.id, true, REASON);
        _decline(id, nominated);
        assertEq(uint256(credits.credit(id).secondAdvice), uint256(ICredits.Advice.Declined), "second advice");
    }

    function test_an_advising_bank_answers_once() public {
        bytes32 id = _issueWithSecond();
        _advise(id, adviser, TERMS);
        bytes memory again =
            abi.encodeWithSelector(ICredits.CreditAdviceWrongState.selector, id, ICredits.Advice.Advised);
        vm.expectRevert(again);
        _advise(id, adviser, TERMS);
        vm.expectRevert(again);
        _decline(id, adviser);
        _decline(id, nominated);
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.CreditAdviceWrongState.selector, id, ICredits.Advice.Declined)
        );
        _advise(id, nominated, TERMS);
    }

    function test_only_the_named_banks_advise() public {
        // The credit names no second advising bank, and a stranger is nobody: neither may meet the other as 0.
        bytes32 id = issue(defaultTerms());
        address[5] memory others =
            [stranger, issuer.account, seller.account, confirmer.account, nominated.account];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory want = notEntitled(ICredits.CreditNotEntitled.selector, id, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(want);
            credits.advise(id, TERMS);
            vm.expectRevert(want);
            credits.declineAdvice(id, REASON);
            vm.stopPrank();
        }
    }

    function test_a_closed_credit_is_not_advised() public {
        bytes32 id = issue(defaultTerms());
        vm.warp(credits.closableFrom(id));
        credits.close(id);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.CreditWrongStatus.selector, id, ICredits.Status.Closed, ICredits.Status.Issued
            )
        );
        _advise(id, adviser, TERMS);
        vm.expectRevert(notEntitled(ICredits.CreditNotEntitled.selector, id, stranger));
        vm.prank(stranger);
        credits.advise(id, TERMS);
    }

    function test_a_suspended_bank_still_advises_what_was_issued_before() public {
        bytes32 id = issue(defaultTerms());
        suspend(adviser);
        _advise(id, adviser, TERMS);
    }

    function _issueWithSecond() private returns (bytes32 id) {
        ICredits.Terms memory terms = defaultTerms();
        terms.secondAdvisingBank = nominated.id;
        return issue(terms);
    }

    function _advise(bytes32 id, Party memory bank, bytes32 commitment) private {
        vm.prank(bank.account);
        credits.advise(id, commitment);
    }

    function _decline(bytes32 id, Party memory bank) private {
        vm.prank(bank.account);
        credits.declineAdvice(id, REASON);
    }
}
