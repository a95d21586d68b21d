// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Documentary credits: issue, advice, and how much may still be drawn.
/// @notice A credit is the issuing bank's irrevocable promise (U02), not the applicant's money: the applicant has no
/// act here at all. Texts stay off the ledger; `termsCommitment` binds the parties to them.
interface ICredits {
    enum Status {
        None,
        Issued,
        Closed
    }

    /// @dev Advice of each advising bank (U15, U17).
    enum Advice {
        None,
        Advised,
        Declined
    }

    /// @dev How the credit is available (U10). Acceptance, negotiation and mixed payment are not built yet.
    enum Availability {
        Sight,
        Deferred
    }

    /// @dev Field 49 of the MT700 (U14).
    enum Confirmation {
        Without,
        MayAdd,
        Confirm
    }

    /// @param salt Makes the id: keccak256(abi.encode(chain id, this contract, issuing bank, salt)); a salt works once.
    /// @param confirmer Bank asked to confirm; 0 when confirmation is `Without`.
    /// @param nominatedBank Bank of field 41a; 0 for any bank. The credit is always also available with the issuer
    /// (U09).
    /// @param token Deposit token of the issuing bank; fixes the currency.
    /// @param tolerancePlus Percent over `amount` that may be drawn (39A).
    /// @param expiryDay Local day at the bank where the presentation is made (U12, U50).
    /// @param latestShipmentDay 0 when none is stated.
    /// @param presentationDays Days after shipment within which documents must be presented (U29); 0 when none.
    /// @param tenorDays For deferred payment: days after the banking day of presentation (U67).
    struct Terms {
        bytes32 salt;
        bytes32 termsCommitment;
        address token;
        uint128 amount;
        uint32 applicant;
        uint32 beneficiary;
        uint32 advisingBank;
        uint32 secondAdvisingBank;
        uint32 nominatedBank;
        uint32 confirmer;
        Confirmation confirmation;
        Availability availableBy;
        bool partialDrawings;
        uint8 tolerancePlus;
        uint8 toleranceMinus;
        uint32 expiryDay;
        uint32 latestShipmentDay;
        uint16 presentationDays;
        uint16 tenorDays;
    }

    /// @notice What the other contracts and readers need of a live credit.
    /// @param openPresentations Examinations that run: banks that must still decide. Documents that lie with a bank
    /// that is merely nominated are not counted, since that bank owes nobody an act (U25).
    struct Credit {
        bytes32 termsCommitment;
        address token;
        uint48 issuedAt;
        Status status;
        Availability availableBy;
        Confirmation confirmation;
        bool partialDrawings;
        uint128 amount;
        uint128 drawn;
        uint32 issuingBank;
        uint32 applicant;
        uint32 beneficiary;
        uint32 advisingBank;
        uint32 secondAdvisingBank;
        uint32 nominatedBank;
        uint32 confirmer;
        uint32 expiryDay;
        uint32 latestShipmentDay;
        uint16 presentationDays;
        uint16 tenorDays;
        uint8 tolerancePlus;
        uint8 toleranceMinus;
        Advice advice;
        Advice secondAdvice;
        uint16 openPresentations;
    }

    event CreditIssued(bytes32 indexed id, uint32 indexed issuingBank, uint32 indexed beneficiary, Terms terms);
    /// @param second True when the second advising bank advised (U15).
    event CreditAdvised(bytes32 indexed id, uint32 indexed bank, bool second, bytes32 termsCommitment);
    event AdviceDeclined(bytes32 indexed id, uint32 indexed bank, bool second, bytes32 reasonCommitment);
    event CreditDrawn(bytes32 indexed id, uint128 amount, uint128 drawn);
    event CreditClosed(bytes32 indexed id, uint128 undrawn);

