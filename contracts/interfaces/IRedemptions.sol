// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Deposit money that its holder wants paid out by the bank, off the ledger.
/// @notice The money is set aside at the request. The bank pays and confirms it, and the money is destroyed; or it gives
/// the money back with the hash of a reason. Until then the holder may withdraw the request. A bank pays within two
/// banking days of its own calendar; after that the redemption is overdue, which is computed and never stored. No
/// suspension stops a redemption. Under a moratorium of the bank nothing is paid out: requests stay, are made and
/// withdrawn, and time goes on.
interface IRedemptions {
    enum Status {
        None,
        Requested,
        Paid,
        GivenBack,
        Withdrawn
    }

    /// @param token Deposit token of the bank that shall pay.
    /// @param holder Participant that wants to be paid.
    /// @param dueAt First second at which it is overdue.
    /// @param amount Minor units.
    /// @param bank The bank that shall pay.
    struct Redemption {
        address token;
        uint32 holder;
        uint48 dueAt;
        Status status;
        uint128 amount;
        uint32 bank;
    }

    /// @param ref The holder's own reference.
    event RedemptionRequested(
        bytes32 indexed id, uint32 indexed bank, uint32 indexed holder, bytes32 ref, Redemption redemption
    );
    /// @param payoutRef The bank's reference of its payment off the ledger.
    event RedemptionPaid(bytes32 indexed id, uint32 indexed bank, uint32 indexed holder, bytes32 payoutRef);
    event RedemptionGivenBack(bytes32 indexed id, uint32 indexed bank, uint32 indexed holder, bytes32 reasonHash);
    event RedemptionWithdrawn(bytes32 indexed id, uint32 indexed bank, uint32 indexed holder);

    error RedemptionNotEntitled(bytes32 id, address caller);
    error RedemptionUnknown(bytes32 id);
    error RedemptionExists(bytes32 id);
    error RedemptionWrongStatus(bytes32 id, Status have, Status want);
    error RedemptionTokenUnknown(address token);
    error RedemptionAmountInvalid(uint128 amount);
    error RedemptionReferenceMissing();
    error RedemptionReasonMissing(bytes32 id);
    /// @notice The bank's calendar gave no answer: the call had too little gas.
    error RedemptionDueUnknown(uint32 bank);

    /// @notice Asks the bank of this token to pay out money of the caller, which is set aside.
    /// @dev Where the bank's calendar does not say what a banking day is, every day counts as one.
    /// @param ref The holder's own reference; used once with this token.
    /// @return id See {redemptionId}.
    function request(address token, uint128 amount, bytes32 ref) external returns (bytes32 id);

    /// @notice The holder takes its request back, and its money.
    function withdraw(bytes32 id) external;

    /// @notice The bank paid off the ledger: the money is destroyed.
    function confirm(bytes32 id, bytes32 payoutRef) external;

    /// @notice The bank does not pay: the holder has its money back.
    function giveBack(bytes32 id, bytes32 reasonHash) external;

    function redemption(bytes32 id) external view returns (Redemption memory);

    /// @notice Requested, and the time to pay is over.
    function isOverdue(bytes32 id) external view returns (bool);

    function redemptionId(uint32 holder, address token, bytes32 ref) external pure returns (bytes32);
}
