// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IEntryLimit} from "../../../contracts/interfaces/IEntryLimit.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @notice Ground (a) has a limit of its own: 8,640,000 minor units in a day, 100 in a second.
contract EntryLimitTest is System {
    uint128 internal constant LIMIT = 8_640_000;
    DepositToken internal token;
    uint256 internal entries;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2, LIMIT);
    }

    function enterSome(uint128 amount) internal {
        enter(token, issuer, buyer.account, amount, bytes32(++entries));
    }

    function refuse(uint128 amount, uint128 available) internal {
        vm.expectRevert(abi.encodeWithSelector(IEntryLimit.EntryLimitExceeded.selector, amount, available));
        enterSome(amount);
    }

    function setLimit(uint128 limit) internal {
        vm.prank(issuer.account);
        token.setEntryLimit(limit);
    }

    function test_a_bank_enters_up_to_its_limit_and_not_one_minor_unit_more() public {
        refuse(LIMIT + 1, LIMIT);
        enterSome(LIMIT - 10);
        refuse(11, 10);
        enterSome(10);
        refuse(1, 0);
        assertEq(balance(token, buyer), LIMIT);
    }

    function test_what_was_used_flows_back_within_a_day() public {
        enterSome(LIMIT);
        vm.warp(START + 1);
        refuse(101, 100);
        enterSome(100);
        vm.warp(START + 1 days);
        refuse(LIMIT - 99, LIMIT - 100);
        vm.warp(START + 1 days + 1);
        enterSome(LIMIT);
        vm.warp(START + 9 days);
        refuse(LIMIT + 1, LIMIT);
    }

    function test_undertakings_and_payments_never_pass_the_limit() public {
        enterSome(LIMIT);
        setLimit(0);
        vm.prank(addressOf("Undertakings"));
        token.createForUndertaking(seller.account, type(uint120).max, "drawing");
        vm.prank(addressOf("ClearingHouse"));
        token.createForPayment(seller.account, type(uint120).max, "payment");
        assertEq(balance(token, seller), 2 * uint256(type(uint120).max));

        // Through the doors that everybody uses.
        DepositToken others = createToken(confirmer, "EUR", 2);
        enter(others, confirmer, buyer.account, 500, "theirs");
        grant(issuer, confirmer, "EUR", 500);
        vm.prank(buyer.account);
        clearing.pay(IClearingHouse.Payment(confirmer.id, seller.id, issuer.id, "EUR", 500, "invoice"));
        assertEq(balance(token, seller), 2 * uint256(type(uint120).max) + 500);
        (uint128 limit, uint128 available,,) = token.entryLimit();
        assertEq(limit, 0);
        assertEq(available, 0);
    }

    function test_money_of_other_grounds_uses_nothing_of_the_limit() public {
        vm.prank(addressOf("Undertakings"));
        token.createForUndertaking(seller.account, LIMIT, "drawing");
        enterSome(LIMIT);
        assertEq(token.totalSupply(), 2 * LIMIT);
    }

    function test_a_lower_limit_holds_at_once() public {
        enterSome(LIMIT / 2);
        vm.expectEmit(address(token));
        emit IEntryLimit.EntryLimitSet(LIMIT / 4, START);
        setLimit(LIMIT / 4);
        refuse(1, 0);
        // From now on at the lower rate: half a limit is above a quarter, and flows back in two days.
        vm.warp(START + 1 days);
        refuse(1, 0);
        vm.warp(START + 2 days);
        enterSome(LIMIT / 4);
    }

    function test_a_higher_limit_holds_after_a_day_and_not_a_second_before() public {
        vm.expectEmit(address(token));
        emit IEntryLimit.EntryLimitSet(10 * LIMIT, START + 1 days);
        setLimit(10 * LIMIT);
        (uint128 limit, uint128 available, uint128 raisedTo, uint48 raisedAt) = token.entryLimit();
        assertEq(limit, LIMIT);
        assertEq(available, LIMIT);
        assertEq(raisedTo, 10 * LIMIT);
        assertEq(raisedAt, START + 1 days);
        vm.warp(START + 1 days - 1);
        refuse(LIMIT + 1, LIMIT);
        vm.warp(START + 1 days);
        (limit, available, raisedTo, raisedAt) = token.entryLimit();
        assertEq(limit, 10 * LIMIT);
        assertEq(available, 10 * LIMIT);
        assertEq(raisedTo, 0);
        assertEq(raisedAt, 0);
        enterSome(10 * LIMIT);
        refuse(1, 0);
    }

    function test_a_raise_after_a_limit_of_nothing_takes_effect_by_itself() public {
        enterSome(LIMIT);
        setLimit(0);
        vm.warp(START + 5 days);
        refuse(1, 0);
        setLimit(LIMIT);
        vm.warp(START + 6 days);
        refuse(1, 0);
        vm.warp(START + 7 days);
        enterSome(LIMIT);
    }

    function test_a_lower_limit_ends_a_raise_that_waits_and_a_new_raise_waits_anew() public {
        setLimit(10 * LIMIT);
        vm.warp(START + 1 hours);
        setLimit(20 * LIMIT);
        vm.warp(START + 1 days);
        refuse(LIMIT + 1, LIMIT);
        setLimit(LIMIT);
        vm.warp(START + 3 days);
        (uint128 limit,, uint128 raisedTo, uint48 raisedAt) = token.entryLimit();
        assertEq(limit, LIMIT);
        assertEq(raisedTo, 0);
        assertEq(raisedAt, 0);
        refuse(LIMIT + 1, LIMIT);
    }

    function test_only_the_bank_sets_its_limit() public {
        address[5] memory callers = [confirmer.account, buyer.account, operator.account, regulator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Entry
                )
            );
            vm.prank(callers[i]);
            token.setEntryLimit(0);
        }
    }

    /// @dev Whatever a bank does within it, a day brings no more than a full bucket and what flows back.
    function testFuzz_within_a_day_no_more_than_twice_the_limit(uint128[12] memory amounts, uint16[12] memory waits)
        public
    {
        uint256 sum;
        uint256 time = START;
        for (uint256 i = 0; i < amounts.length; ++i) {
            time += waits[i] % 2 hours;
            vm.warp(time);
            (, uint128 available,,) = token.entryLimit();
            uint128 amount = 1 + amounts[i] % LIMIT;
            if (amount > available) {
                refuse(amount, available);
                continue;
            }
            enterSome(amount);
            sum += amount;
        }
        assertLe(sum, LIMIT + LIMIT * (time - START) / 1 days, "the bucket and what flowed back");
    }
}
