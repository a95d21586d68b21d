// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ITradeEscrow} from "../interfaces/ITradeEscrow.sol";
import {Roles} from "../libraries/Roles.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title TradeEscrow
/// @notice See {ITradeEscrow}. A milestone's money moves inside this contract only, from locked to claimable; it leaves
/// through {claim} alone, to the account of the party that claims.
contract TradeEscrow is ITradeEscrow, Participants, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant _MILESTONES_MOST = 16;
    uint16 private constant _WHOLE_BPS = 10_000;
    /// @dev A party has at least a day to inspect or to rule, and money waits a year at most for either.
    uint32 private constant _PERIOD_LEAST = 1 days;
    uint32 private constant _PERIOD_MOST = 366 days;
    /// @dev No time of a deal lies further ahead than ten years.
    uint48 private constant _HORIZON = 3653 days;

    IDepositTokenFactory private immutable _TOKEN_FACTORY;

    // slot 0: hash of the terms · slot 1: locked, proposer, open milestones, status
    mapping(bytes32 id => Escrow) private _escrows;
    // slot 0: status, times; unwritten until someone acts on the milestone
    mapping(bytes32 id => mapping(uint8 index => MilestoneRecord)) private _milestones;
    mapping(bytes32 id => mapping(uint32 participant => uint128)) private _claimable;
    mapping(address token => uint256) private _owed;

    constructor(IParticipantRegistry registry_, IDepositTokenFactory tokenFactory_) Participants(registry_) {
        _TOKEN_FACTORY = tokenFactory_;
    }

    /// @inheritdoc ITradeEscrow
    function propose(Terms calldata terms) external returns (bytes32 id) {
        id = _escrowId(terms);
        uint32 proposer = _caller();
        if (proposer == 0 || (proposer != terms.buyer && proposer != terms.seller)) {
            revert EscrowNotEntitled(id, msg.sender);
        }
        if (_escrows[id].status != Status.None) revert EscrowExists(id);
        _checkParties(terms);
        _checkTerms(terms);
        _checkMilestones(terms);
        _escrows[id].termsHash = _hashTerms(terms);
        _escrows[id].proposer = proposer;
        _transition(id, Status.None, Status.Proposed);
        emit EscrowProposed(id, terms.buyer, terms.seller, proposer, terms);
    }

    /// @inheritdoc ITradeEscrow
    function agree(bytes32 id, Terms calldata terms) external {
        _requireTerms(id, terms);
        uint32 other = _escrows[id].proposer == terms.buyer ? terms.seller : terms.buyer;
        _requireCaller(id, other);
        _transition(id, Status.Proposed, Status.Agreed);
        _requireBefore(id, _lapseTime(terms));
        _checkParties(terms);
        emit EscrowAgreed(id, other);
    }

    /// @inheritdoc ITradeEscrow
    function fund(bytes32 id, Terms calldata terms) external nonReentrant {
        _requireTerms(id, terms);
        _requireCaller(id, terms.buyer);
        _transition(id, Status.Agreed, Status.Funded);
        _requireBefore(id, _lapseTime(terms));
        uint128 amount = _sum(terms.milestones);
        _escrows[id].locked = amount;
        _escrows[id].openMilestones = uint8(terms.milestones.length);
        _owed[terms.token] += amount;
        emit EscrowFunded(id, amount);
        _pull(IERC20(terms.token), amount);
    }

    /// @inheritdoc ITradeEscrow
    function lapse(bytes32 id, Terms calldata terms) external {
        _requireTerms(id, terms);
        _transition(id, _escrows[id].status == Status.Proposed ? Status.Proposed : Status.Agreed, Status.Lapsed);
        _requireOver(id, _lapseTime(terms));
        emit EscrowLapsed(id);
    }

    /// @inheritdoc ITradeEscrow
    function deliver(bytes32 id, Terms calldata terms, uint8 index, bytes32 evidenceCommitment) external {
        _requireTerms(id, terms);
        _requireCaller(id, terms.seller);
        _requireMilestone(id, terms, index);
        _setMilestone(id, index, MilestoneStatus.Delivered);
        _requireBefore(id, _dueTime(terms, index));
        if (evidenceCommitment == 0) revert EscrowEvidenceMissing();
        _milestones[id][index].deliveredAt = uint48(block.timestamp);
        emit MilestoneDelivered(id, index, evidenceCommitment);
    }

    /// @inheritdoc ITradeEscrow
    function release(bytes32 id, Terms calldata terms, uint8 index) external {
        _requireTerms(id, terms);
        _requireCaller(id, terms.buyer);
        _requireMilestone(id, terms, index);
        _settle(id, terms, index, _WHOLE_BPS);
    }

    /// @inheritdoc ITradeEscrow
    function refund(bytes32 id, Terms calldata terms, uint8 index) external {
        _requireTerms(id, terms);
        _requireCaller(id, terms.seller);
        _requireMilestone(id, terms, index);
        _settle(id, terms, index, 0);
    }

    /// @inheritdoc ITradeEscrow
    function dispute(bytes32 id, Terms calldata terms, uint8 index, bytes32 evidenceCommitment) external {
        _requireTerms(id, terms);
        uint32 by = _caller();
        if (by == 0 || (by != terms.buyer && by != terms.seller)) revert EscrowNotEntitled(id, msg.sender);
        _requireMilestone(id, terms, index);
        bool delivered = _milestones[id][index].status == MilestoneStatus.Delivered;
        _setMilestone(id, index, MilestoneStatus.Disputed);
        _requireBefore(id, delivered ? _inspectionTime(id, terms, index) : _dueTime(terms, index));
        if (evidenceCommitment == 0) revert EscrowEvidenceMissing();
        _milestones[id][index].disputedAt = uint48(block.timestamp);
        emit MilestoneDisputed(id, index, by, evidenceCommitment);
    }

    /// @inheritdoc ITradeEscrow
    function rule(bytes32 id, Terms calldata terms, uint8 index, uint16 sellerBps) external {
        _requireTerms(id, terms);
        _requireCaller(id, terms.arbiter);
        _requireMilestoneIn(id, terms, index, MilestoneStatus.Disputed);
        _requireBefore(id, _rulingTime(id, terms, index));
        if (sellerBps > _WHOLE_BPS) revert EscrowSplitInvalid(sellerBps);
        _settle(id, terms, index, sellerBps);
    }

    /// @inheritdoc ITradeEscrow
    function settleByDefault(bytes32 id, Terms calldata terms, uint8 index) external {
        _requireTerms(id, terms);
        _requireMilestoneIn(id, terms, index, MilestoneStatus.Disputed);
        _requireOver(id, _rulingTime(id, terms, index));
        _settle(id, terms, index, terms.defaultSellerBps);
    }

    /// @inheritdoc ITradeEscrow
    function settleInspected(bytes32 id, Terms calldata terms, uint8 index) external {
        _requireTerms(id, terms);
        _requireMilestoneIn(id, terms, index, MilestoneStatus.Delivered);
        _requireOver(id, _inspectionTime(id, terms, index));
        _settle(id, terms, index, _WHOLE_BPS);
    }

    /// @inheritdoc ITradeEscrow
    function settleUndelivered(bytes32 id, Terms calldata terms, uint8 index) external {
        _requireTerms(id, terms);
        _requireMilestoneIn(id, terms, index, MilestoneStatus.Open);
        _requireOver(id, _dueTime(terms, index));
        _settle(id, terms, index, 0);
    }

    /// @inheritdoc ITradeEscrow
    function claim(bytes32 id, Terms calldata terms) external nonReentrant {
        _requireTerms(id, terms);
        uint32 party = _caller();
        if (party == 0 || (party != terms.buyer && party != terms.seller)) revert EscrowNotEntitled(id, msg.sender);
        uint128 amount = _claimable[id][party];
        if (amount == 0) revert EscrowNothingToClaim(id, party);
        _claimable[id][party] = 0;
        _owed[terms.token] -= amount;
        emit EscrowClaimed(id, party, amount);
        _push(IERC20(terms.token), amount);
    }

    /// @inheritdoc ITradeEscrow
    function escrow(bytes32 id) external view returns (Escrow memory) {
        _requireKnown(id);
        return _escrows[id];
    }

    /// @inheritdoc ITradeEscrow
    function milestone(bytes32 id, uint8 index) external view returns (MilestoneRecord memory) {
        _requireKnown(id);
        return _milestones[id][index];
    }

    /// @inheritdoc ITradeEscrow
    function claimable(bytes32 id, uint32 participant) external view returns (uint128) {
        return _claimable[id][participant];
    }

    /// @inheritdoc ITradeEscrow
    function escrowId(Terms calldata terms) external view returns (bytes32) {
        return _escrowId(terms);
    }

    /// @inheritdoc ITradeEscrow
    function hashTerms(Terms calldata terms) external pure returns (bytes32) {
        return _hashTerms(terms);
    }

    /// @inheritdoc ITradeEscrow
    function owed(address token) external view returns (uint256) {
        return _owed[token];
    }

    /// @dev Asked when the deal is made, never afterwards: a later suspension changes no live deal.
    function _checkParties(Terms calldata terms) private view {
        _checkActive(terms.buyer);
        _checkActive(terms.seller);
        _checkActive(terms.arbiter);
    }

    function _checkActive(uint32 id) private view {
        if (!_registry().isActive(id)) revert EscrowPartyInactive(id);
    }

    function _checkTerms(Terms calldata terms) private view {
        if (terms.seller == terms.buyer) revert EscrowTermsInvalid("seller");
        bool isParty = terms.arbiter == terms.buyer || terms.arbiter == terms.seller;
        if (isParty || !_registry().hasRole(terms.arbiter, Roles.ARBITER)) revert EscrowTermsInvalid("arbiter");
        if (terms.termsCommitment == 0) revert EscrowTermsInvalid("termsCommitment");
        (uint32 tokenIssuer,) = _TOKEN_FACTORY.issuerOf(terms.token);
        if (tokenIssuer == 0) revert EscrowTermsInvalid("token");
        if (terms.fundBy < block.timestamp) revert EscrowTermsInvalid("fundBy");
        if (!_isPeriod(terms.inspectionSeconds)) revert EscrowTermsInvalid("inspectionSeconds");
        if (!_isPeriod(terms.rulingSeconds)) revert EscrowTermsInvalid("rulingSeconds");
        if (terms.defaultSellerBps > _WHOLE_BPS) revert EscrowTermsInvalid("defaultSellerBps");
    }

    function _checkMilestones(Terms calldata terms) private view {
        uint256 count = terms.milestones.length;
        if (count == 0 || count > _MILESTONES_MOST) revert EscrowTermsInvalid("milestones");
        uint256 sum = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint48 dueAt = terms.milestones[i].dueAt;
            if (dueAt <= terms.fundBy || dueAt > block.timestamp + _HORIZON) revert EscrowTermsInvalid("dueAt");
            if (terms.milestones[i].amount == 0) revert EscrowTermsInvalid("amount");
            sum += terms.milestones[i].amount;
        }
        if (sum > type(uint128).max) revert EscrowTermsInvalid("amount");
    }

    function _isPeriod(uint32 period) private pure returns (bool) {
        return period >= _PERIOD_LEAST && period <= _PERIOD_MOST;
    }

    /// @dev The sum was found to fit when the deal was proposed.
    function _sum(Milestone[] calldata milestones) private pure returns (uint128 sum) {
        for (uint256 i = 0; i < milestones.length; ++i) {
            sum += milestones[i].amount;
        }
    }

    function _requireKnown(bytes32 id) private view {
        if (_escrows[id].status == Status.None) revert EscrowUnknown(id);
    }

    /// @dev The parties are read from these terms, so this comes before any question of entitlement.
    function _requireTerms(bytes32 id, Terms calldata terms) private view {
        _requireKnown(id);
        bytes32 want = _escrows[id].termsHash;
        bytes32 have = _hashTerms(terms);
        if (have != want) revert EscrowTermsDiffer(id, have, want);
    }

    function _requireCaller(bytes32 id, uint32 party) private view {
        if (!_callerIs(party)) revert EscrowNotEntitled(id, msg.sender);
    }

    function _requireMilestone(bytes32 id, Terms calldata terms, uint8 index) private view {
        Status have = _escrows[id].status;
        if (have != Status.Funded) revert EscrowWrongStatus(id, have, Status.Funded);
        if (index >= terms.milestones.length) revert EscrowMilestoneUnknown(id, index);
    }

    function _requireMilestoneIn(bytes32 id, Terms calldata terms, uint8 index, MilestoneStatus want) private view {
        _requireMilestone(id, terms, index);
        MilestoneStatus have = _milestones[id][index].status;
        if (have != want) revert EscrowMilestoneWrongStatus(id, index, have);
    }

    /// @dev With {_requireOver} the only place that compares a deal's time with the clock. `until` is the first second
    /// at which the time is over, so that no second belongs to both sides or to neither.
    function _requireBefore(bytes32 id, uint48 until) private view {
        if (block.timestamp >= until) revert EscrowTimeOver(id, until, uint48(block.timestamp));
    }

    function _requireOver(bytes32 id, uint48 until) private view {
        if (block.timestamp < until) revert EscrowTimeNotOver(id, until, uint48(block.timestamp));
    }

    /// @dev `fundBy` and `dueAt` are last seconds.
    function _lapseTime(Terms calldata terms) private pure returns (uint48) {
        return terms.fundBy + 1;
    }

    function _dueTime(Terms calldata terms, uint8 index) private pure returns (uint48) {
        return terms.milestones[index].dueAt + 1;
    }

    function _inspectionTime(bytes32 id, Terms calldata terms, uint8 index) private view returns (uint48) {
        return _milestones[id][index].deliveredAt + terms.inspectionSeconds;
    }

    function _rulingTime(bytes32 id, Terms calldata terms, uint8 index) private view returns (uint48) {
        return _milestones[id][index].disputedAt + terms.rulingSeconds;
    }

    /// @dev Splits a milestone between the parties: the seller's share is rounded down and the buyer has the rest, so
    /// the two shares are the milestone (ESC-3).
    function _settle(bytes32 id, Terms calldata terms, uint8 index, uint16 sellerBps) private {
        _setMilestone(id, index, MilestoneStatus.Settled);
        uint128 amount = terms.milestones[index].amount;
        // A share is at most the amount, so it fits.
        uint128 toSeller = uint128((uint256(amount) * sellerBps) / _WHOLE_BPS);
        uint128 toBuyer = amount - toSeller;
        Escrow storage e = _escrows[id];
        e.locked -= amount;
        uint8 open = e.openMilestones - 1;
        e.openMilestones = open;
        if (toSeller != 0) _claimable[id][terms.seller] += toSeller;
        if (toBuyer != 0) _claimable[id][terms.buyer] += toBuyer;
        emit MilestoneSettled(id, index, msg.sig, toSeller, toBuyer);
        if (open == 0) {
            _transition(id, Status.Funded, Status.Settled);
            emit EscrowSettled(id);
        }
    }

    /// @dev With {_push} the only place where a token moves. Another amount than asked reverts (ESC-1).
    function _pull(IERC20 token, uint128 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 moved = token.balanceOf(address(this)) - before;
        if (moved != amount) revert EscrowAmountMoved(moved, amount);
    }

    function _push(IERC20 token, uint128 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(msg.sender, amount);
        uint256 moved = before - token.balanceOf(address(this));
        if (moved != amount) revert EscrowAmountMoved(moved, amount);
    }

    function _escrowId(Terms calldata terms) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), terms.buyer, terms.seller, terms.salt));
    }

    function _hashTerms(Terms calldata terms) private pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @dev The only writer of a deal's status.
    function _transition(bytes32 id, Status from, Status to) private {
        Status have = _escrows[id].status;
        if (have != from || !Transitions.allowed(Transitions.ESCROW, uint8(from), uint8(to))) {
            revert EscrowWrongStatus(id, have, from);
        }
        _escrows[id].status = to;
    }

    /// @dev The only writer of a milestone's status.
    function _setMilestone(bytes32 id, uint8 index, MilestoneStatus to) private {
        MilestoneStatus have = _milestones[id][index].status;
        if (!Transitions.allowed(Transitions.MILESTONE, uint8(have), uint8(to))) {
            revert EscrowMilestoneWrongStatus(id, index, have);
        }
        _milestones[id][index].status = to;
    }
}
