// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title ERC-7943, for tokens that are also ERC-20: who may hold, what is frozen, what is moved by force.
/// @notice Interface id 0x3edbb4c4. Functions, events and errors are the standard's; what this system makes of them is
/// said in {IEnforcement}.
interface IERC7943Fungible is IERC165 {
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    /// @param amount All that is frozen from now on; it may be more than the account holds.
    event Frozen(address indexed account, uint256 amount);

    error ERC7943CannotSend(address account);
    error ERC7943CannotReceive(address account);
    error ERC7943CannotTransfer(address from, address to, uint256 amount);
    /// @notice The account holds the amount, but not so much that is unfrozen.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    function forcedTransfer(address from, address to, uint256 amount) external returns (bool result);

    /// @notice Overwrites what is frozen.
    function setFrozenTokens(address account, uint256 amount) external returns (bool result);

    function canSend(address account) external view returns (bool allowed);

    function canReceive(address account) external view returns (bool allowed);

    function getFrozenTokens(address account) external view returns (uint256 amount);

    /// @return allowed False only where a rule forbids it, never because the money is not there.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool allowed);
}
