// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @notice Anyone may ask what a settlement would do; nothing is done by asking.
contract SimulateTest is SettlementSystem {
    function test_each_leg_says_what_it_would_do() public {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](5);
        legs[0] = money(confirmerEur, confirmer, seller, PRICE);
        legs[1] = money(confirmerEur, confirmer, seller, 1);
        legs[2] = owed(debt, seller, confirmer);
        legs[3] = owed(debt, seller, buyer);
        legs[4] = money(confirmerEur, seller, buyer, PRICE);
        IAtomicSettlement.LegResult[] memory results = settlement.simulate(legs);
        assertEq(results.length, 5, "one result for each leg");
        _done(results[0]);
        // The earlier leg took the last of the money; a leg that fails is left out.
        _refused(
            results[1],
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, confirmer.account, 0, 1)
        );
        _done(results[2]);
        _refused(results[3], abi.encodeWithSelector(IUndertakings.UndertakingNotHeld.selector, debt, seller.id));
        // The seller spends what the first leg would give it.
        _done(results[4]);
    }

    function test_nothing_is_changed_by_a_simulation() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        settlement.simulate(deal.legs);
        assertHolder(seller);
        assertEq(balance(confirmerEur, confirmer), PRICE, "the money is where it was");
        settlement.simulate(deal.legs);
        execute(deal);
        assertHolder(confirmer);
    }

    function test_the_call_that_does_the_legs_always_reverts() public {
        IAtomicSettlement.LegResult[] memory results = new IAtomicSettlement.LegResult[](2);
        results[0].ok = true;
        results[1].ok = true;
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes memory want =
            abi.encodeWithSelector(IAtomicSettlement.SettlementSimulated.selector, abi.encode(results));
        address[3] memory callers = [stranger, seller.account, address(settlement)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(want);
            vm.prank(callers[i]);
            settlement.simulateAndRevert(deal.legs);
        }
        assertHolder(seller);
    }

    function test_amounts_and_items_that_are_none_are_told_by_their_leg() public {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](2);
        legs[0] = money(confirmerEur, confirmer, seller, 0);
        legs[1] = money(confirmerEur, confirmer, seller, 1);
        legs[1].item = "x";
        IAtomicSettlement.LegResult[] memory results = settlement.simulate(legs);
        _refused(results[0], abi.encodeWithSelector(IDepositToken.DepositAmountInvalid.selector, 0));
        _refused(results[1], abi.encodeWithSelector(IDepositToken.DepositItemUnknown.selector, bytes32("x")));
        refuseDeal(
            dealOf(legs[0]), abi.encodeWithSelector(IDepositToken.DepositAmountInvalid.selector, 0)
        );
        refuseDeal(
            dealOf(legs[1]), abi.encodeWithSelector(IDepositToken.DepositItemUnknown.selector, bytes32("x"))
        );
    }

    function test_legs_that_are_no_settlement_are_refused_as_a_whole() public {
        _refuse(new IAtomicSettlement.Leg[](0), abi.encodeWithSelector(IAtomicSettlement.SettlementEmpty.selector));
        _refuse(
            new IAtomicSettlement.Leg[](17),
            abi.encodeWithSelector(IAtomicSettlement.SettlementTooManyLegs.selector, 17, 16)
        );
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](1);
        legs[0] = money(confirmerEur, confirmer, confirmer, 1);
        _refuse(
            legs, abi.encodeWithSelector(IAtomicSettlement.SettlementSameParty.selector, 0, confirmer.id)
        );
        legs[0].to = 99;
        _refuse(legs, abi.encodeWithSelector(IParticipantRegistry.ParticipantUnknown.selector, 99));
        legs[0] = money(confirmerEur, confirmer, seller, 1);
        legs[0].target = stranger;
        _refuse(legs, abi.encodeWithSelector(IAtomicSettlement.SettlementTargetUnknown.selector, 0, stranger));
        legs[0].target = address(confirmerEur);
        suspend(seller);
        _refuse(legs, abi.encodeWithSelector(IAtomicSettlement.SettlementPartySuspended.selector, seller.id));
    }

    function _refuse(IAtomicSettlement.Leg[] memory legs, bytes memory want) private {
        vm.expectRevert(want);
        settlement.simulate(legs);
    }

    function _done(IAtomicSettlement.LegResult memory result) private pure {
        assertTrue(result.ok, "the leg would be done");
        assertEq(result.answer.length, 0, "without an error");
    }

    function _refused(IAtomicSettlement.LegResult memory result, bytes memory want) private pure {
        assertFalse(result.ok, "the leg would fail");
        assertEq(result.answer, want, "and says why");
    }
}
