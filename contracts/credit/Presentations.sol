// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../interfaces/IBankingCalendar.sol";
import {IConfirmations} from "../interfaces/IConfirmations.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {IPresentations} from "../interfaces/IPresentations.sol";
import {IUndertakings} from "../interfaces/IUndertakings.sol";
import {Roles} from "../libraries/Roles.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Presentations
/// @notice See {IPresentations}. Writes presentations and examinations, and nothing else: what a decision draws is
/// written by Credits, and what a bank then owes by Undertakings, at the word of this contract.
contract Presentations is IPresentations, Participants {
    uint256 private constant _DOCUMENTS_MOST = 32;
    uint256 private constant _DISCREPANCIES_MOST = 64;
    /// @dev No bank is closed for longer at a stretch. A last day that lies further back is missed without asking the
    /// calendar, which need not reach back that far.
    uint32 private constant _CLOSED_DAYS_MOST = 366;

    IBankingCalendar private immutable _CALENDAR;
    ICredits private immutable _CREDITS;
    IConfirmations private immutable _CONFIRMATIONS;
    IUndertakings private immutable _UNDERTAKINGS;

    // slot 0: credit · slot 1: documents · slot 2: replaces, unwritten for a first presentation · slot 3: amount, drawn
    // · slot 4: time, banks, days, count, flags
    mapping(bytes32 id => Presentation) private _presentations;
    // slot 0: decision, day, times; one for each bank that must decide
    mapping(bytes32 id => mapping(uint32 bank => Examination)) private _examinations;

    constructor(
        IParticipantRegistry registry_,
        IBankingCalendar calendar_,
        ICredits credits_,
        IConfirmations confirmations_,
        IUndertakings undertakings_
    ) Participants(registry_) {
        _CALENDAR = calendar_;
        _CREDITS = credits_;
        _CONFIRMATIONS = confirmations_;
        _UNDERTAKINGS = undertakings_;
    }

    /// @inheritdoc IPresentations
    function present(PresentationInput calldata input) external returns (bytes32 id) {
        id = _presentationId(input.creditId, input.salt);
        ICredits.Credit memory c = _CREDITS.credit(input.creditId);
        if (!_callerIs(c.beneficiary)) revert PresentationNotEntitled(id, msg.sender);
        if (_presentations[id].presentedAt != 0) revert PresentationExists(id);
        if (c.status != ICredits.Status.Issued) revert PresentationCreditNotLive(input.creditId);
        bool mustDecide = _checkBank(input, c);
        _checkAmount(input);
        _checkDocuments(input.documents);
        if (input.replaces != 0) _replace(input);
        (uint32 receivedOn, uint48 deadline) = _receipt(input.bank, mustDecide);
        _record(id, input, c, receivedOn);
        emit DocumentsPresented(id, input.creditId, input.bank, _presentations[id], input.documents);
        if (mustDecide) _startExamination(id, input.bank, receivedOn, deadline);
    }

    /// @inheritdoc IPresentations
    function forward(bytes32 id, uint32 to) external {
        Presentation storage p = _known(id);
        bytes32 creditId = p.creditId;
        uint32 from = _caller();
        uint32 issuingBank = _CREDITS.credit(creditId).issuingBank;
        if (from == 0 || from != p.heldBy || from == issuingBank) revert PresentationNotEntitled(id, msg.sender);
        if (to != _nextBank(id, creditId, from, issuingBank)) revert PresentationBankNotAllowed(creditId, to);
        p.heldBy = to;
        emit DocumentsForwarded(id, from, to);
        (uint32 receivedOn, uint48 deadline) = _receipt(to, true);
        _startExamination(id, to, receivedOn, deadline);
    }

    /// @inheritdoc IPresentations
    function honour(bytes32 id) external returns (bytes32 undertakingId) {
        Presentation storage p = _known(id);
        uint32 bank = _examiner(id);
        uint48 time = uint48(block.timestamp);
        uint48 deadline = _examinations[id][bank].deadline;
        _decide(id, bank, Decision.Complying, time);
        if (p.drawn == 0) _draw(p, p.amount);
        undertakingId = _undertake(id, bank, time < deadline ? time : deadline);
        emit PresentationHonoured(id, bank, undertakingId);
    }

    /// @inheritdoc IPresentations
    function refuse(bytes32 id, Disposal disposal, Discrepancy[] calldata discrepancies) external {
        Presentation storage p = _known(id);
        uint32 bank = _examiner(id);
        uint48 deadline = _examinations[id][bank].deadline;
        _decide(id, bank, Decision.Refused, uint48(block.timestamp));
        if (_isOver(deadline)) revert ExaminationTimeOver(id, bank, deadline, uint48(block.timestamp));
        if (disposal == Disposal.Notify && bank != _CREDITS.credit(p.creditId).issuingBank) {
            revert RefusalDisposalNotAllowed(id, bank, disposal);
        }
        _checkDiscrepancies(id, p.documentCount, discrepancies);
        emit PresentationRefused(id, bank, disposal, discrepancies);
    }

    /// @inheritdoc IPresentations
    function assertPreclusion(bytes32 id, uint32 bank) external returns (bytes32 undertakingId) {
        Presentation storage p = _known(id);
        uint48 deadline = _examinations[id][bank].deadline;
        _decide(id, bank, Decision.Precluded, deadline);
        if (!_isOver(deadline)) revert ExaminationTimeNotOver(id, bank, deadline, uint48(block.timestamp));
        if (p.drawn == 0) {
            uint128 left = _CREDITS.available(p.creditId);
            if (left != 0) _draw(p, left < p.amount ? left : p.amount);
        }
        if (p.drawn != 0) undertakingId = _undertake(id, bank, deadline);
        emit BankPrecluded(id, bank, undertakingId);
    }

    /// @inheritdoc IPresentations
    function presentation(bytes32 id) external view returns (Presentation memory) {
        return _known(id);
    }

    /// @inheritdoc IPresentations
    function examination(bytes32 id, uint32 bank) external view returns (Examination memory) {
        return _examinations[id][bank];
    }

    /// @inheritdoc IPresentations
    function presentationId(bytes32 creditId, bytes32 salt) external view returns (bytes32) {
        return _presentationId(creditId, salt);
    }

    /// @dev A credit is available with the issuing bank always, with the confirming and the nominated bank, and with
    /// any bank where none is nominated (U09).
    /// @return mustDecide True for the banks that examine: issuing and confirming. One that is merely nominated owes
    /// nothing by receipt (U25) and cannot be precluded (U42).
    function _checkBank(PresentationInput calldata input, ICredits.Credit memory c)
        private
        view
        returns (bool mustDecide)
    {
        uint32 bank = input.bank;
        (uint32 confirmer,) = _CONFIRMATIONS.confirmerOf(input.creditId);
        if (bank != 0 && (bank == c.issuingBank || bank == confirmer)) return true;
        bool allowed = c.nominatedBank == 0 ? _mayEnter(bank, Roles.BANK) : bank == c.nominatedBank;
        if (!allowed) revert PresentationBankNotAllowed(input.creditId, bank);
    }

    function _checkAmount(PresentationInput calldata input) private view {
        if (input.amount == 0) revert PresentationInvalid("amount");
        uint128 left = _CREDITS.available(input.creditId);
        if (input.amount > left) revert ICredits.CreditAmountUnavailable(input.creditId, input.amount, left);
        uint128 least = _CREDITS.leastDrawing(input.creditId);
        if (input.amount < least) revert ICredits.CreditPartialNotAllowed(input.creditId, input.amount, least);
    }

    function _checkDocuments(bytes32[] calldata documents) private pure {
        uint256 count = documents.length;
        if (count == 0 || count > _DOCUMENTS_MOST) revert PresentationInvalid("documents");
        for (uint256 i = 0; i < count; ++i) {
            if (documents[i] == 0) revert PresentationInvalid("documents");
        }
    }

    /// @dev A cure replaces one refused presentation of the same credit, once; its own clock starts anew (U40).
    function _replace(PresentationInput calldata input) private {
        Presentation storage old = _presentations[input.replaces];
        bool fits = old.creditId == input.creditId && old.drawn == 0 && !old.replaced
            && _examinations[input.replaces][old.heldBy].decision == Decision.Refused;
        if (!fits) revert PresentationInvalid("replaces");
        old.replaced = true;
    }

    /// @dev The banking day on which what comes now counts as received (U57); for a bank that must decide also its
    /// deadline (U28), otherwise 0.
    function _receipt(uint32 bank, bool mustDecide) private view returns (uint32 receivedOn, uint48 deadline) {
        if (mustDecide) return _CALENDAR.examinationPeriod(bank, uint48(block.timestamp));
        receivedOn = _CALENDAR.presentationDay(bank, uint48(block.timestamp));
    }

    /// @dev Lateness is a discrepancy that the record states and a bank may raise, never a bar (U12, U29).
    function _record(bytes32 id, PresentationInput calldata input, ICredits.Credit memory c, uint32 today) private {
        Presentation storage p = _presentations[id];
        p.creditId = input.creditId;
        p.documentsRoot = keccak256(abi.encode(input.documents));
        if (input.replaces != 0) p.replaces = input.replaces;
        p.amount = input.amount;
        p.presentedAt = uint48(block.timestamp);
        p.presentedTo = input.bank;
        p.heldBy = input.bank;
        p.presentedOn = today;
        p.shipmentDay = input.shipmentDay;
        p.documentCount = uint16(input.documents.length);
        p.late = _isMissed(input.bank, today, c.expiryDay);
        if (input.shipmentDay != 0) {
            p.latePeriod = c.presentationDays != 0
                && _isMissed(input.bank, today, uint256(input.shipmentDay) + c.presentationDays);
            p.lateShipment = c.latestShipmentDay != 0 && input.shipmentDay > c.latestShipmentDay;
        }
    }

    /// @dev True when the banking day is after the last day, rolled to a banking day at this bank (U50).
    function _isMissed(uint32 bank, uint32 today, uint256 lastDay) private view returns (bool) {
        if (today <= lastDay) return false;
        if (today - lastDay > _CLOSED_DAYS_MOST) return true;
        return today > _CALENDAR.rollForward(bank, uint32(lastDay));
    }

    /// @dev Where the documents go from here: from the first bank to the confirming bank, else to the issuing bank.
    function _nextBank(bytes32 id, bytes32 creditId, uint32 from, uint32 issuingBank) private view returns (uint32) {
        Decision have = _examinations[id][from].decision;
        if (have == Decision.None) {
            (uint32 confirmer,) = _CONFIRMATIONS.confirmerOf(creditId);
            return confirmer == 0 || confirmer == from ? issuingBank : confirmer;
        }
        if (!_hasDuty(have)) revert ExaminationWrongState(id, from, have, Decision.Complying);
        return issuingBank;
    }

    function _checkDiscrepancies(bytes32 id, uint16 documentCount, Discrepancy[] calldata discrepancies) private pure {
        uint256 count = discrepancies.length;
        if (count == 0 || count > _DISCREPANCIES_MOST) revert RefusalIncomplete(id);
        for (uint256 i = 0; i < count; ++i) {
            Discrepancy calldata d = discrepancies[i];
            if (d.kind == 0 || d.textCommitment == 0 || d.document > documentCount) revert RefusalIncomplete(id);
        }
    }

    function _startExamination(bytes32 id, uint32 bank, uint32 receivedOn, uint48 deadline) private {
        _transition(id, bank, Decision.None, Decision.Examining);
        Examination storage e = _examinations[id][bank];
        e.receivedOn = receivedOn;
        e.receivedAt = uint48(block.timestamp);
        e.deadline = deadline;
        _CREDITS.presentationOpened(_presentations[id].creditId);
        emit ExaminationStarted(id, bank, receivedOn, deadline);
    }

    /// @dev The calling bank, which must have been given this presentation to decide.
    function _examiner(bytes32 id) private view returns (uint32 bank) {
        bank = _caller();
        if (_examinations[id][bank].decision == Decision.None) revert PresentationNotEntitled(id, msg.sender);
    }

    function _decide(bytes32 id, uint32 bank, Decision decision, uint48 time) private {
        _transition(id, bank, Decision.Examining, decision);
        _examinations[id][bank].decidedAt = time;
        _CREDITS.presentationDecided(_presentations[id].creditId);
    }

    /// @dev A presentation is drawn once, when the first bank's duty arises from it. What the issuing bank then owes
    /// the confirming bank is the same drawing and is not drawn again (LC-2 counts per obligor).
    function _draw(Presentation storage p, uint128 amount) private {
        p.drawn = amount;
        _CREDITS.recordDrawing(p.creditId, amount);
    }

    /// @param since When the bank's duty arose: a sight undertaking is due from then.
    function _undertake(bytes32 id, uint32 bank, uint48 since) private returns (bytes32) {
        Presentation storage p = _presentations[id];
        bytes32 creditId = p.creditId;
        ICredits.Credit memory c = _CREDITS.credit(creditId);
        (uint32 confirmer, address confirmerToken) = _CONFIRMATIONS.confirmerOf(creditId);
        IUndertakings.Undertaking memory u;
        u.creditId = creditId;
        u.presentationId = id;
        u.token = c.token;
        u.obligor = bank;
        u.holder = c.beneficiary;
        u.amount = p.drawn;
        if (bank != c.issuingBank) {
            u.token = confirmerToken;
        } else if (_hasDuty(_examinations[id][confirmer].decision)) {
            // Nobody is bank 0, so an unconfirmed credit has no such decision.
            u.holder = confirmer;
        }
        bool sight = c.availableBy == ICredits.Availability.Sight;
        u.dueAt = sight ? since : _maturity(bank, p.presentedOn, c.tenorDays);
        return _UNDERTAKINGS.create(u);
    }

    function _hasDuty(Decision decision) private pure returns (bool) {
        return decision == Decision.Complying || decision == Decision.Precluded;
    }

    /// @dev Counted from the banking day of presentation for every bank, and rolled on the obligor's own calendar
    /// (U67): neither a slow forwarder nor a discount moves what the issuing bank owes.
    function _maturity(uint32 bank, uint32 presentedOn, uint16 tenorDays) private view returns (uint48) {
        return _CALENDAR.startOfDay(bank, _CALENDAR.rollForward(bank, presentedOn + tenorDays));
    }

    /// @dev The one boundary of refusal and preclusion: from this second on refusing is over and preclusion holds
    /// (U42).
    function _isOver(uint48 deadline) private view returns (bool) {
        return block.timestamp >= deadline;
    }

    function _known(bytes32 id) private view returns (Presentation storage p) {
        p = _presentations[id];
        if (p.presentedAt == 0) revert PresentationUnknown(id);
    }

    function _presentationId(bytes32 creditId, bytes32 salt) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), creditId, salt));
    }

    /// @dev The only writer of a decision.
    function _transition(bytes32 id, uint32 bank, Decision from, Decision to) private {
        Examination storage e = _examinations[id][bank];
        Decision have = e.decision;
        if (have != from || !Transitions.allowed(Transitions.DECISION, uint8(from), uint8(to))) {
            revert ExaminationWrongState(id, bank, have, from);
        }
        e.decision = to;
    }
}
