// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConfirmations} from "../interfaces/IConfirmations.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Confirmations
/// @notice See {IConfirmations}. Writes each credit's confirmation, and nothing else. What was added cannot be taken
/// back (U14).
contract Confirmations is IConfirmations, Participants {
    ICredits private immutable _CREDITS;
    IDepositTokenFactory private immutable _TOKEN_FACTORY;

    // slot 0: status, bank, time, token
    mapping(bytes32 creditId => ConfirmationRecord) private _confirmations;

    constructor(IParticipantRegistry registry_, ICredits credits_, IDepositTokenFactory tokenFactory_)
        Participants(registry_)
    {
        _CREDITS = credits_;
        _TOKEN_FACTORY = tokenFactory_;
    }

    /// @inheritdoc IConfirmations
    function add(bytes32 creditId, address token) external {
        ICredits.Credit memory c = _answer(creditId, Status.Added);
        uint32 bank = c.confirmer;
        if (!_registry().isActive(bank)) revert ConfirmationPartyInactive(bank);
        (uint32 tokenIssuer, bytes3 currency) = _TOKEN_FACTORY.issuerOf(token);
        (, bytes3 creditCurrency) = _TOKEN_FACTORY.issuerOf(c.token);
        if (tokenIssuer != bank || currency != creditCurrency) revert ConfirmationTokenInvalid(creditId, token);
        _CREDITS.assertCalendarCovers(creditId, bank);
        _confirmations[creditId].token = token;
        emit ConfirmationAdded(creditId, bank, token);
    }

    /// @inheritdoc IConfirmations
    function decline(bytes32 creditId, bytes32 reasonCommitment) external {
        ICredits.Credit memory c = _answer(creditId, Status.Declined);
        if (reasonCommitment == 0) revert ConfirmationReasonMissing(creditId);
        emit ConfirmationDeclined(creditId, c.confirmer, reasonCommitment);
    }

    /// @inheritdoc IConfirmations
    function confirmation(bytes32 creditId) external view returns (ConfirmationRecord memory) {
        return _confirmations[creditId];
    }

    /// @inheritdoc IConfirmations
    function confirmerOf(bytes32 creditId) external view returns (uint32 bank, address token) {
        ConfirmationRecord storage r = _confirmations[creditId];
        if (r.status == Status.Added) return (r.bank, r.token);
    }

    /// @dev The bank that was asked answers, once, while the credit is live at its place.
    function _answer(bytes32 creditId, Status to) private returns (ICredits.Credit memory c) {
        c = _CREDITS.credit(creditId);
        uint32 bank = _caller();
        if (bank != 0 && c.confirmer == 0) revert ConfirmationNotAsked(creditId);
        if (bank == 0 || bank != c.confirmer) revert ConfirmationNotEntitled(creditId, msg.sender);
        _transition(creditId, bank, to);
        if (c.status != ICredits.Status.Issued || block.timestamp >= _CREDITS.expiresAt(creditId, bank)) {
            revert ConfirmationCreditNotLive(creditId);
        }
    }

    /// @dev The only writer of the status.
    function _transition(bytes32 creditId, uint32 bank, Status to) private {
        ConfirmationRecord storage r = _confirmations[creditId];
        Status have = r.status;
        if (!Transitions.allowed(Transitions.CONFIRMATION, uint8(have), uint8(to))) {
            revert ConfirmationWrongState(creditId, have);
        }
        r.status = to;
        r.bank = bank;
        r.answeredAt = uint48(block.timestamp);
    }
}
