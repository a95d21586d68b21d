/** A guard of a contract, what removing it means, and the test that must then fail. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  readonly testFile: string;
  readonly test: string;
}

/** Removing any of these makes the named test fail (`npm run breaks`). */
export const guards: readonly Guard[] = [
  {
    name: "refusal ends with the bank's time (U42)",
    file: "contracts/credit/Presentations.sol",
    text: "if (_isOver(deadline)) revert ExaminationTimeOver(id, bank, deadline, uint48(block.timestamp));",
    replacement: "",
    testFile: "test/contracts/credit/Examine.t.sol",
    test: "test_U42_refusal_one_second_late_is_too_late",
  },
  {
    name: "preclusion waits for the bank's time (U28)",
    file: "contracts/credit/Presentations.sol",
    text: "if (!_isOver(deadline)) revert ExaminationTimeNotOver(id, bank, deadline, uint48(block.timestamp));",
    replacement: "",
    testFile: "test/contracts/credit/Examine.t.sol",
    test: "test_U42_a_silent_issuing_bank_is_precluded_from_the_first_second_after_its_time",
  },
  {
    name: "drawings stay within the credit (LC-2)",
    file: "contracts/credit/Credits.sol",
    text: "if (amount == 0 || amount > left) revert CreditAmountUnavailable(id, amount, left);",
    replacement: "left;",
    testFile: "test/contracts/credit/Issue.t.sol",
    test: "test_LC2_a_drawing_is_never_above_what_is_available_nor_empty",
  },
  {
    name: "advised terms are the issued terms (U15)",
    file: "contracts/credit/Credits.sol",
    text: "if (termsCommitment != issued) revert CreditTermsDiffer(id, issued, termsCommitment);",
    replacement: "issued;",
    testFile: "test/contracts/credit/Advice.t.sol",
    test: "test_U15_other_terms_than_issued_cannot_be_advised",
  },
  {
    name: "an undertaking is claimed when it is due (U67)",
    file: "contracts/credit/Undertakings.sol",
    text: "if (block.timestamp < u.dueAt) revert UndertakingNotDue(id, u.dueAt, uint48(block.timestamp));",
    replacement: "",
    testFile: "test/contracts/credit/Undertakings.t.sol",
    test: "test_nothing_is_claimed_before_it_is_due",
  },
  {
    name: "a reference creates money once (CASH-1)",
    file: "contracts/money/DepositToken.sol",
    text: "if (_used[ground][ref]) revert DepositReferenceUsed(ground, ref);",
    replacement: "",
    testFile: "test/contracts/money/DepositToken.t.sol",
    test: "test_CASH_1_a_reference_creates_money_once",
  },
  {
    name: "a bank's act carries two keys (AUTH-1)",
    file: "contracts/registry/AccountKeys.sol",
    text: "if (!signers.mayBind()) revert OrderNotAuthorised(have, Purposes.PROPOSE | Purposes.APPROVE, count, 2);",
    replacement: "signers; have; count;",
    testFile: "test/contracts/registry/ParticipantAccount.t.sol",
    test: "test_AUTH_1_a_proposal_alone_does_not_bind_a_bank",
  },
  {
    name: "no key signs twice (AUTH-1)",
    file: "contracts/registry/AccountKeys.sol",
    text: "if (id <= previous) revert OrderSignersNotAscending();",
    replacement: "",
    testFile: "test/contracts/registry/ParticipantAccount.t.sol",
    test: "test_AUTH_1_one_key_cannot_sign_twice",
  },
  {
    name: "an order works once (AUTH-1)",
    file: "contracts/registry/ParticipantAccount.sol",
    text: "_useCheckedNonce(address(this), order.nonce);",
    replacement: "",
    testFile: "test/contracts/registry/ParticipantAccount.t.sol",
    test: "test_bug_15_an_order_cannot_be_replayed",
  },
  {
    name: "a bank owes no more than its limit",
    file: "contracts/money/ClearingHouse.sol",
    text: "if (uint256(afterwards) > limit) {",
    replacement: "if (limit > type(uint128).max) {",
    testFile: "test/contracts/money/ClearingHouse.t.sol",
    test: "test_a_bank_owes_up_to_its_limit_and_not_one_minor_unit_more",
  },
  {
    name: "a moratorium holds back the bank's money",
    file: "contracts/money/DepositToken.sol",
    text: "if (block.timestamp < until) revert DepositMoratorium(_BANK, until);",
    replacement: "until;",
    testFile: "test/contracts/registry/Moratorium.t.sol",
    test: "test_CASH_1_under_a_moratorium_no_deposit_of_the_bank_is_created_on_any_ground",
  },
  {
    name: "a moratorium holds back payments out of the bank",
    file: "contracts/money/DepositToken.sol",
    text: "        _requireNoMoratorium();\n        _burn(from, amount);",
    replacement: "        _burn(from, amount);",
    testFile: "test/contracts/registry/Moratorium.t.sol",
    test: "test_CASH_1_under_a_moratorium_no_deposit_of_the_bank_is_created_on_any_ground",
  },
  {
    name: "every party consents to exactly this settlement (AUTH-1)",
    file: "contracts/settlement/AtomicSettlement.sol",
    text: "if (!SignatureChecker.isValidSignatureNowCalldata(accounts[i], id, consents[i])) {",
    replacement: "if (accounts[i] == address(0)) {",
    testFile: "test/contracts/settlement/Consents.t.sol",
    test: "test_AUTH_a_settlement_that_is_changed_after_a_consent_is_another",
  },
  {
    name: "a settlement is executed once (AUTH-1)",
    file: "contracts/settlement/AtomicSettlement.sol",
    text: "_statuses[id] = to;",
    replacement: "",
    testFile: "test/contracts/settlement/Settling.t.sol",
    test: "test_a_settlement_is_executed_once",
  },
  {
    name: "what a money leg moved is looked at (delta check, CASH-1)",
    file: "contracts/settlement/AtomicSettlement.sol",
    text: "if (given + leg.amount != before.given || before.taken + leg.amount != taken) {",
    replacement: "if (given + taken + leg.amount == 0) {",
    testFile: "test/contracts/settlement/Hostile.t.sol",
    test: "test_CASH_a_money_leg_takes_and_gives_exactly_the_amount",
  },
  {
    name: "only a settlement moves money without its holder's call",
    file: "contracts/money/DepositToken.sol",
    text: "if (msg.sender != _SETTLEMENT) revert LegNotEntitled(msg.sender);",
    replacement: "",
    testFile: "test/contracts/settlement/Consents.t.sol",
    test: "test_AUTH_nobody_but_the_settlement_contract_moves_a_leg",
  },
  {
    name: "only a settlement changes the holder of an undertaking",
    file: "contracts/credit/Undertakings.sol",
    text: "if (msg.sender != _SETTLEMENT) revert LegNotEntitled(msg.sender);",
    replacement: "",
    testFile: "test/contracts/settlement/Consents.t.sol",
    test: "test_AUTH_nobody_but_the_settlement_contract_moves_a_leg",
  },
  {
    name: "an escrow's terms cannot be exchanged",
    file: "contracts/escrow/TradeEscrow.sol",
    text: "if (have != want) revert EscrowTermsDiffer(id, have, want);",
    replacement: "want;",
    testFile: "test/contracts/escrow/Making.t.sol",
    test: "test_every_act_needs_exactly_the_terms_that_were_agreed",
  },
  {
    name: "the arbiter's time ends",
    file: "contracts/escrow/TradeEscrow.sol",
    text: "if (block.timestamp >= until) revert EscrowTimeOver(id, until, uint48(block.timestamp));",
    replacement: "",
    testFile: "test/contracts/escrow/Settling.t.sol",
    test: "test_the_arbiters_time_and_the_agreed_split_share_one_boundary",
  },
  {
    name: "a timed exit waits for its time",
    file: "contracts/escrow/TradeEscrow.sol",
    text: "if (block.timestamp < until) revert EscrowTimeNotOver(id, until, uint48(block.timestamp));",
    replacement: "",
    testFile: "test/contracts/escrow/Settling.t.sol",
    test: "test_an_undelivered_milestone_returns_to_the_buyer_when_its_time_is_over",
  },
];
