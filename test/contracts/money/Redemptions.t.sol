// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IRedemptions} from "../../../contracts/interfaces/IRedemptions.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @notice The issuer's calendar is one hour ahead of UTC, closed at weekends, with a cut-off at 16:00. It is Monday.
contract RedemptionsTest is System {
    bytes32 internal constant REASON = keccak256("a reason");
    /// @dev The end of Wednesday at the bank.
    uint48 internal constant DUE = (uint48(START_DAY) + 3) * 1 days - 1 hours;
    DepositToken internal token;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        enter(token, issuer, buyer.account, 100, "entry");
    }

    function ask(uint128 amount, bytes32 ref) internal returns (bytes32 id) {
        vm.prank(buyer.account);
        return redemptions.request(address(token), amount, ref);
    }

    function test_a_holder_asks_and_the_money_is_set_aside() public {
        bytes32 id = redemptions.redemptionId(buyer.id, address(token), "mine");
        IRedemptions.Redemption memory want = IRedemptions.Redemption(
            address(token), buyer.id, DUE, IRedemptions.Status.Requested, 60, issuer.id
        );
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRequested(id, issuer.id, buyer.id, "mine", want);
        assertEq(ask(60, "mine"), id);
        assertEq(balance(token, buyer), 40);
        assertEq(token.balanceOf(address(redemptions)), 60);
        assertEq(token.totalSupply(), 100, "it is still owed");
        assertEq(keccak256(abi.encode(redemptions.redemption(id))), keccak256(abi.encode(want)));
    }

    function test_CASH_1_the_bank_confirms_that_it_paid_and_the_money_is_destroyed() public {
        bytes32 id = ask(60, "mine");
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionPaid(id, issuer.id, buyer.id, "payout");
        vm.expectEmit(address(token));
        emit IDepositToken.DepositDestroyed(IDepositToken.Ground.Redemption, id, address(redemptions), 60);
        vm.prank(issuer.account);
        redemptions.confirm(id, "payout");
        assertEq(token.totalSupply(), 40);
        assertEq(token.balanceOf(address(redemptions)), 0);
        assertEq(uint8(redemptions.redemption(id).status), uint8(IRedemptions.Status.Paid));
    }

    function test_the_bank_gives_the_money_back_with_a_reason() public {
        bytes32 id = ask(60, "mine");
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionReasonMissing.selector, id));
        vm.prank(issuer.account);
        redemptions.giveBack(id, 0);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionGivenBack(id, issuer.id, buyer.id, REASON);
        vm.prank(issuer.account);
        redemptions.giveBack(id, REASON);
        assertEq(balance(token, buyer), 100);
        assertEq(token.totalSupply(), 100);
    }

    function test_the_holder_withdraws_until_the_bank_confirmed() public {
        bytes32 id = ask(60, "mine");
        vm.warp(DUE + 9 days);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionWithdrawn(id, issuer.id, buyer.id);
        vm.prank(buyer.account);
        redemptions.withdraw(id);
        assertEq(balance(token, buyer), 100);

        bytes32 paid = ask(60, "again");
        vm.prank(issuer.account);
        redemptions.confirm(paid, "payout");
        vm.expectRevert(
            abi.encodeWithSelector(
                IRedemptions.RedemptionWrongStatus.selector,
                paid,
                IRedemptions.Status.Paid,
                IRedemptions.Status.Requested
            )
        );
        vm.prank(buyer.account);
        redemptions.withdraw(paid);
    }

    function test_a_redemption_ends_once() public {
        bytes4[3] memory ends =
            [redemptions.withdraw.selector, redemptions.confirm.selector, redemptions.giveBack.selector];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 id = ask(10, bytes32(i + 1));
            _end(ends[i], id, true);
            for (uint256 j = 0; j < 3; ++j) {
                _end(ends[j], id, false);
            }
        }
        assertEq(balance(token, buyer), 90);
        assertEq(token.totalSupply(), 90);
    }

    function test_a_reference_is_used_once_with_a_token() public {
        bytes32 id = ask(1, "mine");
        vm.prank(buyer.account);
        redemptions.withdraw(id);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionExists.selector, id));
        ask(1, "mine");
    }

    function test_what_cannot_be_asked_for() public {
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionAmountInvalid.selector, 0));
        ask(0, "mine");
        vm.expectRevert(IRedemptions.RedemptionReferenceMissing.selector);
        ask(1, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, buyer.account, 100, 101)
        );
        ask(101, "mine");
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionTokenUnknown.selector, address(this)));
        vm.prank(buyer.account);
        redemptions.request(address(this), 1, "mine");
        bytes32 unknown = keccak256("unknown");
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionUnknown.selector, unknown));
        redemptions.confirm(unknown, "payout");
        bytes32 id = ask(1, "mine");
        vm.expectRevert(IRedemptions.RedemptionReferenceMissing.selector);
        vm.prank(issuer.account);
        redemptions.confirm(id, 0);
    }

    function test_nobody_else_takes_part() public {
        bytes32 id = ask(60, "mine");
        address[5] memory callers = [seller.account, confirmer.account, operator.account, regulator.account, stranger];
        bytes memory want;
        for (uint256 i = 0; i < callers.length; ++i) {
            want = abi.encodeWithSelector(IRedemptions.RedemptionNotEntitled.selector, id, callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            redemptions.withdraw(id);
            vm.expectRevert(want);
            redemptions.confirm(id, "payout");
            vm.expectRevert(want);
            redemptions.giveBack(id, REASON);
            vm.stopPrank();
        }
        want = abi.encodeWithSelector(IRedemptions.RedemptionNotEntitled.selector, id, issuer.account);
        vm.expectRevert(want);
        vm.prank(issuer.account);
        redemptions.withdraw(id);
        want = abi.encodeWithSelector(IRedemptions.RedemptionNotEntitled.selector, id, buyer.account);
        vm.expectRevert(want);
        vm.prank(buyer.account);
        redemptions.confirm(id, "payout");
        bytes32 strangers = redemptions.redemptionId(0, address(token), "mine");
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionNotEntitled.selector, strangers, stranger));
        vm.prank(stranger);
        redemptions.request(address(token), 1, "mine");
    }

    function test_AUTH_1_a_confirmation_takes_two_people_of_the_bank() public {
        bytes32 id = ask(60, "mine");
        bytes memory data = abi.encodeCall(redemptions.confirm, (id, "payout"));
        bytes memory want = abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector,
            Purposes.PROPOSE | Purposes.OPERATE,
            Purposes.PROPOSE | Purposes.APPROVE,
            1,
            2
        );
        refuseAs(want, issuer, address(redemptions), data, oneKey(issuer.maker));
        actAs(issuer, address(redemptions), data);
        assertEq(token.totalSupply(), 40);
    }

    function test_only_redemptions_sets_money_aside_and_destroys_it() public {
        address[3] memory callers = [issuer.account, buyer.account, addressOf("ClearingHouse")];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want = abi.encodeWithSelector(
                IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Redemption
            );
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            token.setAside(buyer.account, 1);
            vm.expectRevert(want);
            token.destroyForRedemption(1, "mine");
            vm.stopPrank();
        }
    }

    // Time.

    function test_it_is_overdue_from_the_first_second_after_the_second_banking_day() public {
        bytes32 id = ask(60, "mine");
        assertEq(redemptions.redemption(id).dueAt, DUE);
        vm.warp(DUE - 1);
        assertFalse(redemptions.isOverdue(id));
        vm.warp(DUE);
        assertTrue(redemptions.isOverdue(id));
        vm.prank(issuer.account);
        redemptions.confirm(id, "payout");
        assertFalse(redemptions.isOverdue(id), "paid late is not overdue");
    }

    function test_closed_days_and_the_cut_off_count_as_the_banks_calendar_says() public {
        // Thursday before the cut-off: Friday, Monday. After it, it counts as Friday's: Monday, Tuesday.
        vm.warp((START_DAY + 3) * 1 days + 12 hours);
        assertEq(redemptions.redemption(ask(1, "before")).dueAt, (START_DAY + 8) * 1 days - 1 hours);
        vm.warp((START_DAY + 3) * 1 days + 15 hours);
        assertEq(redemptions.redemption(ask(1, "after")).dueAt, (START_DAY + 9) * 1 days - 1 hours);
    }

    function test_a_bank_without_a_calendar_pays_in_two_days_all_the_same() public {
        Party memory bank = admit("bank without a calendar", Roles.BANK);
        DepositToken other = createToken(bank, "EUR", 2);
        enter(other, bank, buyer.account, 10, "entry");
        vm.prank(buyer.account);
        bytes32 id = redemptions.request(address(other), 10, "mine");
        assertEq(redemptions.redemption(id).dueAt, START + 2 days);
        // The same where the calendar has run out.
        vm.warp(30_000 days);
        assertEq(redemptions.redemption(ask(1, "late")).dueAt, 30_002 days);
    }

    function test_too_little_gas_does_not_shorten_the_banks_time() public {
        uint256 mark = vm.snapshotState();
        bytes memory data = abi.encodeCall(redemptions.request, (address(token), 1, "mine"));
        bytes32 id = redemptions.redemptionId(buyer.id, address(token), "mine");
        for (uint256 gas = 20_000; gas < 260_000; gas += 2_000) {
            vm.prank(buyer.account);
            (bool done,) = address(redemptions).call{gas: gas}(data);
            if (!done) continue;
            assertEq(redemptions.redemption(id).dueAt, DUE);
            vm.revertToState(mark);
            mark = vm.snapshotState();
        }
    }

    function test_a_calendar_changed_later_moves_no_due_time() public {
        bytes32 id = ask(1, "mine");
        uint256 word = weekendWords(START_WORD, 1)[0];
        vm.prank(issuer.account);
        calendar.changeDays(START_WORD, word | (1 << ((START_DAY + 10) % 256)));
        assertEq(redemptions.redemption(id).dueAt, DUE);
    }

    // Suspension and moratorium.

    function test_a_suspension_stops_no_redemption() public {
        vm.startPrank(operator.account);
        registry.suspend(issuer.id, REASON);
        registry.suspend(buyer.id, REASON);
        vm.stopPrank();
        bytes32 paid = ask(10, "paid");
        bytes32 back = ask(10, "given back");
        bytes32 withdrawn = ask(10, "withdrawn");
        vm.startPrank(issuer.account);
        redemptions.confirm(paid, "payout");
        redemptions.giveBack(back, REASON);
        vm.stopPrank();
        vm.prank(buyer.account);
        redemptions.withdraw(withdrawn);
        assertEq(balance(token, buyer), 90);
    }

    function test_under_a_moratorium_nothing_is_redeemed_and_requests_stay() public {
        bytes32 id = ask(10, "before");
        vm.prank(regulator.account);
        registry.declareMoratorium(issuer.id, START + 30 days, REASON);
        bytes memory want =
            abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, issuer.id, START + 30 days);
        vm.expectRevert(want);
        vm.prank(issuer.account);
        redemptions.confirm(id, "payout");
        bytes32 during = ask(10, "during");
        vm.prank(buyer.account);
        redemptions.withdraw(during);
        vm.warp(DUE);
        assertTrue(redemptions.isOverdue(id), "time goes on");
        vm.warp(START + 30 days);
        vm.prank(issuer.account);
        redemptions.confirm(id, "payout");
        assertEq(token.totalSupply(), 90);
    }

    function test_a_holder_that_is_frozen_later_has_its_money_back_and_it_is_frozen() public {
        bytes32 id = ask(60, "mine");
        vm.prank(issuer.account);
        token.setFrozen(buyer.account, 100, REASON);
        vm.prank(buyer.account);
        redemptions.withdraw(id);
        assertEq(balance(token, buyer), 100);
        assertFalse(token.canTransfer(buyer.account, seller.account, 1));
    }

    function _end(bytes4 how, bytes32 id, bool works) internal {
        bool byHolder = how == redemptions.withdraw.selector;
        bytes memory data = byHolder ? abi.encodeWithSelector(how, id) : abi.encodeWithSelector(how, id, REASON);
        vm.prank(byHolder ? buyer.account : issuer.account);
        (bool done, bytes memory answer) = address(redemptions).call(data);
        assertEq(done, works);
        if (!works) assertEq(bytes32(bytes4(answer)), bytes32(IRedemptions.RedemptionWrongStatus.selector));
    }
}
