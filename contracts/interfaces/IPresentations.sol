// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Presentation and examination of documents.
/// @notice The beneficiary presents to a bank that the credit allows. Each bank that must decide has its own clock of
/// five banking days (U28). It complies-and-honours in one act, or refuses with one structured notice (U40); when its
/// time is over without either, it is precluded, and anyone may say so with the same effect as compliance (U42).
/// Documents never reach the ledger: only commitments do.
interface IPresentations {
    /// @dev One per presentation and bank.
    enum Decision {
        None,
        Examining,
        Complying,
        Refused,
        Precluded
    }

    /// @dev U40 (c)(iii). Notify (hold until waiver) is for the issuing bank only.
    enum Disposal {
        Hold,
        Notify,
        Return,
        PreviousInstructions
    }

    /// @param kind Four-letter code of the fault, such as "DOCM" (document missing) or "LATE".
    /// @param document Index of the document in the presentation, from 1; 0 when it concerns none of them.
    /// @param article Article of the rules, such as 18.
    /// @param textCommitment Salted commitment of the wording that the bank gives off the ledger.
    struct Discrepancy {
        bytes4 kind;
        uint16 document;
        uint16 article;
        bytes32 textCommitment;
    }

    /// @param documents Salted commitment of each document, in order.
    /// @param shipmentDay Local day of shipment as the presenter states it; 0 when no transport document is asked for.
    /// @param replaces Refused presentation that this one cures; 0 for a first presentation.
    struct PresentationInput {
        bytes32 creditId;
        bytes32 salt;
        uint32 bank;
        uint128 amount;
        uint32 shipmentDay;
        bytes32 replaces;
        bytes32[] documents;
    }

    /// @param drawn What was drawn on the credit when the first bank's duty arose from it; 0 until then. Less than
    /// `amount` only where a precluded bank owes no more because the credit had no more (U42, U45).
    /// @param heldBy Bank that has the documents, as far as the ledger knows.
    /// @param presentedOn Banking day of presentation at the first bank (U57): base of the maturity of every bank
    /// (U67).
    /// @param late True when it reached the first bank after the credit's expiry there: a discrepancy, no bar (U12).
    /// @param latePeriod True when it reached the first bank after the presentation period (U29): likewise.
    /// @param lateShipment True when the stated shipment is after the latest shipment day (U29): likewise.
    /// @param replaced True once another presentation replaces it.
    struct Presentation {
        bytes32 creditId;
        bytes32 documentsRoot;
        bytes32 replaces;
        uint128 amount;
        uint128 drawn;
        uint48 presentedAt;
        uint32 presentedTo;
        uint32 heldBy;
        uint32 presentedOn;
        uint32 shipmentDay;
        uint16 documentCount;
        bool late;
        bool latePeriod;
        bool lateShipment;
        bool replaced;
    }

    /// @param receivedOn Banking day of receipt at that bank (U57).
    /// @param deadline First second at which the bank is precluded (U28, U42).
    /// @param decidedAt When the bank honoured or refused; its deadline when it was precluded; 0 while it examines.
    struct Examination {
        Decision decision;
        uint32 receivedOn;
        uint48 receivedAt;
        uint48 deadline;
        uint48 decidedAt;
    }

    event DocumentsPresented(
        bytes32 indexed id,
        bytes32 indexed creditId,
        uint32 indexed bank,
        Presentation presentation,
        bytes32[] documents
    );
    /// @notice A bank passed the documents on. The receiver's clock starts with its receipt, which is this act.
    event DocumentsForwarded(bytes32 indexed id, uint32 indexed from, uint32 indexed to);
    event ExaminationStarted(bytes32 indexed id, uint32 indexed bank, uint32 receivedOn, uint48 deadline);
    event PresentationHonoured(bytes32 indexed id, uint32 indexed bank, bytes32 undertakingId);
    event PresentationRefused(
        bytes32 indexed id, uint32 indexed bank, Disposal disposal, Discrepancy[] discrepancies
    );
    /// @param undertakingId 0 when nothing was left to draw on the credit.
    event BankPrecluded(bytes32 indexed id, uint32 indexed bank, bytes32 undertakingId);

