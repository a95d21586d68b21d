// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Enforcement} from "./Enforcement.sol";
import {EntryLimit} from "./EntryLimit.sol";
import {SignedTransfers} from "./SignedTransfers.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IEntryLimit} from "../interfaces/IEntryLimit.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ISettlementLeg} from "../interfaces/ISettlementLeg.sol";
import {Participants} from "../registry/Participants.sol";

/// @title DepositToken
/// @notice See {IDepositToken}. CASH-1: the supply is the sum of the references that created it less the sum of those
/// that destroyed it. No owner, no pause: only a moratorium holds back what a bank owes.
contract DepositToken is IDepositToken, SignedTransfers, Enforcement, EntryLimit {
    /// @param bank The bank that owes.
    /// @param exponent ISO 4217 exponent: an amount of 1 is the currency's smallest unit.
    /// @param entryLimit What the bank may create by its own entries in a day, minor units.
    /// @param undertakings The only contract that creates money for a due undertaking.
    /// @param clearing The only contract that creates and destroys money for payments between banks.
    /// @param redemptions The only contract that sets money aside and destroys it when the bank paid it out.
    /// @param settlement The only contract that moves money between holders by their signed consent.
    struct Making {
        IParticipantRegistry registry;
        address undertakings;
        address clearing;
        address redemptions;
        address settlement;
        uint32 bank;
        bytes3 currency;
        uint8 exponent;
        uint128 entryLimit;
    }

    /// @dev Stands in place of what was booked once the entry is reversed. No hash is 1.
    bytes32 private constant _REVERSED = bytes32(uint256(1));

    uint32 private immutable _BANK;
    bytes3 private immutable _CURRENCY;
    uint8 private immutable _EXPONENT;
    address private immutable _UNDERTAKINGS;
    address private immutable _CLEARING;
    address private immutable _REDEMPTIONS;
    address private immutable _SETTLEMENT;

    /// @dev What was booked under a reference, as a hash: it marks the reference used and says what a reversal must name.
    mapping(Ground ground => mapping(bytes32 ref => bytes32)) private _booked;

    constructor(string memory name_, string memory symbol_, Making memory making)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
        EntryLimit(making.entryLimit)
        Participants(making.registry)
    {
        _BANK = making.bank;
        _CURRENCY = making.currency;
        _EXPONENT = making.exponent;
        _UNDERTAKINGS = making.undertakings;
        _CLEARING = making.clearing;
        _REDEMPTIONS = making.redemptions;
        _SETTLEMENT = making.settlement;
    }

    /// @inheritdoc IDepositToken
    /// @dev That two keys signed is the account's rule: this act is never listed as routine.
    function createByEntry(address to, uint128 amount, bytes32 ref) external {
        if (!_callerIs(_BANK)) revert DepositNotEntitled(msg.sender, Ground.Entry);
        _spendEntryLimit(amount);
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
    function moveForCycle(address from, address to, uint256 amount) external {
        if (msg.sender != _CLEARING) revert DepositNotEntitled(msg.sender, Ground.Payment);
        _transfer(from, to, amount);
    }

    /// @inheritdoc IDepositToken
    /// @dev What the entry used of the limit stays used.
    function reverseEntry(bytes32 ref, address holder, uint128 amount, bytes32 contraRef) external {
        if (!_callerIs(_BANK)) revert DepositNotEntitled(msg.sender, Ground.Reversal);
        bytes32 booked = _booked[Ground.Entry][ref];
        if (booked == _REVERSED) revert EntryReversedBefore(ref);
        if (booked != _hashOf(holder, amount)) revert EntryUnknown(ref, holder, amount);
        _requireParticipant(holder);
        uint256 free = _unfrozen(holder);
        if (amount > free) revert EntryNotFree(ref, holder, amount, free);
        _requireNoMoratorium();
        _book(Ground.Reversal, contraRef, booked);
        _booked[Ground.Entry][ref] = _REVERSED;
        _burn(holder, amount);
        emit DepositDestroyed(Ground.Reversal, contraRef, holder, amount);
        emit EntryReversed(ref, contraRef, holder, amount);
    }

    /// @inheritdoc IDepositToken
    function setAside(address holder, uint128 amount) external {
        if (msg.sender != _REDEMPTIONS) revert DepositNotEntitled(msg.sender, Ground.Redemption);
        _transfer(holder, msg.sender, amount);
    }

    /// @inheritdoc IDepositToken
    /// @dev A redemption ends once, so its reference destroys once.
    function destroyForRedemption(uint128 amount, bytes32 ref) external {
        if (msg.sender != _REDEMPTIONS) revert DepositNotEntitled(msg.sender, Ground.Redemption);
        _requireNoMoratorium();
        _burn(msg.sender, amount);
        emit DepositDestroyed(Ground.Redemption, ref, msg.sender, amount);
    }

    /// @inheritdoc IEntryLimit
    function setEntryLimit(uint128 limit) external {
        if (!_callerIs(_BANK)) revert DepositNotEntitled(msg.sender, Ground.Entry);
        _setEntryLimit(limit);
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
        return _booked[ground][ref] != 0;
    }

    function undertakings() external view returns (address) {
        return _UNDERTAKINGS;
    }

    function clearing() external view returns (address) {
        return _CLEARING;
    }

    function redemptions() external view returns (address) {
        return _REDEMPTIONS;
    }

    function settlement() external view returns (address) {
        return _SETTLEMENT;
    }

    function decimals() public view override(ERC20, IERC20Metadata) returns (uint8) {
        return _EXPONENT;
    }

    /// @dev The only way to new money.
    function _create(Ground ground, bytes32 ref, address to, uint128 amount) private {
        if (amount == 0) revert DepositAmountInvalid(amount);
        _book(ground, ref, _hashOf(to, amount));
        _requireNoMoratorium();
        _mint(to, amount);
        emit DepositCreated(ground, ref, to, amount);
    }

    /// @dev A reference works once for its ground.
    function _book(Ground ground, bytes32 ref, bytes32 what) private {
        if (ref == 0) revert DepositReferenceMissing();
        if (_booked[ground][ref] != 0) revert DepositReferenceUsed(ground, ref);
        _booked[ground][ref] = what;
    }

    function _requireNoMoratorium() private view {
        uint48 until = _registry().moratoriumUntil(_BANK);
        if (block.timestamp < until) revert DepositMoratorium(_BANK, until);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, Enforcement) {
        super._update(from, to, value);
    }

    function _requireBank() internal view override {
        if (!_callerIs(_BANK)) revert EnforcementNotEntitled(msg.sender);
    }

    function _hashOf(address holder, uint128 amount) private pure returns (bytes32) {
        return keccak256(abi.encode(holder, amount));
    }
}
