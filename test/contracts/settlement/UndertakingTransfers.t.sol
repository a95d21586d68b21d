// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @notice An undertaking has one holder at a time, and passes as a whole from the holder to whoever takes it.
contract UndertakingTransfersTest is SettlementSystem {
    function test_the_holder_alone_passes_it_on_and_once() public {
        refuseDeal(dealOf(owed(debt, buyer, adviser)), _notHeld(buyer));
        execute(dealOf(owed(debt, seller, buyer)));
        refuseDeal(dealOf(owed(debt, seller, adviser)), _notHeld(seller));
        execute(dealOf(owed(debt, buyer, adviser)));
        assertHolder(adviser);
    }

    function test_an_undertaking_sold_twice_goes_to_the_first_buyer_alone() public {
        IAtomicSettlement.Settlement memory first = purchase();
        IAtomicSettlement.Settlement memory second = dealOf(owed(debt, seller, adviser));
        bytes[] memory consents = consentsOf(second);
        execute(first);
        refuseDeal(second, consents, _notHeld(seller));
        assertHolder(confirmer);
    }

    function test_a_holder_that_the_obligor_has_blocked_sells_nothing() public {
        vm.prank(issuer.account);
        issuerEur.setFrozen(seller.account, 1, "an order");
        refuseDeal(
            purchase(), abi.encodeWithSelector(IUndertakings.UndertakingHolderBlocked.selector, debt, seller.id)
        );
        assertHolder(seller);
        vm.prank(issuer.account);
        issuerEur.setFrozen(seller.account, 0, "lifted");
        execute(purchase());
        assertHolder(confirmer);
    }

    function test_an_undertaking_moves_as_a_whole() public {
        uint128[4] memory amounts = [AMOUNT - 1, AMOUNT + 1, 0, type(uint128).max];
        for (uint256 i = 0; i < amounts.length; ++i) {
            IAtomicSettlement.Leg memory leg = owed(debt, seller, confirmer);
            leg.amount = amounts[i];
            refuseDeal(
                dealOf(leg), abi.encodeWithSelector(IUndertakings.UndertakingNotWhole.selector, debt, amounts[i])
            );
        }
    }

    function test_what_nobody_owes_does_not_move() public {
        IAtomicSettlement.Leg memory leg = owed(debt, seller, confirmer);
        leg.item = "x";
        refuseDeal(
            dealOf(leg), abi.encodeWithSelector(IUndertakings.UndertakingUnknown.selector, bytes32("x"))
        );
    }

    function test_a_paid_undertaking_does_not_move() public {
        bytes32 sight = honour(present(issue(_another()), issuer, AMOUNT), issuer);
        claim(sight, seller);
        refuseDeal(
            dealOf(owed(sight, seller, confirmer)),
            abi.encodeWithSelector(
                IUndertakings.UndertakingWrongStatus.selector,
                sight,
                IUndertakings.Status.Paid,
                IUndertakings.Status.Owed
            )
        );
    }

    function test_U13_the_new_holder_claims_and_the_old_one_does_not() public {
        IUndertakings.Undertaking memory before = undertakingOf(debt);
        uint256 total = undertakings.totalOf(before.creditId, issuer.id);
        execute(purchase());
        vm.warp(before.dueAt);
        vm.expectRevert(
            abi.encodeWithSelector(IUndertakings.UndertakingNotEntitled.selector, debt, seller.account)
        );
        claim(debt, seller);
        claim(debt, confirmer);
        assertEq(balance(issuerEur, confirmer), AMOUNT, "the new holder is paid");
        assertEq(balance(issuerEur, seller), 0, "the old one is not");
        assertEq(undertakings.totalOf(before.creditId, issuer.id), total, "LC-2: what is owed under the credit");

        IUndertakings.Undertaking memory afterwards = undertakingOf(debt);
        before.holder = confirmer.id;
        before.status = IUndertakings.Status.Paid;
        assertEq(abi.encode(afterwards), abi.encode(before), "nothing else has changed");
    }

    function test_a_due_undertaking_that_is_not_claimed_still_moves() public {
        vm.warp(undertakingOf(debt).dueAt + 1 days);
        IAtomicSettlement.Settlement memory deal = purchase();
        deal.deadline = uint48(block.timestamp);
        execute(deal);
        claim(debt, confirmer);
        assertEq(balance(issuerEur, confirmer), AMOUNT, "paid");
    }

    function test_the_obligor_may_buy_back_what_it_owes() public {
        enter(issuerEur, issuer, issuer.account, PRICE, "own");
        execute(dealOf(money(issuerEur, issuer, seller, PRICE), owed(debt, seller, issuer)));
        assertHolder(issuer);
        vm.warp(undertakingOf(debt).dueAt);
        claim(debt, issuer);
        assertEq(issuerEur.totalSupply(), PRICE + AMOUNT, "CASH-1: as if another had claimed");
    }

    function test_both_undertakings_of_a_confirmed_drawing_move_apart() public {
        bytes32 creditId = issueConfirmedAgain();
        bytes32 presentationId = present(creditId, confirmer, AMOUNT);
        bytes32 toSeller = honour(presentationId, confirmer);
        forward(presentationId, confirmer, issuer);
        bytes32 toConfirmer = honour(presentationId, issuer);
        execute(dealOf(owed(toSeller, seller, buyer), owed(toConfirmer, confirmer, adviser)));
        claim(toSeller, buyer);
        claim(toConfirmer, adviser);
        assertEq(balance(confirmerEur, buyer), AMOUNT, "the confirming bank's");
        assertEq(balance(issuerEur, adviser), AMOUNT, "the issuing bank's");
    }

    function issueConfirmedAgain() internal returns (bytes32 id) {
        id = issue(_another());
        confirm(id);
    }

    function _another() private view returns (ICredits.Terms memory terms) {
        terms = defaultTerms();
        terms.salt = "another";
    }

    function _notHeld(Party memory by) private view returns (bytes memory) {
        return abi.encodeWithSelector(IUndertakings.UndertakingNotHeld.selector, debt, by.id);
    }
}
