// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Confirmation of a credit: the confirming bank's own undertaking beside the issuer's (U14).
/// @notice Silence is no confirmation: a bank is bound only from the moment it adds its confirmation.
interface IConfirmations {
    enum Status {
        Silent,
        Added,
        Declined
    }

    struct ConfirmationRecord {
        Status status;
        uint32 bank;
        uint48 answeredAt;
        address token;
    }

    event ConfirmationAdded(bytes32 indexed creditId, uint32 indexed bank, address token);
    event ConfirmationDeclined(bytes32 indexed creditId, uint32 indexed bank, bytes32 reasonCommitment);

    error ConfirmationNotEntitled(bytes32 creditId, address caller);
    error ConfirmationWrongState(bytes32 creditId, Status have);
    error ConfirmationNotAsked(bytes32 creditId);
    /// @notice The bank's token is not in the credit's currency, or is not its own.
    error ConfirmationTokenInvalid(bytes32 creditId, address token);
    error ConfirmationCreditNotLive(bytes32 creditId);
    /// @notice A confirmation is a new deal: a suspended bank adds none.
    error ConfirmationPartyInactive(uint32 bank);
    error ConfirmationReasonMissing(bytes32 creditId);

    /// @notice The bank that was asked adds its confirmation and names the deposit token in which it would pay.
    function add(bytes32 creditId, address token) external;

    /// @notice The bank that was asked declines (U14: it says so without delay, and may still advise).
    function decline(bytes32 creditId, bytes32 reasonCommitment) external;

    function confirmation(bytes32 creditId) external view returns (ConfirmationRecord memory);

    /// @return bank The confirming bank, 0 when the credit is not confirmed.
    function confirmerOf(bytes32 creditId) external view returns (uint32 bank, address token);
}
