// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IEnforcement} from "../interfaces/IEnforcement.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943Fungible.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Enforcement
/// @notice See {IEnforcement}. What the views say is what {_update} does, for every movement, creation and destruction.
/// @dev A forced transfer alone goes past the check of frozen money, by ERC-20's own movement; what is stored as frozen
/// is never changed for a moment only.
abstract contract Enforcement is IEnforcement, ERC20, Participants {
    mapping(address account => uint256) private _frozen;

    /// @inheritdoc IEnforcement
    function setFrozen(address account, uint128 amount, bytes32 reasonHash) external {
        _requireBank();
        _requireReason(reasonHash);
        _requireParticipant(account);
        _setFrozen(account, amount, reasonHash);
    }

    /// @inheritdoc IEnforcement
    function forceTransfer(address from, address to, uint128 amount, bytes32 reasonHash) external {
        _requireBank();
        _requireReason(reasonHash);
        if (amount == 0) revert IDepositToken.DepositAmountInvalid(amount);
        // Frozen money that went to its own holder would be free.
        if (from == to) revert ERC7943CannotTransfer(from, to, amount);
        _requireParticipant(from);
        // A system contract knows no money that nobody entrusted to it: it would lie there for ever.
        _requireParticipant(to);
        _requireReceiver(to);
        uint256 held = balanceOf(from);
        if (amount > held) revert ERC20InsufficientBalance(from, held, amount);
        uint256 unfrozen = _unfrozen(from);
        // No more than what is frozen of the balance, so it does not fall below nothing.
        if (amount > unfrozen) _setFrozen(from, _frozen[from] - (amount - unfrozen), reasonHash);
        ERC20._update(from, to, amount);
        emit ForcedTransfer(from, to, amount);
        emit MoneyForced(from, to, amount, reasonHash);
    }

    /// @inheritdoc IERC7943Fungible
    function setFrozenTokens(address, uint256) external view returns (bool) {
        _requireBank();
        revert EnforcementReasonMissing();
    }

    /// @inheritdoc IERC7943Fungible
    function forcedTransfer(address, address, uint256) external view returns (bool) {
        _requireBank();
        revert EnforcementReasonMissing();
    }

    /// @inheritdoc IERC7943Fungible
    function getFrozenTokens(address account) external view returns (uint256) {
        return _frozen[account];
    }

    /// @inheritdoc IERC7943Fungible
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        return canSend(from) && canReceive(to) && !_reachesFrozen(from, amount);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC7943Fungible).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc IERC7943Fungible
    function canSend(address account) public view returns (bool) {
        return _registry().mayHold(account);
    }

    /// @inheritdoc IERC7943Fungible
    function canReceive(address account) public view returns (bool) {
        return _registry().mayHold(account);
    }

    /// @dev Every movement passes here, creation and destruction too: money reaches only admitted accounts and contracts
    /// of the system, and frozen money stays.
    function _update(address from, address to, uint256 value) internal virtual override {
        if (to != address(0)) _requireReceiver(to);
        if (from != address(0)) {
            if (!canSend(from)) revert ERC7943CannotSend(from);
            if (_reachesFrozen(from, value)) {
                revert ERC7943InsufficientUnfrozenBalance(from, value, _unfrozen(from));
            }
        }
        super._update(from, to, value);
    }

    /// @dev Reverts unless the caller is the bank's own account.
    function _requireBank() internal view virtual;

    /// @dev Contracts of the system are no participants, and neither is the zero address.
    function _requireParticipant(address holder) internal view {
        if (_registry().idOf(holder) == 0) revert EnforcementHolderProtected(holder);
    }

    function _requireReceiver(address to) private view {
        if (!canReceive(to)) revert IDepositToken.DepositHolderNotAdmitted(to);
    }

    function _unfrozen(address account) internal view returns (uint256) {
        uint256 held = balanceOf(account);
        uint256 frozen = _frozen[account];
        return frozen < held ? held - frozen : 0;
    }

    /// @dev The money is there and frozen. Where it is not there, that is ERC-20's business.
    function _reachesFrozen(address account, uint256 amount) private view returns (bool) {
        if (_frozen[account] == 0) return false;
        return amount > _unfrozen(account) && amount <= balanceOf(account);
    }

    function _setFrozen(address account, uint256 amount, bytes32 reasonHash) private {
        uint256 was = _frozen[account];
        _frozen[account] = amount;
        emit Frozen(account, amount);
        emit HolderFrozen(account, was, amount, reasonHash);
    }

    function _requireReason(bytes32 reasonHash) private pure {
        if (reasonHash == 0) revert EnforcementReasonMissing();
    }
}
