// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {EscrowSystem} from "./EscrowSystem.sol";

/// @title Making an escrow: proposing, agreeing, funding, lapsing.
contract MakingTest is EscrowSystem {
    function test_buyer_or_seller_proposes_and_thereby_agrees() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = escrows.escrowId(terms);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowProposed(id, buyer.id, seller.id, buyer.id, terms);
        assertEq(propose(terms), id, "id");
        ITradeEscrow.Escrow memory e = escrows.escrow(id);
        assertEq(e.termsHash, escrows.hashTerms(terms), "hash");
        assertEq(e.termsHash, keccak256(abi.encode(terms)), "hash of the encoded terms");
        assertEq(e.proposer, buyer.id, "proposer");
        assertStatus(id, ITradeEscrow.Status.Proposed);

        terms.salt = "by the seller";
        vm.prank(seller.account);
        id = escrows.propose(terms);
        assertEq(escrows.escrow(id).proposer, seller.id, "proposer");
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowAgreed(id, buyer.id);
        vm.prank(buyer.account);
        escrows.agree(id, terms);
        assertStatus(id, ITradeEscrow.Status.Agreed);
    }

    function test_the_id_binds_chain_contract_parties_and_salt() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = escrows.escrowId(terms);
        assertEq(
            id, keccak256(abi.encode(block.chainid, address(escrows), buyer.id, seller.id, bytes32("salt"))), "id"
        );
        vm.chainId(77);
        assertNotEq(escrows.escrowId(terms), id, "the same id on another chain");
    }

    function test_nobody_else_proposes() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = escrows.escrowId(terms);
        address[4] memory others = [stranger, arbiter.account, issuer.account, operator.account];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(id, others[i]));
            vm.prank(others[i]);
            escrows.propose(terms);
        }
        // Nobody is participant 0: a stranger is not the party that the terms leave out.
        terms.buyer = 0;
        id = escrows.escrowId(terms);
        vm.expectRevert(notEntitled(id, stranger));
        vm.prank(stranger);
        escrows.propose(terms);
    }

    function test_a_salt_works_once() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = propose(terms);
        terms.termsCommitment = keccak256("other terms");
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowExists.selector, id));
        propose(terms);
    }

    function test_a_deal_begins_between_active_parties_only() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        uint32[3] memory parties = [buyer.id, seller.id, arbiter.id];
        for (uint256 i = 0; i < parties.length; ++i) {
            bytes memory want = abi.encodeWithSelector(ITradeEscrow.EscrowPartyInactive.selector, parties[i]);
            terms.salt = bytes32(i + 1);
            vm.prank(operator.account);
            registry.suspend(parties[i], "reason");
            vm.expectRevert(want);
            propose(terms);
            vm.prank(operator.account);
            registry.reinstate(parties[i], "reason");
            bytes32 id = propose(terms);
            vm.prank(operator.account);
            registry.suspend(parties[i], "reason");
            vm.expectRevert(want);
            vm.prank(seller.account);
            escrows.agree(id, terms);
            vm.prank(operator.account);
            registry.reinstate(parties[i], "reason");
        }
        terms.seller = 999;
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowPartyInactive.selector, 999));
        propose(terms);
    }

    function test_buyer_seller_and_arbiter_are_three_and_the_arbiter_is_one() public {
        // Catalogue 3: there is no deal without an arbiter.
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.arbiter = 0;
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowPartyInactive.selector, 0));
        propose(terms);
        terms.arbiter = issuer.id;
        _expectInvalid(terms, "arbiter");
        terms.arbiter = buyer.id;
        _expectInvalid(terms, "arbiter");
        terms = defaultTerms();
        terms.seller = buyer.id;
        _expectInvalid(terms, "seller");
    }

    function test_an_arbiter_is_no_party_even_where_it_has_the_role() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.seller = arbiter.id;
        _expectInvalid(terms, "arbiter");
        terms = defaultTerms();
        terms.buyer = arbiter.id;
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowTermsInvalid.selector, "arbiter"));
        vm.prank(seller.account);
        escrows.propose(terms);
    }

    function test_terms_are_within_their_bounds() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.termsCommitment = 0;
        _expectInvalid(terms, "termsCommitment");
        terms = defaultTerms();
        terms.token = address(this);
        _expectInvalid(terms, "token");
        terms = defaultTerms();
        terms.defaultSellerBps = 10_001;
        _expectInvalid(terms, "defaultSellerBps");
        terms = defaultTerms();
        terms.inspectionSeconds = 1 days - 1;
        _expectInvalid(terms, "inspectionSeconds");
        terms.inspectionSeconds = 366 days + 1;
        _expectInvalid(terms, "inspectionSeconds");
        terms = defaultTerms();
        terms.rulingSeconds = 1 days - 1;
        _expectInvalid(terms, "rulingSeconds");
        terms.rulingSeconds = 366 days + 1;
        _expectInvalid(terms, "rulingSeconds");
        terms = defaultTerms();
        terms.fundBy = START - 1;
        _expectInvalid(terms, "fundBy");
        terms.fundBy = START;
        terms.defaultSellerBps = 10_000;
        terms.inspectionSeconds = 1 days;
        terms.rulingSeconds = 366 days;
        propose(terms);
    }

    function test_a_deal_has_between_one_and_sixteen_milestones_each_with_money_and_a_time_after_funding() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.milestones = new ITradeEscrow.Milestone[](0);
        _expectInvalid(terms, "milestones");
        terms.milestones = _milestones(17);
        _expectInvalid(terms, "milestones");
        terms.milestones = _milestones(16);
        terms.milestones[15].amount = 0;
        _expectInvalid(terms, "amount");
        terms.milestones = _milestones(16);
        terms.milestones[15].dueAt = FUND_BY;
        _expectInvalid(terms, "dueAt");
        terms.milestones[15].dueAt = START + 3653 days + 1;
        _expectInvalid(terms, "dueAt");
        terms.milestones[15].dueAt = type(uint48).max;
        _expectInvalid(terms, "dueAt");
        terms.milestones[15].dueAt = START + 3653 days;
        terms.milestones[14].dueAt = FUND_BY + 1;
        propose(terms);
    }

    function test_the_sum_of_all_milestones_fits_the_ledger() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.milestones[0].amount = type(uint128).max;
        terms.milestones[1].amount = 1;
        _expectInvalid(terms, "amount");
        terms.milestones[0].amount = type(uint128).max - 1;
        propose(terms);
    }

    function test_only_the_other_side_agrees() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = propose(terms);
        address[4] memory others = [stranger, buyer.account, arbiter.account, operator.account];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(id, others[i]));
            vm.prank(others[i]);
            escrows.agree(id, terms);
        }
        vm.prank(seller.account);
        escrows.agree(id, terms);
        vm.expectRevert(wrongStatus(id, ITradeEscrow.Status.Agreed, ITradeEscrow.Status.Proposed));
        vm.prank(seller.account);
        escrows.agree(id, terms);
    }

    function test_an_offer_is_agreed_until_the_last_second_for_funding() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = propose(terms);
        vm.warp(FUND_BY + 1);
        vm.expectRevert(timeOver(id, FUND_BY + 1));
        vm.prank(seller.account);
        escrows.agree(id, terms);
        vm.warp(FUND_BY);
        vm.prank(seller.account);
        escrows.agree(id, terms);
    }

    function test_every_act_needs_exactly_the_terms_that_were_agreed() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = propose(terms);
        bytes32 want = escrows.hashTerms(terms);
        terms.defaultSellerBps = 10_000;
        bytes memory differ =
            abi.encodeWithSelector(ITradeEscrow.EscrowTermsDiffer.selector, id, escrows.hashTerms(terms), want);
        vm.startPrank(seller.account);
        vm.expectRevert(differ);
        escrows.agree(id, terms);
        vm.expectRevert(differ);
        escrows.fund(id, terms);
        vm.expectRevert(differ);
        escrows.lapse(id, terms);
        vm.expectRevert(differ);
        escrows.deliver(id, terms, 0, EVIDENCE);
        vm.expectRevert(differ);
        escrows.release(id, terms, 0);
        vm.expectRevert(differ);
        escrows.refund(id, terms, 0);
        vm.expectRevert(differ);
        escrows.dispute(id, terms, 0, EVIDENCE);
        vm.expectRevert(differ);
        escrows.rule(id, terms, 0, 0);
        vm.expectRevert(differ);
        escrows.settleByDefault(id, terms, 0);
        vm.expectRevert(differ);
        escrows.settleInspected(id, terms, 0);
        vm.expectRevert(differ);
        escrows.settleUndelivered(id, terms, 0);
        vm.expectRevert(differ);
        escrows.claim(id, terms);
        vm.stopPrank();
    }

    function test_what_was_never_proposed_is_unknown() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes memory unknown = abi.encodeWithSelector(ITradeEscrow.EscrowUnknown.selector, bytes32("x"));
        vm.expectRevert(unknown);
        escrows.escrow("x");
        vm.expectRevert(unknown);
        escrows.milestone("x", 0);
        vm.expectRevert(unknown);
        escrows.agree("x", terms);
        vm.expectRevert(unknown);
        escrows.claim("x", terms);
    }

    function test_the_buyer_locks_the_sum_of_all_milestones() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = agreed(terms);
        vm.prank(buyer.account);
        eur.approve(address(escrows), FIRST + SECOND);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowFunded(id, FIRST + SECOND);
        vm.prank(buyer.account);
        escrows.fund(id, terms);
        ITradeEscrow.Escrow memory e = escrows.escrow(id);
        assertStatus(id, ITradeEscrow.Status.Funded);
        assertEq(e.locked, FIRST + SECOND, "locked");
        assertEq(e.openMilestones, 2, "open milestones");
        assertEq(eur.balanceOf(address(escrows)), FIRST + SECOND, "the escrow's money");
        assertEq(escrows.owed(address(eur)), FIRST + SECOND, "owed");
        vm.expectRevert(wrongStatus(id, ITradeEscrow.Status.Funded, ITradeEscrow.Status.Agreed));
        vm.prank(buyer.account);
        escrows.fund(id, terms);
    }

    function test_only_the_buyer_funds_and_only_what_both_agreed() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = propose(terms);
        vm.expectRevert(wrongStatus(id, ITradeEscrow.Status.Proposed, ITradeEscrow.Status.Agreed));
        vm.prank(buyer.account);
        escrows.fund(id, terms);
        vm.prank(seller.account);
        escrows.agree(id, terms);
        address[4] memory others = [stranger, seller.account, arbiter.account, issuer.account];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(notEntitled(id, others[i]));
            vm.prank(others[i]);
            escrows.fund(id, terms);
        }
    }

    function test_a_deal_is_funded_until_its_last_second() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = agreed(terms);
        vm.warp(FUND_BY + 1);
        vm.expectRevert(timeOver(id, FUND_BY + 1));
        vm.prank(buyer.account);
        escrows.fund(id, terms);
        vm.warp(FUND_BY);
        fund(id, terms);
    }

    function test_without_an_allowance_nothing_is_funded() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = agreed(terms);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(escrows), 0, FIRST + SECOND
            )
        );
        vm.prank(buyer.account);
        escrows.fund(id, terms);
        assertStatus(id, ITradeEscrow.Status.Agreed);
    }

    function test_a_suspension_after_the_agreement_changes_nothing() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = agreed(terms);
        suspend(buyer);
        suspend(seller);
        suspend(arbiter);
        fund(id, terms);
        deliver(id, terms, 0);
        dispute(id, terms, 0, buyer);
        rule(id, terms, 0, 5000);
        release(id, terms, 1);
        claim(id, terms, seller);
        claim(id, terms, buyer);
        assertEq(balance(eur, seller), FIRST / 2 + SECOND, "the seller's money");
    }

    function test_anyone_lets_an_offer_or_an_unfunded_deal_lapse_after_its_last_second() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 offer = propose(terms);
        ITradeEscrow.Terms memory other = defaultTerms();
        other.salt = "agreed";
        bytes32 unfunded = agreed(other);
        vm.warp(FUND_BY);
        vm.expectRevert(timeNotOver(offer, FUND_BY + 1));
        escrows.lapse(offer, terms);
        vm.warp(FUND_BY + 1);
        vm.expectEmit(address(escrows));
        emit ITradeEscrow.EscrowLapsed(offer);
        vm.prank(stranger);
        escrows.lapse(offer, terms);
        vm.prank(arbiter.account);
        escrows.lapse(unfunded, other);
        assertStatus(offer, ITradeEscrow.Status.Lapsed);
        assertStatus(unfunded, ITradeEscrow.Status.Lapsed);
        vm.expectRevert(wrongStatus(offer, ITradeEscrow.Status.Lapsed, ITradeEscrow.Status.Agreed));
        escrows.lapse(offer, terms);
        vm.expectRevert(wrongStatus(offer, ITradeEscrow.Status.Lapsed, ITradeEscrow.Status.Proposed));
        vm.prank(seller.account);
        escrows.agree(offer, terms);
    }

    function test_a_funded_deal_does_not_lapse() public {
        ITradeEscrow.Terms memory terms = defaultTerms();
        bytes32 id = funded(terms);
        vm.warp(FUND_BY + 1);
        vm.expectRevert(wrongStatus(id, ITradeEscrow.Status.Funded, ITradeEscrow.Status.Agreed));
        escrows.lapse(id, terms);
    }

    function _milestones(uint256 count) private pure returns (ITradeEscrow.Milestone[] memory list) {
        list = new ITradeEscrow.Milestone[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = ITradeEscrow.Milestone(100, DUE_AT);
        }
    }

    function _expectInvalid(ITradeEscrow.Terms memory terms, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(ITradeEscrow.EscrowTermsInvalid.selector, field));
        propose(terms);
    }
}
