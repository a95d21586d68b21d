// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISettlementLeg} from "./ISettlementLeg.sol";

/// @title What a bank owes under a credit, to whom, and when.
/// @notice When an undertaking is due, the holder's claim itself creates the bank's deposit money: no further act of
/// the bank, of the applicant or of an operator is needed, and none can stop it. That is what makes it irrevocable.
/// What is owed and not paid changes hands as a whole, in a settlement to which holder and taker consented; the claim is
/// then the new holder's.
interface IUndertakings is ISettlementLeg {
    enum Status {
        None,
        Owed,
        Paid
    }

    /// @param dueAt First second (block time) at which the holder may claim.
    struct Undertaking {
        bytes32 creditId;
        bytes32 presentationId;
        address token;
        uint32 obligor;
        uint32 holder;
        uint48 dueAt;
        Status status;
        uint128 amount;
    }

    event UndertakingCreated(
        bytes32 indexed id, bytes32 indexed creditId, uint32 indexed obligor, Undertaking undertaking
    );
    event UndertakingPaid(bytes32 indexed id, uint32 indexed obligor, uint32 indexed holder, uint128 amount);

    event UndertakingTransferred(bytes32 indexed id, uint32 indexed from, uint32 indexed to);

    error UndertakingNotEntitled(bytes32 id, address caller);
    error UndertakingUnknown(bytes32 id);
    error UndertakingExists(bytes32 id);
    error UndertakingWrongStatus(bytes32 id, Status have, Status want);
    /// @notice The giver is not the holder: it never was, or has passed it on. It does not say who is, for whoever was
    /// offered an undertaking reads this error.
    error UndertakingNotHeld(bytes32 id, uint32 from);
    /// @notice An undertaking moves as a whole, and this is not its amount.
    error UndertakingNotWhole(bytes32 id, uint128 amount);
    /// @notice The obligor holds back more of the holder's money than the holder has there: what it claims is held back too.
    error UndertakingHolderBlocked(bytes32 id, uint32 holder);
    error UndertakingNotDue(bytes32 id, uint48 dueAt, uint48 time);

    /// @notice Only Presentations. `status` of the input is ignored: it begins as owed.
    function create(Undertaking calldata input) external returns (bytes32 id);

    /// @notice The holder claims what is due; the obligor's deposit money is created in the holder's account.
    function claim(bytes32 id) external;

    /// @notice As {claim}, in deposit money of the holder's own bank, which the obligor then owes (IClearingHouse). Beyond
    /// that bank's limit it is refused, and the holder takes money of the obligor or leaves the undertaking owed.
    function claimAt(bytes32 id, uint32 bank) external;

    /// @dev Reverts with {UndertakingUnknown}.
    function undertaking(bytes32 id) external view returns (Undertaking memory);

    /// @return keccak256(abi.encode(presentation id, obligor)): one undertaking per presentation and bank.
    function undertakingId(bytes32 presentationId, uint32 obligor) external view returns (bytes32);

    /// @notice Sum of all undertakings of this obligor under this credit, paid or not (LC-2).
    function totalOf(bytes32 creditId, uint32 obligor) external view returns (uint128);
}
