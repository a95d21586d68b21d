// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {CreditSystem} from "./CreditSystem.sol";

contract UndertakingsTest is CreditSystem {
    function test_U13_the_holders_claim_creates_the_banks_money_without_any_act_of_the_bank() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        vm.expectEmit(address(undertakings));
        emit IUndertakings.UndertakingPaid(id, issuer.id, seller.id, AMOUNT);
        vm.expectEmit(address(issuerEur));
        emit IDepositToken.DepositCreated(IDepositToken.Ground.Undertaking, id, seller.account, AMOUNT);
        claim(id, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "the beneficiary's money");
        assertEq(issuerEur.totalSupply(), AMOUNT, "supply");
        assertEq(uint256(undertakingOf(id).status), uint256(IUndertakings.Status.Paid), "status");
    }

    // At the holder's own bank.

    function test_U13_a_holder_takes_its_money_at_its_own_bank_which_the_obligor_then_owes() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        grant(confirmer, issuer, "EUR", AMOUNT);
        vm.expectEmit(address(undertakings));
        emit IUndertakings.UndertakingPaid(id, issuer.id, seller.id, AMOUNT);
        claimAt(id, seller, confirmer);
        assertEq(balance(confirmerEur, seller), AMOUNT, "the beneficiary's money at its own bank");
        assertEq(issuerEur.totalSupply(), 0, "none of the obligor's was made");
        assertEq(clearing.owedTo(confirmer.id, issuer.id, "EUR"), int128(AMOUNT), "the obligor owes that bank");
        bytes memory want = abi.encodeWithSelector(
            IUndertakings.UndertakingWrongStatus.selector, id, IUndertakings.Status.Paid, IUndertakings.Status.Owed
        );
        vm.expectRevert(want);
        claim(id, seller);
        vm.expectRevert(want);
        this.claimAt(id, seller, confirmer);
    }

    function test_a_claim_that_another_bank_does_not_take_leaves_the_undertaking_owed() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        grant(confirmer, issuer, "EUR", AMOUNT - 1);
        bytes memory exceeded =
            abi.encodeWithSelector(IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR"));
        vm.expectRevert(exceeded);
        this.claimAt(id, seller, confirmer);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingBankInvalid.selector, issuer.id));
        this.claimAt(id, seller, issuer);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.ClearingTokenUnknown.selector, adviser.id, bytes3("EUR"))
        );
        this.claimAt(id, seller, adviser);
        grant(confirmer, issuer, "EUR", AMOUNT);
        suspend(issuer);
        vm.expectRevert(exceeded);
        this.claimAt(id, seller, confirmer);
        assertEq(uint256(undertakingOf(id).status), uint256(IUndertakings.Status.Owed), "owed as before");
        claim(id, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "at the obligor nothing stands in its way");
    }

    function test_only_the_holder_claims_at_another_bank_and_only_what_is_due() public {
        bytes32 id = honour(present(issue(deferredTerms(30)), issuer, AMOUNT), issuer);
        grant(confirmer, issuer, "EUR", AMOUNT);
        uint48 dueAt = undertakingOf(id).dueAt;
        vm.expectRevert(
            abi.encodeWithSelector(IUndertakings.UndertakingNotDue.selector, id, dueAt, uint48(block.timestamp))
        );
        this.claimAt(id, seller, confirmer);
        vm.warp(dueAt);
        vm.expectRevert(
            abi.encodeWithSelector(IUndertakings.UndertakingNotEntitled.selector, id, confirmer.account)
        );
        this.claimAt(id, confirmer, confirmer);
    }

    function test_a_moratorium_of_the_obligor_holds_back_a_claim_at_another_bank_too() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        grant(confirmer, issuer, "EUR", AMOUNT);
        uint48 until = uint48(block.timestamp) + 1 days;
        vm.prank(regulator.account);
        registry.declareMoratorium(issuer.id, until, "reason");
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, issuer.id, until));
        this.claimAt(id, seller, confirmer);
        vm.warp(until);
        claimAt(id, seller, confirmer);
    }

    function test_a_blocked_holder_is_paid_only_into_its_blocked_balance() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        grant(confirmer, issuer, "EUR", AMOUNT);
        vm.prank(issuer.account);
        issuerEur.setFrozen(seller.account, type(uint128).max, "an order");
        vm.expectRevert(abi.encodeWithSelector(IUndertakings.UndertakingHolderBlocked.selector, id, seller.id));
        this.claimAt(id, seller, confirmer);
        claim(id, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "paid");
        vm.expectRevert();
        vm.prank(seller.account);
        issuerEur.transfer(buyer.account, 1);
    }

    function claimAt(bytes32 id, Party memory holder, Party memory bank) public {
        vm.prank(holder.account);
        undertakings.claimAt(id, bank.id);
    }

    function test_an_undertaking_is_paid_once() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        claim(id, seller);
        vm.expectRevert(
            abi.encodeWithSelector(
                IUndertakings.UndertakingWrongStatus.selector,
                id,
                IUndertakings.Status.Paid,
                IUndertakings.Status.Owed
            )
        );
        claim(id, seller);
    }

    function test_only_the_holder_claims() public {
        bytes32 creditId = issueConfirmed();
        bytes32 presentationId = present(creditId, confirmer, AMOUNT);
        bytes32 toSeller = honour(presentationId, confirmer);
        forward(presentationId, confirmer, issuer);
        bytes32 toConfirmer = honour(presentationId, issuer);
        _expectNotEntitled(toSeller, [stranger, confirmer.account, issuer.account, buyer.account]);
        _expectNotEntitled(toConfirmer, [stranger, seller.account, issuer.account, buyer.account]);
        claim(toSeller, seller);
        claim(toConfirmer, confirmer);
        _expectNotEntitled(toSeller, [stranger, confirmer.account, issuer.account, buyer.account]);
        assertEq(balance(issuerEur, confirmer), AMOUNT, "the confirming bank's account at the issuing bank");
    }

    function test_nothing_is_claimed_before_it_is_due() public {
        bytes32 id = honour(present(issue(deferredTerms(30)), issuer, AMOUNT), issuer);
        uint48 dueAt = undertakingOf(id).dueAt;
        vm.warp(dueAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IUndertakings.UndertakingNotDue.selector, id, dueAt, dueAt - 1));
        claim(id, seller);
        vm.warp(dueAt);
        claim(id, seller);
    }

    function test_no_suspension_keeps_a_holder_from_its_money() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        suspend(seller);
        suspend(buyer);
        suspend(issuer);
        claim(id, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "paid");
    }

    function test_the_obligor_cannot_spend_the_reference_of_its_undertaking_first() public {
        bytes32 id = honour(present(issue(defaultTerms()), issuer, AMOUNT), issuer);
        enter(issuerEur, issuer, issuer.account, 1, id);
        claim(id, seller);
        assertEq(balance(issuerEur, seller), AMOUNT, "paid");
    }

    function test_only_presentations_creates_undertakings() public {
        IUndertakings.Undertaking memory u;
        u.presentationId = "p";
        u.obligor = issuer.id;
        bytes32 id = undertakings.undertakingId("p", issuer.id);
        assertEq(id, keccak256(abi.encode(bytes32("p"), issuer.id)), "id");
        address[4] memory others = [stranger, issuer.account, operator.account, address(credits)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(IUndertakings.UndertakingNotEntitled.selector, id, others[i]));
            vm.prank(others[i]);
            undertakings.create(u);
        }
        vm.startPrank(address(presentations));
        undertakings.create(u);
        vm.expectRevert(abi.encodeWithSelector(IUndertakings.UndertakingExists.selector, id));
        undertakings.create(u);
        vm.stopPrank();
    }

    function test_what_nobody_owes_is_unknown() public {
        bytes memory unknown = abi.encodeWithSelector(IUndertakings.UndertakingUnknown.selector, bytes32("x"));
        vm.expectRevert(unknown);
        undertakings.undertaking("x");
        // A stranger is nobody and so is the holder of nothing.
        vm.expectRevert(unknown);
        vm.prank(stranger);
        undertakings.claim("x");
    }

    function _expectNotEntitled(bytes32 id, address[4] memory others) private {
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(IUndertakings.UndertakingNotEntitled.selector, id, others[i]));
            vm.prank(others[i]);
            undertakings.claim(id);
        }
    }
}
