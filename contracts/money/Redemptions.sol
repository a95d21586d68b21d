// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../interfaces/IBankingCalendar.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {IRedemptions} from "../interfaces/IRedemptions.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Redemptions
/// @notice See {IRedemptions}. A contract of the system: what it keeps is never frozen nor moved by force, and is at
/// least the sum of what is requested.
/// @dev Calls only tokens of the factory, which call nobody back. Money leaves after the status says so.
contract Redemptions is IRedemptions, Participants {
    /// @dev Banking days in which a bank pays.
    uint32 private constant _PAYMENT_DAYS = 2;

    IDepositTokenFactory private immutable _FACTORY;
    IBankingCalendar private immutable _CALENDAR;

    // slot 0: token, holder, dueAt, status · slot 1: amount, bank
    mapping(bytes32 id => Redemption) private _redemptions;

    constructor(IParticipantRegistry registry_, IDepositTokenFactory factory_, IBankingCalendar calendar_)
        Participants(registry_)
    {
        _FACTORY = factory_;
        _CALENDAR = calendar_;
    }

    /// @inheritdoc IRedemptions
    function request(address token, uint128 amount, bytes32 ref) external returns (bytes32 id) {
        uint32 holder = _caller();
        id = _redemptionId(holder, token, ref);
        if (holder == 0) revert RedemptionNotEntitled(id, msg.sender);
        (uint32 bank,) = _FACTORY.issuerOf(token);
        if (bank == 0) revert RedemptionTokenUnknown(token);
        if (amount == 0) revert RedemptionAmountInvalid(amount);
        if (ref == 0) revert RedemptionReferenceMissing();
        Redemption storage r = _redemptions[id];
        if (r.status != Status.None) revert RedemptionExists(id);
        r.token = token;
        r.holder = holder;
        r.dueAt = _dueAt(bank);
        r.amount = amount;
        r.bank = bank;
        _transition(id, Status.None, Status.Requested);
        emit RedemptionRequested(id, bank, holder, ref, r);
        // The caller is the holder's account: nobody's money but its own is set aside.
        IDepositToken(token).setAside(msg.sender, amount);
    }

    /// @inheritdoc IRedemptions
    function withdraw(bytes32 id) external {
        Redemption storage r = _known(id);
        if (!_callerIs(r.holder)) revert RedemptionNotEntitled(id, msg.sender);
        _transition(id, Status.Requested, Status.Withdrawn);
        emit RedemptionWithdrawn(id, r.bank, r.holder);
        _return(r);
    }

    /// @inheritdoc IRedemptions
    function confirm(bytes32 id, bytes32 payoutRef) external {
        Redemption storage r = _known(id);
        if (!_callerIs(r.bank)) revert RedemptionNotEntitled(id, msg.sender);
        if (payoutRef == 0) revert RedemptionReferenceMissing();
        _transition(id, Status.Requested, Status.Paid);
        emit RedemptionPaid(id, r.bank, r.holder, payoutRef);
        IDepositToken(r.token).destroyForRedemption(r.amount, id);
    }

    /// @inheritdoc IRedemptions
    function giveBack(bytes32 id, bytes32 reasonHash) external {
        Redemption storage r = _known(id);
        if (!_callerIs(r.bank)) revert RedemptionNotEntitled(id, msg.sender);
        if (reasonHash == 0) revert RedemptionReasonMissing(id);
        _transition(id, Status.Requested, Status.GivenBack);
        emit RedemptionGivenBack(id, r.bank, r.holder, reasonHash);
        _return(r);
    }

    /// @inheritdoc IRedemptions
    function redemption(bytes32 id) external view returns (Redemption memory) {
        return _known(id);
    }

    /// @inheritdoc IRedemptions
    function isOverdue(bytes32 id) external view returns (bool) {
        Redemption storage r = _known(id);
        return r.status == Status.Requested && block.timestamp >= r.dueAt;
    }

    /// @inheritdoc IRedemptions
    function redemptionId(uint32 holder, address token, bytes32 ref) external pure returns (bytes32) {
        return _redemptionId(holder, token, ref);
    }

    /// @dev Every participant may hold money, so nothing stands in the way.
    function _return(Redemption storage r) private {
        // A deposit token reverts where it does not move the money; it never answers false.
        IDepositToken(r.token).transfer(_registry().accountOf(r.holder), r.amount);
    }

    /// @dev A bank that publishes no calendar, or lets it run out, stops no redemption and gains no time.
    function _dueAt(uint32 bank) private view returns (uint48) {
        try _CALENDAR.periodFrom(bank, uint48(block.timestamp), _PAYMENT_DAYS) returns (uint32, uint48 over) {
            return over;
        } catch (bytes memory reason) {
            // Nothing else is let through: with too little gas a caller could shorten the bank's time.
            if (bytes4(reason) != IBankingCalendar.CalendarNotPublished.selector) revert RedemptionDueUnknown(bank);
            return uint48(block.timestamp + _PAYMENT_DAYS * 1 days);
        }
    }

    function _known(bytes32 id) private view returns (Redemption storage r) {
        r = _redemptions[id];
        if (r.status == Status.None) revert RedemptionUnknown(id);
    }

    function _redemptionId(uint32 holder, address token, bytes32 ref) private pure returns (bytes32) {
        return keccak256(abi.encode(holder, token, ref));
    }

    /// @dev The only writer of the status.
    function _transition(bytes32 id, Status from, Status to) private {
        Status have = _redemptions[id].status;
        if (have != from || !Transitions.allowed(Transitions.REDEMPTION, uint8(from), uint8(to))) {
            revert RedemptionWrongStatus(id, have, from);
        }
        _redemptions[id].status = to;
    }
}
