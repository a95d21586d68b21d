// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Money locked against milestones between one buyer and one seller, with one arbiter.
/// @notice Terms are kept as a hash and passed again with each act; no later act of anyone changes a live deal.
/// Payment is by claim only, so no party can block another. Every state has a timed exit that needs nobody's
/// cooperation: an offer lapses, an unfunded deal lapses, an undelivered milestone returns to the buyer, a delivered
/// one goes to the seller after the inspection period, a silent arbiter is replaced by the agreed split.
interface ITradeEscrow {
    enum Status {
        None,
        Proposed,
        Agreed,
        Funded,
        Settled,
        Lapsed
    }

    enum MilestoneStatus {
        Open,
        Delivered,
        Disputed,
        Settled
    }

    /// @param amount Minor units.
    /// @param dueAt Last second for delivery; afterwards anyone may return the money to the buyer.
    struct Milestone {
        uint128 amount;
        uint48 dueAt;
    }

    /// @param salt Makes the id; a salt works once per buyer and seller.
    /// @param termsCommitment Salted commitment of the agreement's text.
    /// @param fundBy Last second for agreeing and funding.
    /// @param inspectionSeconds Time after delivery in which the buyer may release or dispute.
    /// @param rulingSeconds Time after a dispute in which the arbiter may rule.
    /// @param defaultSellerBps The seller's share, in basis points, when the arbiter stays silent.
    struct Terms {
        bytes32 salt;
        bytes32 termsCommitment;
        address token;
        uint32 buyer;
        uint32 seller;
        uint32 arbiter;
        uint48 fundBy;
        uint32 inspectionSeconds;
        uint32 rulingSeconds;
        uint16 defaultSellerBps;
        Milestone[] milestones;
    }

    /// @param locked Funded and not yet settled, minor units.
    /// @param proposer Participant whose agreement is already given.
    struct Escrow {
        bytes32 termsHash;
        uint128 locked;
        uint32 proposer;
        uint8 openMilestones;
        Status status;
    }

    struct MilestoneRecord {
        MilestoneStatus status;
        uint48 deliveredAt;
        uint48 disputedAt;
    }

    event EscrowProposed(bytes32 indexed id, uint32 indexed buyer, uint32 indexed seller, uint32 proposer, Terms terms);
    event EscrowAgreed(bytes32 indexed id, uint32 indexed by);
    event EscrowFunded(bytes32 indexed id, uint128 amount);
    event EscrowLapsed(bytes32 indexed id);
    event MilestoneDelivered(bytes32 indexed id, uint8 indexed milestone, bytes32 evidenceCommitment);
    event MilestoneDisputed(bytes32 indexed id, uint8 indexed milestone, uint32 indexed by, bytes32 evidenceCommitment);
    /// @param cause Selector of the function that settled it.
    event MilestoneSettled(
        bytes32 indexed id, uint8 indexed milestone, bytes4 indexed cause, uint128 toSeller, uint128 toBuyer
    );
    event EscrowSettled(bytes32 indexed id);
    event EscrowClaimed(bytes32 indexed id, uint32 indexed participant, uint128 amount);

    error EscrowNotEntitled(bytes32 id, address caller);
    error EscrowUnknown(bytes32 id);
    error EscrowExists(bytes32 id);
    error EscrowTermsInvalid(string field);
    error EscrowTermsDiffer(bytes32 id, bytes32 have, bytes32 want);
    error EscrowPartyInactive(uint32 participant);
    error EscrowWrongStatus(bytes32 id, Status have, Status want);
    error EscrowMilestoneUnknown(bytes32 id, uint8 milestone);
    error EscrowMilestoneWrongStatus(bytes32 id, uint8 milestone, MilestoneStatus have);
    /// @param until First second at which the time is over.
    error EscrowTimeOver(bytes32 id, uint48 until, uint48 time);
    /// @param until First second at which the time is over.
    error EscrowTimeNotOver(bytes32 id, uint48 until, uint48 time);
    error EscrowSplitInvalid(uint16 sellerBps);
    error EscrowEvidenceMissing();
    error EscrowNothingToClaim(bytes32 id, uint32 participant);
    /// @notice The token moved another amount than asked: a fee, a rebase or a fault.
    error EscrowAmountMoved(uint256 have, uint256 want);

    /// @notice Buyer or seller proposes terms and thereby agrees to them.
    function propose(Terms calldata terms) external returns (bytes32 id);

    /// @notice The other side agrees to exactly these terms, before `fundBy`.
    function agree(bytes32 id, Terms calldata terms) external;

    /// @notice The buyer locks the sum of all milestones, before `fundBy`.
    function fund(bytes32 id, Terms calldata terms) external;

    /// @notice Anyone, after `fundBy`, for a deal that was not funded. Nothing was locked.
    function lapse(bytes32 id, Terms calldata terms) external;

    /// @notice The seller states delivery of a milestone with evidence, not after its due time.
    function deliver(bytes32 id, Terms calldata terms, uint8 milestone, bytes32 evidenceCommitment) external;

    /// @notice The buyer lets the seller have a milestone's money: delivered or not, and also while it is disputed,
    /// since agreement beats the arbiter.
    function release(bytes32 id, Terms calldata terms, uint8 milestone) external;

    /// @notice The seller returns a milestone's money to the buyer, also while it is disputed.
    function refund(bytes32 id, Terms calldata terms, uint8 milestone) external;

    /// @notice Buyer or seller disputes a milestone: an open one until its due time is over, a delivered one until its
    /// inspection ends. Only the arbiter, the agreed split after the arbiter's time, or a concession ends it then.
    function dispute(bytes32 id, Terms calldata terms, uint8 milestone, bytes32 evidenceCommitment) external;

    /// @notice The arbiter splits a disputed milestone within its time.
    /// @param sellerBps The seller's share in basis points; the remainder of the division goes to the buyer.
    function rule(bytes32 id, Terms calldata terms, uint8 milestone, uint16 sellerBps) external;

    /// @notice Anyone, when the arbiter stayed silent: the agreed split.
    function settleByDefault(bytes32 id, Terms calldata terms, uint8 milestone) external;

    /// @notice Anyone, when the inspection period of a delivered milestone passed without dispute: to the seller.
    function settleInspected(bytes32 id, Terms calldata terms, uint8 milestone) external;

    /// @notice Anyone, when a milestone was not delivered in time: back to the buyer.
    function settleUndelivered(bytes32 id, Terms calldata terms, uint8 milestone) external;

    /// @notice Buyer or seller takes what is its own.
    function claim(bytes32 id, Terms calldata terms) external;

    /// @dev Reverts with {EscrowUnknown}.
    function escrow(bytes32 id) external view returns (Escrow memory);

    /// @dev A milestone that nobody acted on reads as open.
    function milestone(bytes32 id, uint8 index) external view returns (MilestoneRecord memory);

    function claimable(bytes32 id, uint32 participant) external view returns (uint128);

    function escrowId(Terms calldata terms) external view returns (bytes32);

    function hashTerms(Terms calldata terms) external pure returns (bytes32);

    /// @notice Σ locked and claimable of this token, for reconciliation (ESC-1).
    function owed(address token) external view returns (uint256);
}
