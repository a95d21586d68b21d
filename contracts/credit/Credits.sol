// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../interfaces/IBankingCalendar.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Credits
/// @notice See {ICredits}. Writes the status, the advice and the drawings of credits, and nothing else.
contract Credits is ICredits, Participants {
    /// @dev Longest time to expiry and longest tenor, in days: ten years.
    uint32 private constant _DAYS_MOST = 3653;
    /// @dev Days between expiry at the issuing bank and the first possible closing.
    uint32 private constant _CLOSING_DAYS = 30;
    /// @dev Days after expiry for which calendars must speak: until closing, and for an examination begun just before.
    uint32 private constant _CALENDAR_DAYS = 60;
    uint8 private constant _PERCENT_MOST = 100;

    IBankingCalendar private immutable _CALENDAR;
    IDepositTokenFactory private immutable _TOKEN_FACTORY;
    address private immutable _PRESENTATIONS;

    // slot 0: commitment · slot 1: token, time, kinds · slot 2: amount, drawn · slot 3: parties, expiry · slot 4: days,
    // tolerances, advice, count
    mapping(bytes32 id => Credit) private _credits;

    constructor(
        IParticipantRegistry registry_,
        IBankingCalendar calendar_,
        IDepositTokenFactory tokenFactory_,
        address presentations_
    ) Participants(registry_) {
        _CALENDAR = calendar_;
        _TOKEN_FACTORY = tokenFactory_;
        _PRESENTATIONS = presentations_;
    }

    modifier onlyPresentations(bytes32 id) {
        if (msg.sender != _PRESENTATIONS) revert CreditNotEntitled(id, msg.sender);
        _;
    }

    /// @inheritdoc ICredits
    function issue(Terms calldata terms) external returns (bytes32 id) {
        uint32 bank = _callerWith(Roles.BANK);
        id = _creditId(bank, terms.salt);
        if (bank == 0) revert CreditNotEntitled(id, msg.sender);
        if (!_registry().isActive(bank)) revert CreditPartyInactive(bank);
        if (_credits[id].status != Status.None) revert CreditExists(id);
        _checkParties(terms, bank);
        _checkMoney(terms, bank);
        _checkDays(terms, bank);
        _store(_credits[id], terms, bank);
        _transition(id, Status.None, Status.Issued);
        emit CreditIssued(id, bank, terms.beneficiary, terms);
    }

    /// @inheritdoc ICredits
    function advise(bytes32 id, bytes32 termsCommitment) external {
        (uint32 bank, bool second) = _adviser(id);
        bytes32 issued = _credits[id].termsCommitment;
        if (termsCommitment != issued) revert CreditTermsDiffer(id, issued, termsCommitment);
        _setAdvice(id, second, Advice.Advised);
        emit CreditAdvised(id, bank, second, termsCommitment);
    }

    /// @inheritdoc ICredits
    function declineAdvice(bytes32 id, bytes32 reasonCommitment) external {
        (uint32 bank, bool second) = _adviser(id);
        if (reasonCommitment == 0) revert CreditTermsInvalid("reasonCommitment");
        _setAdvice(id, second, Advice.Declined);
        emit AdviceDeclined(id, bank, second, reasonCommitment);
    }

    /// @inheritdoc ICredits
    function close(bytes32 id) external {
        Credit storage c = _known(id);
        _transition(id, Status.Issued, Status.Closed);
        uint48 from = _closableFrom(c);
        if (block.timestamp < from) revert CreditNotExpired(id, from);
        if (c.openPresentations != 0) revert CreditPresentationsOpen(id, c.openPresentations);
        emit CreditClosed(id, _available(c));
    }

    /// @inheritdoc ICredits
    function recordDrawing(bytes32 id, uint128 amount) external onlyPresentations(id) {
        Credit storage c = _known(id);
        uint128 left = _available(c);
        if (amount == 0 || amount > left) revert CreditAmountUnavailable(id, amount, left);
        uint128 drawn = c.drawn + amount;
        c.drawn = drawn;
        emit CreditDrawn(id, amount, drawn);
    }

    /// @inheritdoc ICredits
    function presentationOpened(bytes32 id) external onlyPresentations(id) {
        ++_known(id).openPresentations;
    }

    /// @inheritdoc ICredits
    function presentationDecided(bytes32 id) external onlyPresentations(id) {
        --_known(id).openPresentations;
    }

    /// @inheritdoc ICredits
    function credit(bytes32 id) external view returns (Credit memory) {
        return _known(id);
    }

    /// @inheritdoc ICredits
    function creditId(uint32 issuingBank, bytes32 salt) external view returns (bytes32) {
        return _creditId(issuingBank, salt);
    }

    /// @inheritdoc ICredits
    function available(bytes32 id) external view returns (uint128) {
        return _available(_known(id));
    }

    /// @inheritdoc ICredits
    function leastDrawing(bytes32 id) external view returns (uint128) {
        Credit storage c = _known(id);
        return c.partialDrawings ? 0 : Tolerance.lowerBound(c.amount, c.tolerancePlus, c.toleranceMinus);
    }

    /// @inheritdoc ICredits
    function expiresAt(bytes32 id, uint32 bank) external view returns (uint48) {
        return _expiresAt(_known(id), bank);
    }

    /// @inheritdoc ICredits
    function closableFrom(bytes32 id) external view returns (uint48) {
        return _closableFrom(_known(id));
    }

    /// @inheritdoc ICredits
    function assertCalendarCovers(bytes32 id, uint32 bank) external view {
        Credit storage c = _known(id);
        _requireCalendar(bank, c.expiryDay, c.tenorDays);
    }

    /// @dev Roles and relations of the parties (U03, U09, U14, U15). A bank may apply for itself, and may advise its
    /// own credit, so that one bank alone can serve two merchants.
    function _checkParties(Terms calldata terms, uint32 bank) private view {
        uint32 beneficiary = terms.beneficiary;
        if (beneficiary == bank || beneficiary == terms.applicant) revert CreditTermsInvalid("beneficiary");
        _checkParty(terms.applicant, Roles.MERCHANT | Roles.BANK, "applicant");
        _checkParty(beneficiary, Roles.MERCHANT | Roles.BANK, "beneficiary");
        _checkParty(terms.advisingBank, Roles.BANK, "advisingBank");
        if (terms.secondAdvisingBank != 0) {
            if (terms.secondAdvisingBank == terms.advisingBank) revert CreditTermsInvalid("secondAdvisingBank");
            _checkParty(terms.secondAdvisingBank, Roles.BANK, "secondAdvisingBank");
        }
        if (terms.nominatedBank != 0) _checkParty(terms.nominatedBank, Roles.BANK, "nominatedBank");
        // U14: a bank is asked exactly when field 49 asks.
        if ((terms.confirmation == Confirmation.Without) != (terms.confirmer == 0)) {
            revert CreditTermsInvalid("confirmation");
        }
        if (terms.confirmer != 0) {
            if (terms.confirmer == bank || terms.confirmer == beneficiary) revert CreditTermsInvalid("confirmer");
            _checkParty(terms.confirmer, Roles.BANK, "confirmer");
        }
    }

    /// @param roles Bit set of which the participant must have at least one.
    function _checkParty(uint32 id, uint32 roles, string memory field) private view {
        IParticipantRegistry parties = _registry();
        if (id == 0) revert CreditTermsInvalid(field);
        if (!parties.isActive(id)) revert CreditPartyInactive(id);
        if (!parties.hasRole(id, roles)) revert CreditTermsInvalid(field);
    }

    /// @dev The bank promises its own deposit money only (U13), and how the credit is available is stated (U10).
    function _checkMoney(Terms calldata terms, uint32 bank) private view {
        if (terms.termsCommitment == 0) revert CreditTermsInvalid("termsCommitment");
        (uint32 tokenIssuer,) = _TOKEN_FACTORY.issuerOf(terms.token);
        if (tokenIssuer != bank) revert CreditTermsInvalid("token");
        if (terms.tolerancePlus > _PERCENT_MOST) revert CreditTermsInvalid("tolerancePlus");
        if (terms.toleranceMinus > _PERCENT_MOST) revert CreditTermsInvalid("toleranceMinus");
        if (terms.amount == 0 || Tolerance.upperBound(terms.amount, terms.tolerancePlus) > type(uint128).max) {
            revert CreditTermsInvalid("amount");
        }
        bool deferred = terms.availableBy == Availability.Deferred;
        if (deferred != (terms.tenorDays != 0) || terms.tenorDays > _DAYS_MOST) revert CreditTermsInvalid("tenorDays");
    }

    /// @dev An expiry is stated (U12), not past at the issuing bank, and within what that bank's calendar covers.
    function _checkDays(Terms calldata terms, uint32 bank) private view {
        uint32 today = _CALENDAR.localDay(bank, uint48(block.timestamp));
        uint32 expiryDay = terms.expiryDay;
        if (expiryDay < today || expiryDay - today > _DAYS_MOST) revert CreditTermsInvalid("expiryDay");
        if (terms.latestShipmentDay > expiryDay) revert CreditTermsInvalid("latestShipmentDay");
        _requireCalendar(bank, expiryDay, terms.tenorDays);
    }

    function _store(Credit storage c, Terms calldata terms, uint32 bank) private {
        c.termsCommitment = terms.termsCommitment;
        c.token = terms.token;
        c.issuedAt = uint48(block.timestamp);
        c.availableBy = terms.availableBy;
        c.confirmation = terms.confirmation;
        c.partialDrawings = terms.partialDrawings;
        c.amount = terms.amount;
        c.issuingBank = bank;
        c.applicant = terms.applicant;
        c.beneficiary = terms.beneficiary;
        c.advisingBank = terms.advisingBank;
        c.secondAdvisingBank = terms.secondAdvisingBank;
        c.nominatedBank = terms.nominatedBank;
        c.confirmer = terms.confirmer;
        c.expiryDay = terms.expiryDay;
        c.latestShipmentDay = terms.latestShipmentDay;
        c.presentationDays = terms.presentationDays;
        c.tenorDays = terms.tenorDays;
        c.tolerancePlus = terms.tolerancePlus;
        c.toleranceMinus = terms.toleranceMinus;
    }

    /// @dev The calling advising bank, while the credit is issued; the second only once the first advised (U15).
    function _adviser(bytes32 id) private view returns (uint32 bank, bool second) {
        Credit storage c = _known(id);
        bank = _caller();
        second = bank == c.secondAdvisingBank;
        if (bank == 0 || (!second && bank != c.advisingBank)) revert CreditNotEntitled(id, msg.sender);
        if (c.status != Status.Issued) revert CreditWrongStatus(id, c.status, Status.Issued);
        if (second && c.advice != Advice.Advised) revert CreditAdviceWrongState(id, c.advice);
    }

    function _known(bytes32 id) private view returns (Credit storage c) {
        c = _credits[id];
        if (c.status == Status.None) revert CreditUnknown(id);
    }

    function _requireCalendar(uint32 bank, uint32 expiryDay, uint16 tenorDays) private view {
        // Whether the day is open does not matter; a day outside the published calendar reverts.
        _CALENDAR.isBankingDay(bank, expiryDay + _CALENDAR_DAYS + tenorDays);
    }

    function _available(Credit storage c) private view returns (uint128) {
        uint128 drawn = c.drawn;
        // U54: without partial drawings there is one drawing.
        if (drawn != 0 && !c.partialDrawings) return 0;
        // The upper bound was found to fit when the credit was issued.
        return uint128(Tolerance.upperBound(c.amount, c.tolerancePlus)) - drawn;
    }

    function _expiresAt(Credit storage c, uint32 bank) private view returns (uint48) {
        return _CALENDAR.endOfDay(bank, _CALENDAR.rollForward(bank, c.expiryDay));
    }

    function _closableFrom(Credit storage c) private view returns (uint48) {
        return _expiresAt(c, c.issuingBank) + uint48(_CLOSING_DAYS) * 1 days;
    }

    function _creditId(uint32 issuingBank, bytes32 salt) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), issuingBank, salt));
    }

    /// @dev The only writer of the status.
    function _transition(bytes32 id, Status from, Status to) private {
        Status have = _credits[id].status;
        if (have != from || !Transitions.allowed(Transitions.CREDIT, uint8(from), uint8(to))) {
            revert CreditWrongStatus(id, have, from);
        }
        _credits[id].status = to;
    }

    /// @dev The only writer of either advice.
    function _setAdvice(bytes32 id, bool second, Advice to) private {
        Credit storage c = _credits[id];
        Advice have = second ? c.secondAdvice : c.advice;
        if (!Transitions.allowed(Transitions.ADVICE, uint8(have), uint8(to))) revert CreditAdviceWrongState(id, have);
        if (second) c.secondAdvice = to;
        else c.advice = to;
    }
}
