// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a contract does whose things can change hands in a settlement.
/// @notice The giver's consent to exactly this movement is the settlement contract's to check; no allowance is asked for
/// and none is left.
interface ISettlementLeg {
    error LegNotEntitled(address caller);

    /// @notice Only the settlement contract. Moves the whole of what is named, or reverts.
    /// @param from Participant that gives.
    /// @param to Participant that takes.
    /// @param item What moves where it has an identity; zero for money.
    /// @param amount Minor units; of a thing that moves as a whole, its whole amount, so that it stands in what is signed.
    function settleLeg(uint32 from, uint32 to, bytes32 item, uint128 amount) external;
}
