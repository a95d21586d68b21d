// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

contract MoratoriumTest is System {
    bytes32 internal constant REASON = keccak256("a reason");
    uint48 internal constant UNTIL = START + 30 days;
    DepositToken internal token;

    event MoratoriumDeclared(uint32 indexed bank, uint32 indexed regulator, uint48 until, bytes32 reasonHash);
    event MoratoriumLifted(uint32 indexed bank, uint32 indexed regulator, bytes32 reasonHash);

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        enter(token, issuer, buyer.account, 100, "before");
    }

    function declare(Party memory party, uint32 bank, uint48 until) internal {
        vm.prank(party.account);
        registry.declareMoratorium(bank, until, REASON);
    }

    function lift(Party memory party, uint32 bank) internal {
        vm.prank(party.account);
        registry.liftMoratorium(bank, REASON);
    }

    function test_a_regulator_declares_a_moratorium_with_a_reason_and_an_end() public {
        assertEq(registry.moratoriumUntil(issuer.id), 0);
        vm.expectEmit();
        emit MoratoriumDeclared(issuer.id, regulator.id, UNTIL, REASON);
        declare(regulator, issuer.id, UNTIL);
        assertEq(registry.moratoriumUntil(issuer.id), UNTIL);
        assertTrue(registry.isActive(issuer.id), "it is no suspension");
    }

    function test_CASH_1_under_a_moratorium_no_deposit_of_the_bank_is_created_on_any_ground() public {
        declare(regulator, issuer.id, UNTIL);
        bytes memory want = abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, issuer.id, UNTIL);
        (address undertakings, address house) = (addressOf("Undertakings"), addressOf("ClearingHouse"));
        vm.expectRevert(want);
        vm.prank(issuer.account);
        token.createByEntry(buyer.account, 1, "entry");
        vm.expectRevert(want);
        vm.prank(undertakings);
        token.createForUndertaking(seller.account, 1, "undertaking");
        vm.expectRevert(want);
        vm.prank(house);
        token.createForPayment(seller.account, 1, "payment");
        vm.expectRevert(want);
        vm.prank(house);
        token.destroyForPayment(buyer.account, 1, "payment");
        assertEq(token.totalSupply(), 100);
        assertFalse(token.referenceUsed(IDepositToken.Ground.Undertaking, "undertaking"), "it stays owed");
    }

    function test_under_a_moratorium_holders_still_pay_each_other_and_other_banks_are_untouched() public {
        DepositToken others = createToken(confirmer, "EUR", 2);
        declare(regulator, issuer.id, UNTIL);
        vm.prank(buyer.account);
        token.transfer(seller.account, 40);
        assertEq(balance(token, seller), 40);
        enter(others, confirmer, buyer.account, 1, "innocent");
        assertEq(balance(others, buyer), 1);
    }

    function test_a_moratorium_ends_by_itself_at_its_end_and_not_a_second_before() public {
        declare(regulator, issuer.id, UNTIL);
        vm.warp(UNTIL - 1);
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, issuer.id, UNTIL));
        enter(token, issuer, buyer.account, 1, "a second early");
        vm.warp(UNTIL);
        enter(token, issuer, buyer.account, 1, "at its end");
    }

    function test_a_moratorium_is_lifted_once_and_may_be_declared_again() public {
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.MoratoriumNotInForce.selector, issuer.id));
        lift(regulator, issuer.id);
        declare(regulator, issuer.id, UNTIL);
        vm.expectEmit();
        emit MoratoriumLifted(issuer.id, regulator.id, REASON);
        lift(regulator, issuer.id);
        enter(token, issuer, buyer.account, 1, "lifted");
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.MoratoriumNotInForce.selector, issuer.id));
        lift(regulator, issuer.id);

        declare(regulator, issuer.id, UNTIL);
        declare(regulator, issuer.id, UNTIL + 1 days);
        assertEq(registry.moratoriumUntil(issuer.id), UNTIL + 1 days, "declared again, it ends at the new time");
        vm.warp(UNTIL + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.MoratoriumNotInForce.selector, issuer.id));
        lift(regulator, issuer.id);
    }

    function test_a_moratorium_ends_in_the_future_and_within_a_year() public {
        uint48[3] memory ends = [uint48(START), START + 366 days + 1, type(uint48).max];
        for (uint256 i = 0; i < ends.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IParticipantRegistry.MoratoriumEndInvalid.selector, ends[i], START + 1, START + 366 days
                )
            );
            declare(regulator, issuer.id, ends[i]);
        }
        declare(regulator, issuer.id, START + 366 days);
        declare(regulator, issuer.id, START + 1);
        assertEq(registry.moratoriumUntil(issuer.id), START + 1);
    }

    function test_AUTH_only_a_regulator_of_the_banks_country_declares_and_lifts() public {
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(keysOf("abroad"));
        vm.prank(operator.account);
        (, address abroad) = registry.admit("abroad", "NL", Roles.REGULATOR, keys);
        declare(regulator, issuer.id, UNTIL);
        address[5] memory callers = [operator.account, issuer.account, buyer.account, abroad, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want = abi.encodeWithSelector(
                IParticipantRegistry.MoratoriumNotEntitled.selector, callers[i], issuer.id
            );
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            registry.declareMoratorium(issuer.id, UNTIL + 1, REASON);
            vm.expectRevert(want);
            registry.liftMoratorium(issuer.id, REASON);
            vm.stopPrank();
        }
        uint32[4] memory subjects = [buyer.id, operator.id, 0, 99];
        for (uint256 i = 0; i < subjects.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IParticipantRegistry.MoratoriumNotEntitled.selector, regulator.account, subjects[i]
                )
            );
            declare(regulator, subjects[i], UNTIL);
        }
    }
}
