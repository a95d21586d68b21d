// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {TradeEscrow} from "../../../contracts/escrow/TradeEscrow.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @title The system with an escrow contract and a buyer that has money.
abstract contract EscrowSystem is System {
    uint48 internal constant FUND_BY = START + 5 days;
    uint48 internal constant DUE_AT = START + 30 days;
    uint32 internal constant INSPECTION = 7 days;
    uint32 internal constant RULING = 14 days;
    uint128 internal constant FIRST = 60_000_00;
    uint128 internal constant SECOND = 40_000_00;
    bytes32 internal constant EVIDENCE = keccak256("evidence");

    TradeEscrow internal escrows;
    DepositToken internal eur;

    function setUp() public virtual {
        deploySystem();
        eur = createToken(issuer, "EUR", 2);
        enter(eur, issuer, buyer.account, 1_000_000_00, "money");
    }

    function _deployDeals() internal override {
        escrows = TradeEscrow(
            deploy(
                "TradeEscrow", abi.encodePacked(type(TradeEscrow).creationCode, abi.encode(registry, tokenFactory))
            )
        );
    }

    /// @notice Two milestones of 60,000 and 40,000 EUR; a silent arbiter means 30 % for the seller.
    function defaultTerms() internal view returns (ITradeEscrow.Terms memory terms) {
        terms.salt = "salt";
        terms.termsCommitment = keccak256("terms");
        terms.token = address(eur);
        terms.buyer = buyer.id;
        terms.seller = seller.id;
        terms.arbiter = arbiter.id;
        terms.fundBy = FUND_BY;
        terms.inspectionSeconds = INSPECTION;
        terms.rulingSeconds = RULING;
        terms.defaultSellerBps = 3000;
        terms.milestones = new ITradeEscrow.Milestone[](2);
        terms.milestones[0] = ITradeEscrow.Milestone(FIRST, DUE_AT);
        terms.milestones[1] = ITradeEscrow.Milestone(SECOND, DUE_AT + 30 days);
    }

    function propose(ITradeEscrow.Terms memory terms) internal returns (bytes32 id) {
        vm.prank(buyer.account);
        return escrows.propose(terms);
    }

    function agreed(ITradeEscrow.Terms memory terms) internal returns (bytes32 id) {
        id = propose(terms);
        vm.prank(seller.account);
        escrows.agree(id, terms);
    }

    function funded(ITradeEscrow.Terms memory terms) internal returns (bytes32 id) {
        id = agreed(terms);
        fund(id, terms);
    }

    function fund(bytes32 id, ITradeEscrow.Terms memory terms) internal {
        uint256 sum = 0;
        for (uint256 i = 0; i < terms.milestones.length; ++i) {
            sum += terms.milestones[i].amount;
        }
        vm.startPrank(buyer.account);
        IERC20(terms.token).approve(address(escrows), sum);
        escrows.fund(id, terms);
        vm.stopPrank();
    }

    function deliver(bytes32 id, ITradeEscrow.Terms memory terms, uint8 index) internal {
        vm.prank(seller.account);
        escrows.deliver(id, terms, index, EVIDENCE);
    }

    function dispute(bytes32 id, ITradeEscrow.Terms memory terms, uint8 index, Party memory by) internal {
        vm.prank(by.account);
        escrows.dispute(id, terms, index, EVIDENCE);
    }

    function rule(bytes32 id, ITradeEscrow.Terms memory terms, uint8 index, uint16 sellerBps) internal {
        vm.prank(arbiter.account);
        escrows.rule(id, terms, index, sellerBps);
    }

    function release(bytes32 id, ITradeEscrow.Terms memory terms, uint8 index) internal {
        vm.prank(buyer.account);
        escrows.release(id, terms, index);
    }

    function refund(bytes32 id, ITradeEscrow.Terms memory terms, uint8 index) internal {
        vm.prank(seller.account);
        escrows.refund(id, terms, index);
    }

    function claim(bytes32 id, ITradeEscrow.Terms memory terms, Party memory by) internal {
        vm.prank(by.account);
        escrows.claim(id, terms);
    }

    function assertStatus(bytes32 id, ITradeEscrow.Status want) internal view {
        assertEq(uint256(escrows.escrow(id).status), uint256(want), "status");
    }

    function assertMilestone(bytes32 id, uint8 index, ITradeEscrow.MilestoneStatus want) internal view {
        assertEq(uint256(escrows.milestone(id, index).status), uint256(want), "milestone status");
    }

    function assertClaimable(bytes32 id, uint256 sellers, uint256 buyers) internal view {
        assertEq(escrows.claimable(id, seller.id), sellers, "the seller's");
        assertEq(escrows.claimable(id, buyer.id), buyers, "the buyer's");
    }

    function notEntitled(bytes32 id, address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ITradeEscrow.EscrowNotEntitled.selector, id, caller);
    }

    function wrongStatus(bytes32 id, ITradeEscrow.Status have, ITradeEscrow.Status want)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ITradeEscrow.EscrowWrongStatus.selector, id, have, want);
    }

    function wrongMilestone(bytes32 id, uint8 index, ITradeEscrow.MilestoneStatus have)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ITradeEscrow.EscrowMilestoneWrongStatus.selector, id, index, have);
    }

    function timeOver(bytes32 id, uint48 until) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ITradeEscrow.EscrowTimeOver.selector, id, until, uint48(block.timestamp));
    }

    function timeNotOver(bytes32 id, uint48 until) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ITradeEscrow.EscrowTimeNotOver.selector, id, until, uint48(block.timestamp));
    }

    function suspend(Party memory party) internal {
        vm.prank(operator.account);
        registry.suspend(party.id, "reason");
    }
}
