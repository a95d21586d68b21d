// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {EscrowSystem} from "./EscrowSystem.sol";

/// @title From a funded escrow to the money: delivery, release, refund, dispute, ruling, timed exits, claims.
contract SettlingTest is EscrowSystem {
    bytes32 private _id;

    function setUp() public override {
        super.setUp();
        _id = funded(defaultTerms());
    }

    // Delivery

    function test_the_seller_states_delivery_with_evidence_until_the_last_second() public {
        vm.warp(DUE_AT);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneDelivered(_id, 0, EVIDENCE);
        deliver(_id, defaultTerms(), 0);
        assertMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Delivered);
        assertEq(escrows.milestone(_id, 0).deliveredAt, DUE_AT, "delivered at");
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Delivered));
        deliver(_id, defaultTerms(), 0);
    }

    function test_what_is_delivered_a_second_late_is_not_delivered() public {
        // Catalogue 6: a deadline that is stored and never enforced.
        vm.warp(DUE_AT + 1);
        vm.expectRevert(timeOver(_id, DUE_AT + 1));
        deliver(_id, defaultTerms(), 0);
    }

    function test_delivery_and_dispute_need_evidence() public {
        vm.startPrank(seller.account);
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowEvidenceMissing.selector));
        escrows.deliver(_id, defaultTerms(), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowEvidenceMissing.selector));
        escrows.dispute(_id, defaultTerms(), 0, 0);
        vm.stopPrank();
    }

    // Who may do what

    function test_each_act_is_its_partys_alone() public {
        _expectNotEntitled(
            abi.encodeCall(escrows.deliver, (_id, defaultTerms(), 0, EVIDENCE)),
            [stranger, buyer.account, arbiter.account, operator.account]
        );
        _expectNotEntitled(
            abi.encodeCall(escrows.release, (_id, defaultTerms(), 0)),
            [stranger, seller.account, arbiter.account, operator.account]
        );
        _expectNotEntitled(
            abi.encodeCall(escrows.refund, (_id, defaultTerms(), 0)),
            [stranger, buyer.account, arbiter.account, operator.account]
        );
        _expectNotEntitled(
            abi.encodeCall(escrows.dispute, (_id, defaultTerms(), 0, EVIDENCE)),
            [stranger, arbiter.account, issuer.account, operator.account]
        );
        dispute(_id, defaultTerms(), 0, buyer);
        _expectNotEntitled(
            abi.encodeCall(escrows.rule, (_id, defaultTerms(), 0, 0)),
            [stranger, buyer.account, seller.account, operator.account]
        );
        rule(_id, defaultTerms(), 0, 5000);
        _expectNotEntitled(
            abi.encodeCall(escrows.claim, (_id, defaultTerms())),
            [stranger, arbiter.account, issuer.account, operator.account]
        );
        // And in the wrong state a stranger still hears that it is not entitled.
        _expectNotEntitled(
            abi.encodeCall(escrows.rule, (_id, defaultTerms(), 0, 0)),
            [stranger, buyer.account, seller.account, operator.account]
        );
    }

    function test_nothing_happens_to_a_milestone_before_funding() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = "unfunded";
        bytes32 id = agreed(terms);
        bytes memory want = wrongStatus(id, ITradeEscrow.Status.Agreed, ITradeEscrow.Status.Funded);
        vm.expectRevert(want);
        deliver(id, terms, 0);
        vm.expectRevert(want);
        release(id, terms, 0);
        vm.expectRevert(want);
        refund(id, terms, 0);
        vm.expectRevert(want);
        dispute(id, terms, 0, buyer);
        vm.expectRevert(want);
        rule(id, terms, 0, 0);
        vm.expectRevert(want);
        escrows.settleUndelivered(id, terms, 0);
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowNothingToClaim.selector, id, buyer.id));
        claim(id, terms, buyer);
    }

    function test_a_milestone_that_the_terms_do_not_have_is_unknown() public {
        bytes memory want = abi.encodeWithSelector(ITradeEscrow.EscrowMilestoneUnknown.selector, _id, 2);
        vm.expectRevert(want);
        deliver(_id, defaultTerms(), 2);
        vm.expectRevert(want);
        release(_id, defaultTerms(), 2);
        vm.expectRevert(want);
        refund(_id, defaultTerms(), 2);
        vm.expectRevert(want);
        dispute(_id, defaultTerms(), 2, buyer);
        vm.expectRevert(want);
        rule(_id, defaultTerms(), 2, 0);
        vm.expectRevert(want);
        escrows.settleByDefault(_id, defaultTerms(), 2);
        vm.expectRevert(want);
        escrows.settleInspected(_id, defaultTerms(), 2);
        vm.expectRevert(want);
        escrows.settleUndelivered(_id, defaultTerms(), 2);
    }

    // Release and refund

    function test_the_buyer_releases_an_open_a_delivered_and_a_disputed_milestone() public {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 1) deliver(_id, defaultTerms(), 0);
            if (i == 2) dispute(_id, defaultTerms(), 0, seller);
            vm.expectEmit(address(escrows));
            emit ITradeEscrow.MilestoneSettled(_id, 0, ITradeEscrow.release.selector, FIRST, 0);
            release(_id, defaultTerms(), 0);
            assertMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Settled);
            assertClaimable(_id, FIRST, 0);
            assertEq(escrows.escrow(_id).locked, SECOND, "locked");
            assertEq(escrows.escrow(_id).openMilestones, 1, "open milestones");
            vm.revertToState(snapshot);
            snapshot = vm.snapshotState();
        }
    }

    function test_the_seller_refunds_an_open_a_delivered_and_a_disputed_milestone() public {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 1) deliver(_id, defaultTerms(), 1);
            if (i == 2) dispute(_id, defaultTerms(), 1, buyer);
            vm.expectEmit(address(escrows));
            emit ITradeEscrow.MilestoneSettled(_id, 1, ITradeEscrow.refund.selector, 0, SECOND);
            refund(_id, defaultTerms(), 1);
            assertClaimable(_id, 0, SECOND);
            vm.revertToState(snapshot);
            snapshot = vm.snapshotState();
        }
    }

    function test_a_settled_milestone_is_settled_for_ever() public {
        // Catalogue 7 and 11: a second way to the same money.
        deliver(_id, defaultTerms(), 0);
        release(_id, defaultTerms(), 0);
        vm.warp(DUE_AT + 400 days);
        bytes memory want = wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Settled);
        vm.expectRevert(want);
        release(_id, defaultTerms(), 0);
        vm.expectRevert(want);
        refund(_id, defaultTerms(), 0);
        vm.expectRevert(want);
        deliver(_id, defaultTerms(), 0);
        vm.expectRevert(want);
        dispute(_id, defaultTerms(), 0, buyer);
        vm.expectRevert(want);
        rule(_id, defaultTerms(), 0, 0);
        vm.expectRevert(want);
        escrows.settleByDefault(_id, defaultTerms(), 0);
        vm.expectRevert(want);
        escrows.settleInspected(_id, defaultTerms(), 0);
        vm.expectRevert(want);
        escrows.settleUndelivered(_id, defaultTerms(), 0);
        assertClaimable(_id, FIRST, 0);
    }

    function test_the_deal_is_settled_with_its_last_milestone() public {
        release(_id, defaultTerms(), 1);
        assertStatus(_id, ITradeEscrow.Status.Funded);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowSettled(_id);
        refund(_id, defaultTerms(), 0);
        assertStatus(_id, ITradeEscrow.Status.Settled);
        assertEq(escrows.escrow(_id).locked, 0, "locked");
        assertEq(escrows.escrow(_id).openMilestones, 0, "open milestones");
        vm.expectRevert(wrongStatus(_id, ITradeEscrow.Status.Settled, ITradeEscrow.Status.Funded));
        release(_id, defaultTerms(), 0);
    }

    // Dispute and ruling

    function test_either_side_disputes_an_open_milestone_until_its_due_time_is_over() public {
        vm.warp(DUE_AT);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneDisputed(_id, 0, buyer.id, EVIDENCE);
        dispute(_id, defaultTerms(), 0, buyer);
        assertEq(escrows.milestone(_id, 0).disputedAt, DUE_AT, "disputed at");
        vm.warp(DUE_AT + 30 days + 1);
        vm.expectRevert(timeOver(_id, DUE_AT + 30 days + 1));
        dispute(_id, defaultTerms(), 1, seller);
        vm.warp(DUE_AT + 30 days);
        dispute(_id, defaultTerms(), 1, seller);
    }

    function test_either_side_disputes_a_delivered_milestone_until_its_inspection_ends() public {
        vm.warp(DUE_AT);
        deliver(_id, defaultTerms(), 0);
        deliver(_id, defaultTerms(), 1);
        uint48 end = DUE_AT + INSPECTION;
        vm.warp(end);
        vm.expectRevert(timeOver(_id, end));
        dispute(_id, defaultTerms(), 0, buyer);
        vm.warp(end - 1);
        dispute(_id, defaultTerms(), 0, buyer);
        dispute(_id, defaultTerms(), 1, seller);
        assertMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Disputed);
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Disputed));
        dispute(_id, defaultTerms(), 0, seller);
    }

    function test_a_dispute_freezes_delivery_and_the_timed_exits() public {
        deliver(_id, defaultTerms(), 0);
        dispute(_id, defaultTerms(), 0, buyer);
        dispute(_id, defaultTerms(), 1, buyer);
        vm.expectRevert(wrongMilestone(_id, 1, ITradeEscrow.MilestoneStatus.Disputed));
        deliver(_id, defaultTerms(), 1);
        vm.warp(DUE_AT + 60 days);
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Disputed));
        escrows.settleInspected(_id, defaultTerms(), 0);
        vm.expectRevert(wrongMilestone(_id, 1, ITradeEscrow.MilestoneStatus.Disputed));
        escrows.settleUndelivered(_id, defaultTerms(), 1);
    }

    function test_the_arbiter_splits_a_disputed_milestone_without_dust() public {
        // Catalogue 20: the seller's share is rounded down, the buyer has the rest.
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = "dust";
        terms.milestones[0].amount = 10_001;
        bytes32 id = funded(terms);
        dispute(id, terms, 0, buyer);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneSettled(id, 0, ITradeEscrow.rule.selector, 3333, 6668);
        rule(id, terms, 0, 3333);
        assertClaimable(id, 3333, 6668);
    }

    function testFuzz_ESC3_every_split_is_the_milestone(uint128 amount, uint16 sellerBps) public {
        amount = uint128(bound(amount, 1, type(uint128).max - 2_000_000_00));
        sellerBps = uint16(bound(sellerBps, 0, 10_000));
        enter(eur, issuer, buyer.account, amount, "more");
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = "fuzz";
        terms.milestones[0].amount = amount;
        bytes32 id = funded(terms);
        dispute(id, terms, 0, seller);
        rule(id, terms, 0, sellerBps);
        uint256 sellers = escrows.claimable(id, seller.id);
        assertEq(sellers, (uint256(amount) * sellerBps) / 10_000, "the seller's share");
        assertEq(sellers + escrows.claimable(id, buyer.id), amount, "ESC-3: the shares are the milestone");
    }

    function test_the_arbiter_rules_on_disputes_only_and_splits_at_most_the_whole() public {
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Open));
        rule(_id, defaultTerms(), 0, 5000);
        deliver(_id, defaultTerms(), 0);
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Delivered));
        rule(_id, defaultTerms(), 0, 5000);
        dispute(_id, defaultTerms(), 0, buyer);
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowSplitInvalid.selector, 10_001));
        rule(_id, defaultTerms(), 0, 10_001);
        rule(_id, defaultTerms(), 0, 10_000);
        assertClaimable(_id, FIRST, 0);
    }

    function test_the_arbiters_time_and_the_agreed_split_share_one_boundary() public {
        // Catalogue 19: no second belongs to both or to neither.
        dispute(_id, defaultTerms(), 0, buyer);
        uint48 end = START + RULING;
        vm.warp(end - 1);
        vm.expectRevert(timeNotOver(_id, end));
        escrows.settleByDefault(_id, defaultTerms(), 0);
        uint256 snapshot = vm.snapshotState();
        rule(_id, defaultTerms(), 0, 0);
        vm.revertToState(snapshot);
        vm.warp(end);
        vm.expectRevert(timeOver(_id, end));
        rule(_id, defaultTerms(), 0, 0);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneSettled(
            _id, 0, ITradeEscrow.settleByDefault.selector, (FIRST * 3) / 10, (FIRST * 7) / 10
        );
        vm.prank(stranger);
        escrows.settleByDefault(_id, defaultTerms(), 0);
    }

    function test_a_silent_arbiter_locks_no_money() public {
        // Catalogue 4. The arbiter never acts; anyone ends the dispute.
        dispute(_id, defaultTerms(), 0, buyer);
        dispute(_id, defaultTerms(), 1, seller);
        vm.warp(START + RULING);
        escrows.settleByDefault(_id, defaultTerms(), 0);
        escrows.settleByDefault(_id, defaultTerms(), 1);
        assertStatus(_id, ITradeEscrow.Status.Settled);
        claim(_id, defaultTerms(), buyer);
        claim(_id, defaultTerms(), seller);
        assertEq(eur.balanceOf(address(escrows)), 0, "nothing stays");
    }

    function test_the_agreed_split_is_for_disputes_only() public {
        vm.warp(START + 400 days);
        vm.expectRevert(wrongMilestone(_id, 0, ITradeEscrow.MilestoneStatus.Open));
        escrows.settleByDefault(_id, defaultTerms(), 0);
    }

    // Timed exits

    function test_a_delivered_milestone_goes_to_the_seller_when_the_inspection_passed() public {
        deliver(_id, defaultTerms(), 0);
        uint48 end = START + INSPECTION;
        vm.warp(end - 1);
        vm.expectRevert(timeNotOver(_id, end));
        escrows.settleInspected(_id, defaultTerms(), 0);
        vm.warp(end);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneSettled(_id, 0, ITradeEscrow.settleInspected.selector, FIRST, 0);
        vm.prank(stranger);
        escrows.settleInspected(_id, defaultTerms(), 0);
        assertClaimable(_id, FIRST, 0);
        vm.expectRevert(wrongMilestone(_id, 1, ITradeEscrow.MilestoneStatus.Open));
        escrows.settleInspected(_id, defaultTerms(), 1);
    }

    function test_an_undelivered_milestone_returns_to_the_buyer_when_its_time_is_over() public {
        deliver(_id, defaultTerms(), 1);
        vm.warp(DUE_AT);
        vm.expectRevert(timeNotOver(_id, DUE_AT + 1));
        escrows.settleUndelivered(_id, defaultTerms(), 0);
        vm.warp(DUE_AT + 1);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.MilestoneSettled(_id, 0, ITradeEscrow.settleUndelivered.selector, 0, FIRST);
        vm.prank(stranger);
        escrows.settleUndelivered(_id, defaultTerms(), 0);
        assertClaimable(_id, 0, FIRST);
        vm.expectRevert(wrongMilestone(_id, 1, ITradeEscrow.MilestoneStatus.Delivered));
        escrows.settleUndelivered(_id, defaultTerms(), 1);
    }

    function test_timed_exits_have_the_same_effect_for_every_caller() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = "three";
        terms.milestones = new ITradeEscrow.Milestone[](3);
        for (uint256 i = 0; i < 3; ++i) {
            terms.milestones[i] = ITradeEscrow.Milestone(100, DUE_AT);
        }
        bytes32 id = funded(terms);
        deliver(id, terms, 1);
        dispute(id, terms, 2, buyer);
        vm.warp(DUE_AT + 1);
        address[5] memory callers = [stranger, buyer.account, seller.account, arbiter.account, operator.account];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            escrows.settleUndelivered(id, terms, 0);
            escrows.settleInspected(id, terms, 1);
            escrows.settleByDefault(id, terms, 2);
            vm.stopPrank();
            assertClaimable(id, 130, 170);
            assertStatus(id, ITradeEscrow.Status.Settled);
            vm.revertToState(snapshot);
            snapshot = vm.snapshotState();
        }
    }

    function test_ESC2_every_deal_ends_without_anyones_cooperation() public {
        vm.warp(DUE_AT + 30 days + 1);
        escrows.settleUndelivered(_id, defaultTerms(), 0);
        escrows.settleUndelivered(_id, defaultTerms(), 1);
        assertStatus(_id, ITradeEscrow.Status.Settled);
        assertClaimable(_id, 0, FIRST + SECOND);
    }

    // Claims

    function test_each_side_takes_what_is_its_own_once() public {
        dispute(_id, defaultTerms(), 0, buyer);
        rule(_id, defaultTerms(), 0, 2500);
        uint256 buyerHad = balance(eur, buyer);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowClaimed(_id, seller.id, FIRST / 4);
        claim(_id, defaultTerms(), seller);
        assertEq(balance(eur, seller), FIRST / 4, "the seller's money");
        assertEq(escrows.owed(address(eur)), (FIRST * 3) / 4 + SECOND, "owed");
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowNothingToClaim.selector, _id, seller.id));
        claim(_id, defaultTerms(), seller);
        claim(_id, defaultTerms(), buyer);
        assertEq(balance(eur, buyer), buyerHad + (FIRST * 3) / 4, "the buyer's money");
        assertEq(eur.balanceOf(address(escrows)), SECOND, "ESC-1: the escrow has what it owes");
        assertEq(escrows.owed(address(eur)), SECOND, "owed");
    }

    function test_claims_of_several_milestones_add_up() public {
        release(_id, defaultTerms(), 0);
        release(_id, defaultTerms(), 1);
        claim(_id, defaultTerms(), seller);
        assertEq(balance(eur, seller), FIRST + SECOND, "the seller's money");
    }

    function test_one_deals_money_never_pays_another() public {
        ITradeEscrow.Terms memory other = defaultTerms();
        other.salt = "other";
        bytes32 otherId = funded(other);
        release(_id, defaultTerms(), 0);
        claim(_id, defaultTerms(), seller);
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowNothingToClaim.selector, otherId, seller.id));
        claim(otherId, other, seller);
        assertEq(escrows.escrow(otherId).locked, FIRST + SECOND, "the other deal is untouched");
    }

    function test_money_sent_to_the_escrow_by_mistake_changes_no_deal() public {
        vm.prank(buyer.account);
        eur.transfer(address(escrows), 5);
        release(_id, defaultTerms(), 0);
        claim(_id, defaultTerms(), seller);
        assertEq(balance(eur, seller), FIRST, "the seller's money");
        assertEq(escrows.owed(address(eur)), SECOND, "owed");
    }

    function _expectNotEntitled(bytes memory act, address[4] memory others) private {
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            (bool done, bytes memory reason) = address(escrows).call(act);
            assertFalse(done, "an outsider acted");
            assertEq(reason, notEntitled(_id, others[i]), "not the error that means not entitled");
        }
    }
}