    error CreditNotEntitled(bytes32 id, address caller);
    error CreditUnknown(bytes32 id);
    error CreditExists(bytes32 id);
    error CreditWrongStatus(bytes32 id, Status have, Status want);
    error CreditAdviceWrongState(bytes32 id, Advice have);
    /// @notice The terms that were advised are not the terms that were issued (U15).
    error CreditTermsDiffer(bytes32 id, bytes32 issued, bytes32 advised);
    /// @param field Name of the field that is missing or contradicts another.
    error CreditTermsInvalid(string field);
    error CreditPartyInactive(uint32 participant);
    error CreditAmountUnavailable(bytes32 id, uint128 asked, uint128 available);
    /// @notice Partial drawings are not allowed, and this is not the whole within the tolerance (U53, U54).
    error CreditPartialNotAllowed(bytes32 id, uint128 asked, uint128 least);
    /// @param closableFrom See {closableFrom}.
    error CreditNotExpired(bytes32 id, uint48 closableFrom);
    error CreditPresentationsOpen(bytes32 id, uint16 open);

    /// @notice Issues a credit. Only a bank, for itself, with its own deposit token (U01, U02, U10, U11, U12, U13).
    function issue(Terms calldata terms) external returns (bytes32 id);

    /// @notice The first advising bank, then the second, advises the terms it received; they must match (U15).
    function advise(bytes32 id, bytes32 termsCommitment) external;

    /// @notice An advising bank that will not advise, or cannot authenticate, says so (U17).
    function declineAdvice(bytes32 id, bytes32 reasonCommitment) external;

    /// @notice Ends an expired credit while no bank examines, and states what is undrawn. Open to every caller, not
    /// before {closableFrom}: it states what time has made true.
    /// @dev Closing bars new presentations and nothing else. Documents that were presented before, and that a nominated
    /// bank passes on only afterwards, are examined and drawn as if the credit were open: what is undrawn stays
    /// {available} to them, because the beneficiary has done its part (U09, U13, U58). Examinations that run must end
    /// first, and each can be ended by anyone when its time is over (U42), so no one can keep a credit open by
    /// inaction.
    function close(bytes32 id) external;

    /// @notice Only Presentations: a drawing was honoured, or a bank is precluded. Never above the limit (LC-2).
    function recordDrawing(bytes32 id, uint128 amount) external;

    /// @notice Only Presentations: a bank begins to examine.
    function presentationOpened(bytes32 id) external;

    /// @notice Only Presentations: a bank decided, or is precluded.
    function presentationDecided(bytes32 id) external;

    /// @dev Reverts with {CreditUnknown}.
    function credit(bytes32 id) external view returns (Credit memory);

    function creditId(uint32 issuingBank, bytes32 salt) external view returns (bytes32);

    /// @notice What may still be drawn: amount with the upper tolerance (floor, U51) less what was drawn. Nothing, once
    /// a credit that allows no partial drawings was drawn (U54).
    function available(bytes32 id) external view returns (uint128);

    /// @notice The least single drawing where partial drawings are not allowed: 39A's lower bound (ceiling), or
    /// 95 % of the amount where no tolerance is stated (U53). 0 where partial drawings are allowed.
    function leastDrawing(bytes32 id) external view returns (uint128);

    /// @notice First second after the last day on which documents may be presented at this bank: the expiry day,
    /// rolled to the next banking day there (U12, U50). What arrives after that bank's cut-off on the last day counts
    /// as the next day's and is late all the same (U57).
    function expiresAt(bytes32 id, uint32 bank) external view returns (uint48);

    /// @notice From when {close} is possible: thirty days after expiry at the issuing bank. Until then documents may
    /// still arrive that are in time because another bank's calendar rolled the expiry (U50), and late ones stay
    /// receivable until someone closes (U12).
    function closableFrom(bytes32 id) external view returns (uint48);

    /// @notice Reverts with the calendar's own error unless the bank's calendar speaks for every day that a duty under
    /// this credit may need: so that no bank escapes a duty by leaving its calendar unpublished.
    function assertCalendarCovers(bytes32 id, uint32 bank) external view;
}
