// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {Confirmations} from "../../../contracts/credit/Confirmations.sol";
import {Credits} from "../../../contracts/credit/Credits.sol";
import {Presentations} from "../../../contracts/credit/Presentations.sol";
import {Undertakings} from "../../../contracts/credit/Undertakings.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @title The system with credits, their parties and their tokens.
/// @notice Times: the issuing bank is at UTC+1, the advising, nominated and confirming banks at UTC+8; all close at
/// weekends, and count what comes after 16:00 as the next banking day's.
abstract contract CreditSystem is System {
    /// @dev Friday, 60 days after {START_DAY}.
    uint32 internal constant EXPIRY_DAY = START_DAY + 60;
    uint128 internal constant AMOUNT = 100_000_00;
    bytes32 internal constant TERMS = keccak256("terms");
    bytes32 internal constant REASON = keccak256("reason");

    Credits internal credits;
    Confirmations internal confirmations;
    Presentations internal presentations;
    Undertakings internal undertakings;

    Party internal nominated;
    DepositToken internal issuerEur;
    DepositToken internal issuerUsd;
    DepositToken internal confirmerEur;
    DepositToken internal confirmerUsd;

    uint256 private _salt;

    function setUp() public virtual {
        deploySystem();
        nominated = admit("nominated", Roles.BANK);
        publishWeekends(nominated, 480);
        issuerEur = createToken(issuer, "EUR", 2);
        issuerUsd = createToken(issuer, "USD", 2);
        confirmerEur = createToken(confirmer, "EUR", 2);
        confirmerUsd = createToken(confirmer, "USD", 2);
    }

    function _deployDeals() internal override {
        bytes memory code = type(Credits).creationCode;
        credits = Credits(
            deploy(
                "Credits",
                abi.encodePacked(code, abi.encode(registry, calendar, tokenFactory, addressOf("Presentations")))
            )
        );
        code = type(Confirmations).creationCode;
        confirmations = Confirmations(
            deploy("Confirmations", abi.encodePacked(code, abi.encode(registry, credits, tokenFactory)))
        );
        code = type(Undertakings).creationCode;
        undertakings = Undertakings(
            deploy(
                "Undertakings",
                abi.encodePacked(
                    code,
                    abi.encode(registry, addressOf("Presentations"), clearing, addressOf("AtomicSettlement"))
                )
            )
        );
        code = type(Presentations).creationCode;
        presentations = Presentations(
            deploy(
                "Presentations",
                abi.encodePacked(code, abi.encode(registry, calendar, credits, confirmations, undertakings))
            )
        );
    }

    /// @notice A sight credit of {AMOUNT} EUR, 10 % more or less, partial drawings allowed, confirmation asked for,
    /// available with the nominated bank.
    function defaultTerms() internal view returns (ICredits.Terms memory terms) {
        terms.salt = "salt";
        terms.termsCommitment = TERMS;
        terms.token = address(issuerEur);
        terms.amount = AMOUNT;
        terms.applicant = buyer.id;
        terms.beneficiary = seller.id;
        terms.advisingBank = adviser.id;
        terms.nominatedBank = nominated.id;
        terms.confirmer = confirmer.id;
        terms.confirmation = ICredits.Confirmation.MayAdd;
        terms.partialDrawings = true;
        terms.tolerancePlus = 10;
        terms.toleranceMinus = 10;
        terms.expiryDay = EXPIRY_DAY;
        terms.latestShipmentDay = START_DAY + 39;
        terms.presentationDays = 21;
    }

    function unconfirmedTerms() internal view returns (ICredits.Terms memory terms) {
        terms = defaultTerms();
        terms.confirmer = 0;
        terms.confirmation = ICredits.Confirmation.Without;
    }

    function deferredTerms(uint16 tenorDays) internal view returns (ICredits.Terms memory terms) {
        terms = defaultTerms();
        terms.availableBy = ICredits.Availability.Deferred;
        terms.tenorDays = tenorDays;
    }

    function issue(ICredits.Terms memory terms) internal returns (bytes32 id) {
        vm.prank(issuer.account);
        return credits.issue(terms);
    }

    function confirm(bytes32 creditId) internal {
        vm.prank(confirmer.account);
        confirmations.add(creditId, address(confirmerEur));
    }

    function issueConfirmed() internal returns (bytes32 id) {
        id = issue(defaultTerms());
        confirm(id);
    }

    /// @notice A presentation of two documents, shipped ten days after {START_DAY}, with a salt of its own.
    function inputOf(bytes32 creditId, Party memory bank, uint128 amount)
        internal
        returns (IPresentations.PresentationInput memory input)
    {
        input.creditId = creditId;
        input.salt = bytes32(++_salt);
        input.bank = bank.id;
        input.amount = amount;
        input.shipmentDay = START_DAY + 10;
        input.documents = new bytes32[](2);
        input.documents[0] = keccak256("invoice");
        input.documents[1] = keccak256("bill of lading");
    }

    function present(IPresentations.PresentationInput memory input) internal returns (bytes32 id) {
        vm.prank(seller.account);
        return presentations.present(input);
    }

    function present(bytes32 creditId, Party memory bank, uint128 amount) internal returns (bytes32 id) {
        return present(inputOf(creditId, bank, amount));
    }

    function forward(bytes32 id, Party memory from, Party memory to) internal {
        vm.prank(from.account);
        presentations.forward(id, to.id);
    }

    function honour(bytes32 id, Party memory bank) internal returns (bytes32 undertakingId) {
        vm.prank(bank.account);
        return presentations.honour(id);
    }

    function discrepancies(uint256 count) internal pure returns (IPresentations.Discrepancy[] memory list) {
        list = new IPresentations.Discrepancy[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = IPresentations.Discrepancy("DOCM", 1, 14, keccak256("text"));
        }
    }

    function refuse(bytes32 id, Party memory bank) internal {
        vm.prank(bank.account);
        presentations.refuse(id, IPresentations.Disposal.Hold, discrepancies(1));
    }

    function preclude(bytes32 id, Party memory bank) internal returns (bytes32 undertakingId) {
        vm.prank(stranger);
        return presentations.assertPreclusion(id, bank.id);
    }

    function deadlineOf(bytes32 id, Party memory bank) internal view returns (uint48) {
        return presentations.examination(id, bank.id).deadline;
    }

    function decisionOf(bytes32 id, Party memory bank) internal view returns (IPresentations.Decision) {
        return presentations.examination(id, bank.id).decision;
    }

    function assertDecision(bytes32 id, Party memory bank, IPresentations.Decision want) internal view {
        assertEq(uint256(decisionOf(id, bank)), uint256(want), "decision");
    }

    function claim(bytes32 undertakingId, Party memory holder) internal {
        vm.prank(holder.account);
        undertakings.claim(undertakingId);
    }

    function suspend(Party memory party) internal {
        vm.prank(operator.account);
        registry.suspend(party.id, REASON);
    }

    /// @notice First second of the local day at UTC+8, where the nominated and the confirming bank are.
    function startEast(uint32 day) internal pure returns (uint48) {
        return uint48(day) * 1 days - 8 hours;
    }

    /// @notice First second of the local day at UTC+1, where the issuing bank is.
    function startWest(uint32 day) internal pure returns (uint48) {
        return uint48(day) * 1 days - 1 hours;
    }

    /// @notice Revert data of an error that carries a deal's id and the caller.
    function notEntitled(bytes4 selector, bytes32 id, address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, id, caller);
    }

    function wrongDecision(bytes32 id, Party memory bank, IPresentations.Decision have, IPresentations.Decision want)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IPresentations.ExaminationWrongState.selector, id, bank.id, have, want);
    }

    /// @notice As {publishWeekends}, with some more days closed.
    function publishClosing(Party memory bank, int16 offsetMinutes, uint32[] memory closed) internal {
        IBankingCalendar.OffsetChange[] memory offsets = new IBankingCalendar.OffsetChange[](1);
        offsets[0] = IBankingCalendar.OffsetChange(0, offsetMinutes);
        uint256[] memory words = weekendWords(START_WORD, 4);
        for (uint256 i = 0; i < closed.length; ++i) {
            words[closed[i] / 256 - START_WORD] |= 1 << (closed[i] % 256);
        }
        vm.prank(bank.account);
        calendar.publish(START_WORD, words, CUT_OFF, offsets);
    }

    function undertakingOf(bytes32 id) internal view returns (IUndertakings.Undertaking memory) {
        return undertakings.undertaking(id);
    }
}
