// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ISettlementLeg} from "../interfaces/ISettlementLeg.sol";
import {Participants} from "../registry/Participants.sol";

/// @title DepositToken
/// @notice See {IDepositToken}. CASH-1: the supply is the sum of the references that created it less the sum of those
/// that destroyed it. No owner, no pause: only a moratorium holds back what a bank owes.
contract DepositToken is IDepositToken, ERC20, Participants {
    /// @param bank The bank that owes.
    /// @param exponent ISO 4217 exponent: an amount of 1 is the currency's smallest unit.
    /// @param undertakings The only contract that creates money for a due undertaking.
    /// @param clearing The only contract that creates and destroys money for payments between banks.
    /// @param settlement The only contract that moves money between holders by their signed consent.
    struct Making {
        IParticipantRegistry registry;
        address undertakings;
        address clearing;
        address settlement;
        uint32 bank;
        bytes3 currency;
        uint8 exponent;
    }

    uint32 private immutable _BANK;
    bytes3 private immutable _CURRENCY;
    uint8 private immutable _EXPONENT;
    address private immutable _UNDERTAKINGS;
    address private immutable _CLEARING;
    address private immutable _SETTLEMENT;

    mapping(Ground ground => mapping(bytes32 ref => bool)) private _used;

    constructor(string memory name_, string memory symbol_, Making memory making)
        ERC20(name_, symbol_)
        Participants(making.registry)
    {
        _BANK = making.bank;
        _CURRENCY = making.currency;
        _EXPONENT = making.exponent;
        _UNDERTAKINGS = making.undertakings;
        _CLEARING = making.clearing;
        _SETTLEMENT = making.settlement;
    }

    /// @inheritdoc IDepositToken
    /// @dev That two keys signed is the account's rule: this act is never listed as routine.
    function createByEntry(address to, uint128 amount, bytes32 ref) external {
        if (!_callerIs(_BANK)) revert DepositNotEntitled(msg.sender, Ground.Entry);
        _create(Ground.Entry, ref, to, amount);
    }

    /// @inheritdoc IDepositToken
    function createForUndertaking(address to, uint128 amount, bytes32 ref) external {
        if (msg.sender != _UNDERTAKINGS) revert DepositNotEntitled(msg.sender, Ground.Undertaking);
        _create(Ground.Undertaking, ref, to, amount);
    }

    /// @inheritdoc IDepositToken
    function createForPayment(address to, uint128 amount, bytes32 ref) external {
        if (msg.sender != _CLEARING) revert DepositNotEntitled(msg.sender, Ground.Payment);
        _create(Ground.Payment, ref, to, amount);
    }

    /// @inheritdoc IDepositToken
    /// @dev The reference is used up where the money is created, in the same transaction, so it destroys only once too.
    function destroyForPayment(address from, uint128 amount, bytes32 ref) external {
        if (msg.sender != _CLEARING) revert DepositNotEntitled(msg.sender, Ground.Payment);
        _requireNoMoratorium();
        _burn(from, amount);
        emit DepositDestroyed(Ground.Payment, ref, from, amount);
    }

    /// @inheritdoc ISettlementLeg
    /// @dev Money between holders is neither created nor destroyed, so a moratorium does not hold it back.
    function settleLeg(uint32 from, uint32 to, bytes32 item, uint128 amount) external {
        if (msg.sender != _SETTLEMENT) revert LegNotEntitled(msg.sender);
        if (item != 0) revert DepositItemUnknown(item);
        if (amount == 0) revert DepositAmountInvalid(amount);
        _transfer(_registry().accountOf(from), _registry().accountOf(to), amount);
    }

    /// @inheritdoc IDepositToken
    function bank() external view returns (uint32) {
        return _BANK;
    }

    /// @inheritdoc IDepositToken
    function currency() external view returns (bytes3) {
        return _CURRENCY;
    }

    /// @inheritdoc IDepositToken
    function referenceUsed(Ground ground, bytes32 ref) external view returns (bool) {
        return _used[ground][ref];
    }

    function undertakings() external view returns (address) {
        return _UNDERTAKINGS;
    }

    function clearing() external view returns (address) {
        return _CLEARING;
    }

    function settlement() external view returns (address) {
        return _SETTLEMENT;
    }

    function decimals() public view override(ERC20, IERC20Metadata) returns (uint8) {
        return _EXPONENT;
    }

    /// @dev The only way to new money.
    function _create(Ground ground, bytes32 ref, address to, uint128 amount) private {
        if (ref == 0) revert DepositReferenceMissing();
        if (amount == 0) revert DepositAmountInvalid(amount);
        if (_used[ground][ref]) revert DepositReferenceUsed(ground, ref);
        _requireNoMoratorium();
        _used[ground][ref] = true;
        _mint(to, amount);
        emit DepositCreated(ground, ref, to, amount);
    }

    function _requireNoMoratorium() private view {
        uint48 until = _registry().moratoriumUntil(_BANK);
        if (block.timestamp < until) revert DepositMoratorium(_BANK, until);
    }

    /// @dev Every movement passes here, creation too: money reaches only admitted accounts and contracts of the system.
    /// The giving side was admitted when it received, and admission does not end.
    function _update(address from, address to, uint256 value) internal override {
        if (to != address(0) && !_registry().mayHold(to)) revert DepositHolderNotAdmitted(to);
        super._update(from, to, value);
    }
}
