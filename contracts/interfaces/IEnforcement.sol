// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC7943Fungible} from "./IERC7943Fungible.sol";

/// @title What a bank does to money of its own in others' hands, by order of a court or an authority.
/// @notice Only the bank's own account may, hence two keys, and each act carries the hash of its reason. The standard's
/// functions without a reason refuse (docs/decisions/0011). Money in contracts of the system is never touched: a deal
/// whose money went away under it could not be settled.
interface IEnforcement is IERC7943Fungible {
    /// @notice Follows {IERC7943Fungible.Frozen}, also where a forced transfer took what was frozen.
    event HolderFrozen(address indexed account, uint256 was, uint256 isNow, bytes32 reasonHash);
    /// @notice Follows {IERC7943Fungible.ForcedTransfer}.
    event MoneyForced(address indexed from, address indexed to, uint256 amount, bytes32 reasonHash);

    error EnforcementNotEntitled(address caller);
    error EnforcementReasonMissing();
    /// @notice Not the account of a participant: a contract of the system, or a stranger.
    error EnforcementHolderProtected(address holder);

    /// @notice Says how much of a holder's money is frozen from now on; less than before unfreezes. It may be more than
    /// the holder has: what comes in later is frozen too.
    function setFrozen(address account, uint128 amount, bytes32 reasonHash) external;

    /// @notice Moves money from one participant to another without its consent. What is unfrozen goes first; as far as
    /// frozen money goes, so much less is frozen afterwards.
    /// @dev Reverts with {IERC7943Fungible.ERC7943CannotTransfer} where both are the same, and with ERC-20's own error
    /// where the money is not there.
    function forceTransfer(address from, address to, uint128 amount, bytes32 reasonHash) external;
}