    error PresentationNotEntitled(bytes32 id, address caller);
    error PresentationUnknown(bytes32 id);
    error PresentationExists(bytes32 id);
    error PresentationInvalid(string field);
    /// @notice The credit is not available with this bank (U09), or the bank is no stage of this presentation's way.
    error PresentationBankNotAllowed(bytes32 creditId, uint32 bank);
    error PresentationCreditNotLive(bytes32 creditId);
    error ExaminationWrongState(bytes32 id, uint32 bank, Decision have, Decision want);
    /// @notice The bank's time to decide is over: it is precluded (U42).
    error ExaminationTimeOver(bytes32 id, uint32 bank, uint48 deadline, uint48 time);
    error ExaminationTimeNotOver(bytes32 id, uint32 bank, uint48 deadline, uint48 time);
    /// @notice A notice of refusal names at least one discrepancy, at most 64, each with its code and the commitment of
    /// its wording, none of a document that was not presented (U40).
    error RefusalIncomplete(bytes32 id);
    /// @notice Hold-until-waiver is for the issuing bank only (U40).
    error RefusalDisposalNotAllowed(bytes32 id, uint32 bank, Disposal disposal);

    /// @notice The beneficiary presents documents to the issuing bank, the confirming bank, the nominated bank, or any
    /// bank where none is nominated (U09). After expiry it is recorded as late (U12). The issuing bank is bound from
    /// issue (U13), so advice is no condition.
    /// @dev Nothing is reserved: several presentations may together ask for more than is available, as on paper, and
    /// a beneficiary whose documents lie with an idle bank can present others. Each bank decides on each of them; what
    /// is available is tested again when a duty arises.
    /// @return id keccak256(abi.encode(chain id, this contract, credit id, salt)); a salt works once.
    function present(PresentationInput calldata input) external returns (bytes32 id);

    /// @notice The bank that has the documents passes them on: a nominated bank without acting on its nomination
    /// (U25) to the confirming bank, or where there is none to the issuing bank; a confirming bank that honoured or is
    /// precluded, to the issuing bank. Starts the receiver's clock (U28). Possible after the credit was closed.
    /// @dev A bank that took the documents as merely nominated stays so for this presentation, even if it confirms
    /// later: it forwards to the issuing bank, or the beneficiary presents to it again.
    function forward(bytes32 id, uint32 to) external;

    /// @notice The bank determines that the presentation complies and honours it, in one act (U38): its undertaking
    /// arises, due at once (sight) or at maturity (deferred, U67). Possible after its deadline too: that is what
    /// preclusion amounts to.
    /// @dev The issuing bank's undertaking is towards the confirming bank when that one honoured or is precluded on
    /// this presentation, for what was drawn then; otherwise towards the beneficiary.
    function honour(bytes32 id) external returns (bytes32 undertakingId);

    /// @notice One notice: refusing, every discrepancy, and what becomes of the documents (U40). A second reverts.
    function refuse(bytes32 id, Disposal disposal, Discrepancy[] calldata discrepancies) external;

    /// @notice The bank's time is over without decision: it is precluded from claiming that the presentation does not
    /// comply, and its undertaking arises (U42). Open to every caller.
    /// @return undertakingId 0 when nothing was left to draw: preclusion cures documents, it does not raise the credit
    /// (U45). What is left is owed if it is less than the amount presented.
    function assertPreclusion(bytes32 id, uint32 bank) external returns (bytes32 undertakingId);

    /// @dev Reverts with {PresentationUnknown}.
    function presentation(bytes32 id) external view returns (Presentation memory);

    function examination(bytes32 id, uint32 bank) external view returns (Examination memory);

    function presentationId(bytes32 creditId, bytes32 salt) external view returns (bytes32);
}
