// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

/// @notice Does work that needs gas; asked through another contract too.
contract Worker {
    uint256 public done;

    function work(uint256 rounds) external {
        for (uint256 i = 1; i <= rounds; ++i) {
            done = i;
        }
    }

    function workThrough(Worker other, uint256 rounds) external {
        other.work(rounds);
    }
}

contract AccountBatchesTest is System {
    Target internal target;
    bytes internal act = abi.encodeCall(Target.act, (1));
    bytes internal refuse = abi.encodeCall(Target.refuse, (9, hex"c0ffee"));

    function setUp() public {
        deploySystem();
        target = new Target();
    }

    function test_calls_of_a_batch_succeed_or_fail_each_alone() public {
        IParticipantAccount.Order memory batch = _three(issuer, act, refuse, act);
        IParticipantAccount.Approval[] memory approvals = _sign(issuer, batch);
        bytes32 digest = IParticipantAccount(issuer.account).batchHash(batch);
        bytes memory reason = abi.encodeWithSelector(Target.TargetRefused.selector, 9, hex"c0ffee");
        vm.expectEmit(issuer.account);
        emit IParticipantAccount.CallFailed(digest, 1, reason);
        vm.expectEmit(issuer.account);
        emit IParticipantAccount.OrderExecuted(digest, batch.nonce);
        IParticipantAccount.Outcome[] memory outcomes =
            IParticipantAccount(issuer.account).executeEach(batch, approvals);
        assertTrue(outcomes[0].done && !outcomes[1].done && outcomes[2].done, "the second alone failed");
        assertEq(outcomes[0].result, abi.encode(2), "what the call returned");
        assertEq(outcomes[1].result, reason, "why it failed");
        assertEq(target.acts(), 2);
    }

    function test_a_call_to_an_address_without_code_fails_alone() public {
        IParticipantAccount.Order memory batch = _three(buyer, act, act, act);
        batch.calls[1].target = stranger;
        IParticipantAccount.Outcome[] memory outcomes =
            IParticipantAccount(buyer.account).executeEach(batch, _sign(buyer, batch));
        assertFalse(outcomes[1].done);
        assertEq(outcomes[1].result, abi.encodeWithSelector(Address.AddressEmptyCode.selector, stranger), "why");
        assertEq(target.acts(), 2);
    }

    function test_a_batch_is_good_once_whatever_failed_in_it() public {
        IParticipantAccount.Order memory batch = _three(buyer, refuse, refuse, refuse);
        IParticipantAccount.Approval[] memory approvals = _sign(buyer, batch);
        IParticipantAccount(buyer.account).executeEach(batch, approvals);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, buyer.account, 1));
        IParticipantAccount(buyer.account).executeEach(batch, approvals);
    }

    function test_how_calls_happen_is_part_of_what_was_signed() public {
        IParticipantAccount.Order memory order = _three(buyer, act, refuse, act);
        IParticipantAccount.Approval[] memory ofOrder = approve(buyer, order, oneKey(buyer.maker));
        IParticipantAccount.Approval[] memory ofBatch = _sign(buyer, order);
        vm.expectPartialRevert(IParticipantAccount.OrderSignatureInvalid.selector);
        IParticipantAccount(buyer.account).executeEach(order, ofOrder);
        vm.expectPartialRevert(IParticipantAccount.OrderSignatureInvalid.selector);
        IParticipantAccount(buyer.account).execute(order, ofBatch);
    }

    function test_AUTH_1_every_call_of_a_banks_batch_needs_its_keys_before_the_first_happens() public {
        IParticipantAccount.Order memory batch = _three(issuer, act, act, act);
        bytes32 digest = IParticipantAccount(issuer.account).batchHash(batch);
        IParticipantAccount.Approval[] memory approvals = approveHash(digest, oneKey(issuer.maker));
        vm.expectRevert(_notAuthorised());
        IParticipantAccount(issuer.account).executeEach(batch, approvals);
        batch.calls[2] =
            IParticipantAccount.Call(issuer.account, abi.encodeCall(IParticipantAccount.addKey, ("", 0)));
        vm.expectPartialRevert(IParticipantAccount.OrderNotAuthorised.selector);
        this.executeSigned(batch);
        assertEq(target.acts(), 0);
    }

    /// @dev External, so that one expected revert covers digest and execution.
    function executeSigned(IParticipantAccount.Order memory batch) external {
        IParticipantAccount(issuer.account).executeEach(batch, _sign(issuer, batch));
    }

    function test_bug_19_a_batch_is_dead_one_second_after_its_deadline() public {
        IParticipantAccount.Order memory batch = _three(buyer, act, act, act);
        IParticipantAccount.Approval[] memory approvals = _sign(buyer, batch);
        vm.warp(batch.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderExpired.selector, batch.deadline, batch.deadline + 1)
        );
        IParticipantAccount(buyer.account).executeEach(batch, approvals);
    }

    /// @notice Whatever gas a relayer sends: a batch happens as it should, or not at all.
    function testFuzz_no_relayer_makes_a_call_fail_by_sending_too_little_gas(uint256 gasSent, bool through) public {
        Worker worker = new Worker();
        bytes memory work = through
            ? abi.encodeCall(Worker.workThrough, (new Worker(), 4_000))
            : abi.encodeCall(Worker.work, (4_000));
        IParticipantAccount.Order memory batch = orderOf(buyer, address(worker), work);
        IParticipantAccount.Approval[] memory approvals = _sign(buyer, batch);
        gasSent = bound(gasSent, 30_000, 1_500_000);
        try IParticipantAccount(buyer.account).executeEach{gas: gasSent}(batch, approvals) returns (
            IParticipantAccount.Outcome[] memory outcomes
        ) {
            assertTrue(outcomes[0].done, "the batch was used up, so its call happened");
        } catch {}
    }

    function test_a_call_that_was_starved_of_gas_is_told_by_its_place() public {
        Worker worker = new Worker();
        bytes memory work = abi.encodeCall(Worker.work, (2_000));
        IParticipantAccount.Order memory batch = orderOf(buyer, address(worker), work);
        IParticipantAccount.Approval[] memory approvals = _sign(buyer, batch);
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.OrderGasTooLow.selector, 0));
        IParticipantAccount(buyer.account).executeEach{gas: 200_000}(batch, approvals);
    }

    // Cancelling.

    function test_AUTH_1_a_bank_cancels_an_order_with_two_keys_and_it_is_dead() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        IParticipantAccount.Approval[] memory approvals =
            approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        IParticipantAccount.Approval[] memory cancelling =
            _cancelling(issuer.account, order.nonce, keyPair(issuer.maker, issuer.checker));
        vm.expectEmit(issuer.account);
        emit IParticipantAccount.OrderCancelled(order.nonce);
        IParticipantAccount(issuer.account).cancel(order.nonce, cancelling);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, issuer.account, 1));
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function test_AUTH_1_no_key_of_a_bank_cancels_alone() public {
        IParticipantAccount.Approval[] memory maker = _cancelling(issuer.account, 0, oneKey(issuer.maker));
        vm.expectRevert(_notAuthorised());
        IParticipantAccount(issuer.account).cancel(0, maker);
        IParticipantAccount.Approval[] memory none = new IParticipantAccount.Approval[](0);
        vm.expectPartialRevert(IParticipantAccount.OrderNotAuthorised.selector);
        IParticipantAccount(issuer.account).cancel(0, none);
    }

    function test_a_merchant_cancels_with_one_key_that_operates() public {
        IParticipantAccount(buyer.account).cancel(0, _cancelling(buyer.account, 0, oneKey(buyer.maker)));
        IParticipantAccount.Approval[] memory checker = _cancelling(buyer.account, 1, oneKey(buyer.checker));
        vm.expectPartialRevert(IParticipantAccount.OrderNotAuthorised.selector);
        IParticipantAccount(buyer.account).cancel(1, checker);
    }

    function test_bug_15_a_cancellation_works_once_on_one_account_and_ledger() public {
        IParticipantAccount.Approval[] memory approvals = _cancelling(buyer.account, 0, oneKey(buyer.maker));
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, signerOf(buyer.maker)));
        IParticipantAccount(seller.account).cancel(0, approvals);
        uint256 here = block.chainid;
        bytes memory invalid =
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signerOf(buyer.maker));
        vm.chainId(here + 1);
        vm.expectRevert(invalid);
        IParticipantAccount(buyer.account).cancel(0, approvals);
        vm.chainId(here);
        vm.expectRevert(invalid);
        IParticipantAccount(buyer.account).cancel(1, approvals);
        IParticipantAccount(buyer.account).cancel(0, approvals);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, buyer.account, 1));
        IParticipantAccount(buyer.account).cancel(0, approvals);
    }

    function test_what_was_executed_cannot_be_cancelled() public {
        actAs(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = _cancelling(buyer.account, 0, oneKey(buyer.maker));
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, buyer.account, 1));
        IParticipantAccount(buyer.account).cancel(0, approvals);
    }

    function test_a_cancelled_lane_goes_on_with_its_next_order() public {
        uint256 lane = uint256(42) << 64;
        IParticipantAccount(buyer.account).cancel(lane, _cancelling(buyer.account, lane, oneKey(buyer.maker)));
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        order.nonce = lane + 1;
        IParticipantAccount(buyer.account).execute(order, approve(buyer, order, oneKey(buyer.maker)));
        assertEq(target.acts(), 1);
    }

    function _three(Party memory party, bytes memory first, bytes memory second, bytes memory third)
        internal
        view
        returns (IParticipantAccount.Order memory batch)
    {
        batch = orderOf(party, address(target), first);
        batch.calls = new IParticipantAccount.Call[](3);
        batch.calls[0] = IParticipantAccount.Call(address(target), first);
        batch.calls[1] = IParticipantAccount.Call(address(target), second);
        batch.calls[2] = IParticipantAccount.Call(address(target), third);
    }

    function _sign(Party memory party, IParticipantAccount.Order memory batch)
        internal
        view
        returns (IParticipantAccount.Approval[] memory)
    {
        return approveHash(
            IParticipantAccount(party.account).batchHash(batch), keyPair(party.maker, party.checker)
        );
    }

    function _cancelling(address account, uint256 nonce, uint256[] memory keys)
        internal
        view
        returns (IParticipantAccount.Approval[] memory)
    {
        bytes32 message = keccak256(abi.encode(keccak256("Cancellation(uint256 nonce)"), nonce));
        return approveHash(typedDataHash(account, message), keys);
    }

    function _notAuthorised() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector,
            Purposes.PROPOSE | Purposes.OPERATE,
            Purposes.PROPOSE | Purposes.APPROVE,
            1,
            2
        );
    }
}
