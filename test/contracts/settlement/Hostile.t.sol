// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {DishonestToken, ReturningLeg, SilentLeg} from "./HostileLegs.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @notice What the contract itself sees to, even if one of the contracts that it calls were not what it is.
contract HostileTest is SettlementSystem {
    bytes internal constant CAME_BACK =
        abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    function test_CASH_a_money_leg_takes_and_gives_exactly_the_amount() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        bytes memory want = abi.encodeWithSelector(
            IAtomicSettlement.SettlementMoneyDiffers.selector, 0, address(confirmerEur), PRICE
        );
        // The giver has one unit to spare, so that taking too much is possible.
        enter(confirmerEur, confirmer, confirmer.account, 1, "to spare");
        for (uint256 fault = 0; fault <= uint256(type(DishonestToken.Fault).max); ++fault) {
            vm.etch(address(confirmerEur), address(new DishonestToken(registry, DishonestToken.Fault(fault))).code);
            refuseDeal(deal, consents, want);
            vm.expectRevert(want);
            settlement.simulate(deal.legs);
        }
        assertHolder(seller);
        assertEq(balance(confirmerEur, confirmer), PRICE + 1, "the money is where it was");
    }

    function test_a_leg_that_comes_back_finds_the_settlement_executed_and_the_door_closed() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        IAtomicSettlement.Settlement memory other = dealOf(money(confirmerEur, confirmer, buyer, 1));
        bytes[] memory consents = consentsOf(deal);
        bytes[] memory others = consentsOf(other);
        vm.etch(address(undertakings), address(new ReturningLeg(settlement)).code);
        ReturningLeg leg = ReturningLeg(address(undertakings));

        leg.arm(abi.encodeCall(IAtomicSettlement.execute, (deal, consents)));
        refuseDeal(deal, consents, CAME_BACK);
        leg.arm(abi.encodeCall(IAtomicSettlement.execute, (other, others)));
        refuseDeal(deal, consents, CAME_BACK);
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");
    }

    function test_what_comes_back_during_a_simulation_is_taken_back_with_it() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        IAtomicSettlement.Settlement memory other = dealOf(money(confirmerEur, seller, buyer, 1));
        bytes[] memory others = consentsOf(other);
        vm.etch(address(undertakings), address(new ReturningLeg(settlement)).code);
        ReturningLeg(address(undertakings)).arm(abi.encodeCall(IAtomicSettlement.execute, (other, others)));
        assertTrue(settlement.simulate(deal.legs)[1].ok, "the other settlement could be executed there");
        bytes32 id = settlement.settlementId(other);
        assertEq(uint256(settlement.statusOf(id)), uint256(IAtomicSettlement.Status.None), "and was not");
        assertEq(balance(confirmerEur, buyer), 0, "nothing moved");
    }

    function test_a_party_that_comes_back_to_withdraw_is_too_late() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        bytes memory late = wrongStatus(deal, IAtomicSettlement.Status.Executed);
        // The account of the seller itself stands where a leg is done.
        vm.etch(address(undertakings), address(new ReturningLeg(settlement)).code);
        vm.mockCall(
            address(registry), abi.encodeCall(registry.idOf, (address(undertakings))), abi.encode(seller.id)
        );
        ReturningLeg(address(undertakings)).arm(abi.encodeCall(IAtomicSettlement.cancel, (deal)));
        refuseDeal(deal, consents, late);
    }

    function test_a_leg_that_fails_without_a_word_fails_all_the_same() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        vm.etch(address(undertakings), type(SilentLeg).runtimeCode);
        vm.expectRevert();
        execute(deal, consents);
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");
        IAtomicSettlement.LegResult[] memory results = settlement.simulate(deal.legs);
        assertTrue(results[0].ok, "the money would move");
        assertFalse(results[1].ok, "the undertaking would not");
        assertEq(results[1].answer.length, 0, "and nobody knows why");
    }

    function test_a_leg_at_an_address_without_code_is_not_done() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        vm.etch(address(undertakings), "");
        vm.expectRevert();
        execute(deal, consents);
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");
    }
}
