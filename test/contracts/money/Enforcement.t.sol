// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IEnforcement} from "../../../contracts/interfaces/IEnforcement.sol";
import {IERC7943Fungible} from "../../../contracts/interfaces/IERC7943Fungible.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";
import {Vm} from "../support/Test.sol";

/// @notice ERC-7943: the bank freezes and moves its money in others' hands, with the hash of a reason.
contract EnforcementTest is System {
    bytes32 internal constant REASON = keccak256("order of a court");
    DepositToken internal token;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        enter(token, issuer, buyer.account, 100, "entry");
    }

    function freeze(Party memory party, uint128 amount) internal {
        vm.prank(issuer.account);
        token.setFrozen(party.account, amount, REASON);
    }

    function force(Party memory from, Party memory to, uint128 amount) internal {
        vm.prank(issuer.account);
        token.forceTransfer(from.account, to.account, amount, REASON);
    }

    function refuse(bytes memory want, bytes memory data) internal {
        vm.expectRevert(want);
        vm.prank(issuer.account);
        (bool refused,) = address(token).call(data);
        assertTrue(refused, "refused as expected");
    }

    function test_ERC7943_the_interface_is_the_standards() public view {
        assertEq(bytes32(type(IERC7943Fungible).interfaceId), bytes32(bytes4(0x3edbb4c4)));
        assertTrue(token.supportsInterface(0x3edbb4c4));
        assertTrue(token.supportsInterface(type(IERC165).interfaceId));
        assertFalse(token.supportsInterface(0xffffffff));
    }

    // Freezing.

    function test_frozen_money_stays_and_the_rest_moves() public {
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(buyer.account, 70);
        vm.expectEmit(address(token));
        emit IEnforcement.HolderFrozen(buyer.account, 0, 70, REASON);
        freeze(buyer, 70);
        assertEq(token.getFrozenTokens(buyer.account), 70);
        assertEq(balance(token, buyer), 100, "it is still the holder's");
        vm.startPrank(buyer.account);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, buyer.account, 31, 30)
        );
        token.transfer(seller.account, 31);
        token.transfer(seller.account, 30);
        vm.stopPrank();
        assertEq(balance(token, seller), 30);
    }

    function test_frozen_money_leaves_by_no_other_way_either() public {
        freeze(buyer, 100);
        address house = addressOf("ClearingHouse");
        bytes memory want =
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, buyer.account, 1, 0);
        vm.prank(buyer.account);
        token.approve(stranger, 1);
        vm.expectRevert(want);
        vm.prank(stranger);
        token.transferFrom(buyer.account, seller.account, 1);
        vm.expectRevert(want);
        vm.prank(house);
        token.destroyForPayment(buyer.account, 1, "payment");
        vm.expectRevert(want);
        vm.prank(buyer.account);
        redemptions.request(address(token), 1, "redemption");
    }

    function test_less_than_before_unfreezes() public {
        freeze(buyer, 100);
        vm.expectEmit(address(token));
        emit IEnforcement.HolderFrozen(buyer.account, 100, 0, REASON);
        freeze(buyer, 0);
        vm.prank(buyer.account);
        token.transfer(seller.account, 100);
        assertEq(balance(token, seller), 100);
    }

    function test_AUTH_1_a_freeze_takes_two_people_of_the_bank() public {
        bytes memory data = abi.encodeCall(token.setFrozen, (buyer.account, 1, REASON));
        bytes memory want = abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector,
            Purposes.PROPOSE | Purposes.OPERATE,
            Purposes.PROPOSE | Purposes.APPROVE,
            1,
            2
        );
        refuseAs(want, issuer, address(token), data, oneKey(issuer.maker));
        actAs(issuer, address(token), data);
        assertEq(token.getFrozenTokens(buyer.account), 1);
    }

    function test_nobody_but_the_bank_freezes_or_forces() public {
        address[6] memory callers =
            [confirmer.account, buyer.account, operator.account, regulator.account, stranger, addressOf("Redemptions")];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want = abi.encodeWithSelector(IEnforcement.EnforcementNotEntitled.selector, callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            token.setFrozen(buyer.account, 1, REASON);
            vm.expectRevert(want);
            token.forceTransfer(buyer.account, seller.account, 1, REASON);
            vm.expectRevert(want);
            token.setFrozenTokens(buyer.account, 1);
            vm.expectRevert(want);
            token.forcedTransfer(buyer.account, seller.account, 1);
            vm.stopPrank();
        }
    }

    function test_without_a_reason_nothing_is_frozen_or_forced() public {
        bytes memory want = abi.encodeWithSelector(IEnforcement.EnforcementReasonMissing.selector);
        refuse(want, abi.encodeCall(token.setFrozen, (buyer.account, 1, 0)));
        refuse(want, abi.encodeCall(token.forceTransfer, (buyer.account, seller.account, 1, 0)));
        refuse(want, abi.encodeCall(token.setFrozenTokens, (buyer.account, 1)));
        refuse(want, abi.encodeCall(token.forcedTransfer, (buyer.account, seller.account, 1)));
    }

    function test_bug_23_money_in_contracts_of_the_system_is_never_frozen_nor_moved_by_force() public {
        address[4] memory holders = [addressOf("TradeEscrow"), address(redemptions), stranger, address(0)];
        vm.prank(buyer.account);
        token.transfer(holders[0], 10);
        vm.prank(buyer.account);
        redemptions.request(address(token), 10, "redemption");
        for (uint256 i = 0; i < holders.length; ++i) {
            bytes memory want = abi.encodeWithSelector(IEnforcement.EnforcementHolderProtected.selector, holders[i]);
            refuse(want, abi.encodeCall(token.setFrozen, (holders[i], 1, REASON)));
            refuse(want, abi.encodeCall(token.forceTransfer, (holders[i], seller.account, 1, REASON)));
            refuse(want, abi.encodeCall(token.forceTransfer, (buyer.account, holders[i], 1, REASON)));
        }
    }

    // Moving by force.

    function test_a_forced_transfer_moves_what_is_unfrozen_first() public {
        freeze(buyer, 40);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(buyer.account, seller.account, 60);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.ForcedTransfer(buyer.account, seller.account, 60);
        vm.expectEmit(address(token));
        emit IEnforcement.MoneyForced(buyer.account, seller.account, 60, REASON);
        force(buyer, seller, 60);
        assertEq(token.getFrozenTokens(buyer.account), 40);
        assertEq(balance(token, seller), 60);
    }

    function test_a_forced_transfer_of_more_than_there_is_or_of_nothing_is_refused() public {
        refuse(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, buyer.account, 100, 101),
            abi.encodeCall(token.forceTransfer, (buyer.account, seller.account, 101, REASON))
        );
        refuse(
            abi.encodeWithSelector(IDepositToken.DepositAmountInvalid.selector, 0),
            abi.encodeCall(token.forceTransfer, (buyer.account, seller.account, 0, REASON))
        );
    }

    function test_a_suspended_bank_and_a_moratorium_do_not_stop_the_order_of_a_court() public {
        vm.prank(operator.account);
        registry.suspend(issuer.id, REASON);
        vm.prank(regulator.account);
        registry.declareMoratorium(issuer.id, START + 1 days, REASON);
        freeze(buyer, 40);
        force(buyer, seller, 100);
        assertEq(balance(token, seller), 100);
        assertEq(token.totalSupply(), 100);
    }

    // The five known faults of the community version.

    function test_ERC7943_fault_a_a_forced_transfer_to_oneself_does_not_unfreeze() public {
        freeze(buyer, 100);
        refuse(
            abi.encodeWithSelector(
                IERC7943Fungible.ERC7943CannotTransfer.selector, buyer.account, buyer.account, 100
            ),
            abi.encodeCall(token.forceTransfer, (buyer.account, buyer.account, 100, REASON))
        );
        assertEq(token.getFrozenTokens(buyer.account), 100);
    }

    function test_ERC7943_fault_b_more_may_be_frozen_than_there_is_and_what_comes_later_is_frozen_too() public {
        freeze(buyer, 150);
        assertEq(token.getFrozenTokens(buyer.account), 150);
        enter(token, issuer, buyer.account, 60, "later");
        vm.startPrank(buyer.account);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, buyer.account, 11, 10)
        );
        token.transfer(seller.account, 11);
        token.transfer(seller.account, 10);
        vm.stopPrank();
        // What is taken by force is taken off the order, and no more than that.
        force(buyer, seller, 100);
        assertEq(token.getFrozenTokens(buyer.account), 50);
        freeze(buyer, 120);
        force(buyer, seller, 10);
        assertEq(token.getFrozenTokens(buyer.account), 110, "more than there is, before and afterwards");
        freeze(seller, type(uint128).max);
        assertFalse(token.canTransfer(seller.account, buyer.account, 1));
    }

    function test_ERC7943_fault_c_a_transfer_is_not_forbidden_because_the_money_is_not_there() public {
        assertTrue(token.canTransfer(buyer.account, seller.account, 101));
        assertTrue(token.canTransfer(seller.account, buyer.account, 1));
        freeze(buyer, 70);
        assertTrue(token.canTransfer(buyer.account, seller.account, 30));
        assertFalse(token.canTransfer(buyer.account, seller.account, 31));
        assertFalse(token.canTransfer(buyer.account, seller.account, 100));
        assertTrue(token.canTransfer(buyer.account, seller.account, 101));
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, buyer.account, 100, 101)
        );
        vm.prank(buyer.account);
        token.transfer(seller.account, 101);
    }

    function test_ERC7943_fault_d_views_and_movements_agree_for_transfer_creation_and_destruction() public {
        address house = addressOf("ClearingHouse");
        assertFalse(token.canReceive(stranger));
        assertFalse(token.canSend(stranger));
        assertFalse(token.canTransfer(buyer.account, stranger, 1));
        assertFalse(token.canTransfer(stranger, buyer.account, 0));
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositHolderNotAdmitted.selector, stranger));
        vm.prank(issuer.account);
        token.createByEntry(stranger, 1, "to a stranger");
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, stranger));
        vm.prank(stranger);
        token.transfer(buyer.account, 0);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, stranger));
        vm.prank(house);
        token.destroyForPayment(stranger, 0, "payment");
        assertTrue(token.canSend(address(redemptions)));
        assertTrue(token.canReceive(addressOf("TradeEscrow")));
    }

    function testFuzz_ERC7943_fault_d_a_transfer_that_is_forbidden_fails_and_one_that_is_allowed_lacks_only_money(
        uint8 frozen,
        uint8 amount,
        uint8 fromSeed,
        uint8 toSeed
    ) public {
        freeze(buyer, frozen);
        address[4] memory parties = [buyer.account, seller.account, addressOf("TradeEscrow"), stranger];
        (address from, address to) = (parties[fromSeed % 4], parties[toSeed % 4]);
        bool can = token.canTransfer(from, to, amount);
        bool isThere = token.balanceOf(from) >= amount;
        vm.prank(from);
        (bool done,) = address(token).call(abi.encodeCall(token.transfer, (to, amount)));
        assertEq(done, can && isThere);
    }

    function test_ERC7943_fault_e_a_forced_transfer_lowers_what_is_frozen_once_for_good_and_before_it_moves() public {
        freeze(buyer, 80);
        vm.recordLogs();
        force(buyer, seller, 50);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 5);
        assertEq(logs[0].topics[0], IERC7943Fungible.Frozen.selector);
        assertEq(abi.decode(logs[0].data, (uint256)), 50);
        assertEq(logs[1].topics[0], IEnforcement.HolderFrozen.selector);
        assertEq(logs[2].topics[0], IERC20.Transfer.selector);
        assertEq(logs[3].topics[0], IERC7943Fungible.ForcedTransfer.selector);
        assertEq(logs[4].topics[0], IEnforcement.MoneyForced.selector);
        assertEq(token.getFrozenTokens(buyer.account), 50, "all that is left is frozen");
        assertFalse(token.canTransfer(buyer.account, seller.account, 1));
    }
}
