// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Transition tables of the state machines.
/// @notice A table has eight bits per state: bit (8 * from + to) is set when the step is allowed. A machine has at most
/// eight states, and each contract writes status only through one private `_transition` that asks its table.
library Transitions {
    /// @dev Participant: None > Active; Active <> Suspended.
    uint64 internal constant PARTICIPANT = (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2)) | (1 << (8 * 2 + 1));

    /// @dev Credit: None > Issued > Closed.
    uint64 internal constant CREDIT = (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2));

    /// @dev Advice: None > Advised or Declined.
    uint64 internal constant ADVICE = (1 << (8 * 0 + 1)) | (1 << (8 * 0 + 2));

    /// @dev Confirmation: Silent > Added or Declined.
    uint64 internal constant CONFIRMATION = (1 << (8 * 0 + 1)) | (1 << (8 * 0 + 2));

    /// @dev Decision: None > Examining > Complying, Refused or Precluded.
    uint64 internal constant DECISION =
        (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2)) | (1 << (8 * 1 + 3)) | (1 << (8 * 1 + 4));

    /// @dev Undertaking: None > Owed > Paid.
    uint64 internal constant UNDERTAKING = (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2));

    /// @dev Redemption: None > Requested > Paid, GivenBack or Withdrawn.
    uint64 internal constant REDEMPTION =
        (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2)) | (1 << (8 * 1 + 3)) | (1 << (8 * 1 + 4));

    /// @dev Settlement: None > Executed or Cancelled.
    uint64 internal constant SETTLEMENT = (1 << (8 * 0 + 1)) | (1 << (8 * 0 + 2));

    /// @dev Escrow: None > Proposed > Agreed > Funded > Settled; Proposed or Agreed > Lapsed.
    uint64 internal constant ESCROW = (1 << (8 * 0 + 1)) | (1 << (8 * 1 + 2)) | (1 << (8 * 2 + 3)) | (1 << (8 * 3 + 4))
        | (1 << (8 * 1 + 5)) | (1 << (8 * 2 + 5));

    /// @dev Milestone: Open > Delivered > Disputed > Settled, each step also skipped.
    uint64 internal constant MILESTONE = (1 << (8 * 0 + 1)) | (1 << (8 * 0 + 2)) | (1 << (8 * 0 + 3))
        | (1 << (8 * 1 + 2)) | (1 << (8 * 1 + 3)) | (1 << (8 * 2 + 3));

    /// @param from Number of the state that is left, below 8.
    /// @param to Number of the state that is entered, below 8.
    function allowed(uint64 table, uint8 from, uint8 to) internal pure returns (bool) {
        return from < 8 && to < 8 && (table >> (8 * from + to)) & 1 == 1;
    }
}
