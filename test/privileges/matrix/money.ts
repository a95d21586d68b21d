import { id as hashOf } from "ethers";
import { banks, type CallerName, currency, type PartyName, partyNames, perform, type World } from "../cast.ts";
import { type Row, row } from "../row.ts";
import { undelegated } from "../scenarios/delegated.ts";
import { making, redemptionAsked } from "../scenarios/money.ts";
import { admittedOnly, funded, joined, limited, type Purse, ready } from "../scenarios/ready.ts";

const at = (purse: Purse) => purse.token;
const exporterAccount = (world: World) => world.parties.exporter.account;

/** The importer lets the exporter take its money. */
async function allowed(world: World): Promise<Purse> {
  const purse = await funded(world);
  const args = [exporterAccount(world), purse.amount];
  await perform(world, "importer", { contract: "DepositToken", fn: "approve", args, at: purse.token });
  return purse;
}

const isBank = (caller: CallerName) => caller === "suspendedBank" || banks.includes(caller as (typeof banks)[number]);
const isParty = (caller: CallerName) => partyNames.includes(caller as PartyName);
/** Participants, and contracts of the system that hold money. */
const mayHold = (caller: CallerName) => isParty(caller) || caller === "TradeEscrow" || caller === "Redemptions";

/** What the bank does to its money after it was created. */
const bankRows: readonly Row[] = [
  row({
    contract: "DepositToken",
    fn: "reverseEntry",
    scenario: funded,
    at,
    entitled: ["issuingBank"],
    args: (purse, _, world) => [
      hashOf("first entry"),
      world.parties.importer.account,
      purse.amount,
      hashOf("contra entry"),
    ],
    effect: "EntryReversed",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "setEntryLimit",
    scenario: funded,
    at,
    entitled: ["issuingBank"],
    args: () => [5],
    effect: "EntryLimitSet",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "setFrozen",
    scenario: funded,
    at,
    entitled: ["issuingBank"],
    args: (_, __, world) => [world.parties.importer.account, 5, hashOf("a reason")],
    effect: "HolderFrozen",
    notEntitled: "EnforcementNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "forceTransfer",
    scenario: funded,
    at,
    entitled: ["issuingBank"],
    args: (_, __, world) => [world.parties.importer.account, exporterAccount(world), 5, hashOf("a reason")],
    effect: "MoneyForced",
    notEntitled: "EnforcementNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "setAside",
    scenario: funded,
    at,
    entitled: ["Redemptions"],
    args: (_, __, world) => [world.parties.importer.account, 5],
    effect: "Transfer",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "destroyForRedemption",
    scenario: redemptionAsked,
    at,
    entitled: ["Redemptions"],
    args: (s) => [5, s.id],
    effect: "DepositDestroyed",
    notEntitled: "DepositNotEntitled",
  }),
];

export const moneyRows: readonly Row[] = [
  ...bankRows,
  row({
    contract: "DepositTokenFactory",
    fn: "listCurrency",
    scenario: admittedOnly,
    entitled: ["operator"],
    args: () => [currency("EUR"), 2],
    effect: "CurrencyListed",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "DepositTokenFactory",
    fn: "create",
    scenario: ready,
    // Each bank makes a token of its own; a suspended one too: a token by itself binds nobody.
    entitled: [
      "issuingBank",
      "advisingBank",
      "secondAdvisingBank",
      "nominatedBank",
      "confirmingBank",
      "otherBank",
      "suspendedBank",
    ],
    args: () => [currency("USD"), 1_000],
    effect: "DepositTokenCreated",
    notEntitled: "TokenNotEntitled",
  }),
  row({
    contract: "DepositTokenMaker",
    fn: "make",
    scenario: making,
    entitled: ["DepositTokenFactory"],
    args: (s) => s,
    effect: "DepositTokenMade",
    notEntitled: "TokenMakerNotEntitled",
  }),
  row({
    contract: "DepositTokenFactory",
    fn: "setAuthority",
    scenario: undelegated,
    entitled: ["Authority"],
    args: (s) => [s.successor],
    effect: "AuthorityUpdated",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "DepositToken",
    fn: "createByEntry",
    scenario: funded,
    at,
    entitled: ["issuingBank"],
    args: (_, __, world) => [world.parties.importer.account, 500, hashOf("second entry")],
    effect: "DepositCreated",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "createForUndertaking",
    scenario: funded,
    at,
    entitled: ["Undertakings"],
    args: (_, __, world) => [exporterAccount(world), 500, hashOf("an undertaking")],
    effect: "DepositCreated",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "transfer",
    scenario: funded,
    at,
    // ERC-20 knows no right but holding: nobody moves what is another's.
    entitled: ["importer"],
    args: (purse, _, world) => [exporterAccount(world), purse.amount],
    effect: "Transfer",
    notEntitled: (caller) => (mayHold(caller) ? "ERC20InsufficientBalance" : "ERC7943CannotSend"),
    afterwards: {
      otherwise: {
        exporter: { error: "(done)", because: "it holds the money now and may pass it on, here to itself" },
      },
    },
  }),
  row({
    contract: "DepositToken",
    fn: "transferFrom",
    scenario: allowed,
    at,
    entitled: ["exporter"],
    args: (purse, _, world) => [world.parties.importer.account, exporterAccount(world), purse.amount],
    effect: "Transfer",
    notEntitled: "ERC20InsufficientAllowance",
  }),
  row({
    contract: "DepositToken",
    fn: "createForPayment",
    scenario: funded,
    at,
    entitled: ["ClearingHouse"],
    args: (_, __, world) => [exporterAccount(world), 500, hashOf("a payment")],
    effect: "DepositCreated",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "DepositToken",
    fn: "destroyForPayment",
    scenario: funded,
    at,
    entitled: ["ClearingHouse"],
    args: (purse, _, world) => [world.parties.importer.account, purse.amount, hashOf("a payment")],
    effect: "DepositDestroyed",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "ClearingHouse",
    fn: "pay",
    scenario: limited,
    // A participant pays with what is its own: whoever holds nothing has nothing to pay with.
    entitled: ["importer"],
    args: (purse, _, { parties: { issuingBank, exporter, advisingBank } }) => [
      [issuingBank.id, exporter.id, advisingBank.id, currency("EUR"), purse.amount, hashOf("an invoice")],
    ],
    effect: "PaymentMade",
    notEntitled: (caller) => (isParty(caller) ? "ERC20InsufficientBalance" : "ClearingNotEntitled"),
  }),
  row({
    contract: "DepositToken",
    fn: "moveForCycle",
    scenario: funded,
    at,
    entitled: ["ClearingHouse"],
    args: (purse, _, world) => [world.parties.importer.account, exporterAccount(world), purse.amount],
    effect: "Transfer",
    notEntitled: "DepositNotEntitled",
  }),
  row({
    contract: "ClearingHouse",
    fn: "payUndertaking",
    scenario: limited,
    entitled: ["Undertakings"],
    args: (purse, _, { parties: { issuingBank, exporter, advisingBank } }) => [
      hashOf("an undertaking"),
      [issuingBank.id, exporter.id, advisingBank.id, currency("EUR"), purse.amount, hashOf("an undertaking")],
    ],
    effect: "PaymentMade",
    notEntitled: "ClearingNotEntitled",
  }),
  row({
    contract: "ClearingHouse",
    fn: "joinSettlement",
    scenario: ready,
    // Each bank chooses who settles for it.
    entitled: ["issuingBank", "advisingBank", "secondAdvisingBank", "nominatedBank", "confirmingBank"],
    args: (_, __, world) => [currency("EUR"), world.parties.otherBank.id],
    effect: "SettlementJoined",
    notEntitled: "ClearingNotEntitled",
    otherwise: {
      otherBank: { error: "SettlementAgentInvalid", because: "a bank is not its own agent" },
      suspendedBank: { error: "ClearingBankSuspended", because: "a suspended bank begins nothing new" },
    },
  }),
  row({
    contract: "ClearingHouse",
    fn: "leaveSettlement",
    scenario: joined,
    entitled: ["issuingBank", "advisingBank"],
    args: () => [currency("EUR")],
    effect: "SettlementLeft",
    notEntitled: (caller) => (isBank(caller) ? "SettlementNotJoined" : "ClearingNotEntitled"),
  }),
  row({
    contract: "ClearingHouse",
    fn: "settle",
    scenario: joined,
    entitled: ["otherBank"],
    args: (_, __, { parties: { issuingBank, advisingBank } }) => [
      currency("EUR"),
      [issuingBank.id, advisingBank.id].sort((a, b) => a - b),
      hashOf("a cycle"),
    ],
    effect: "CycleSettled",
    notEntitled: (caller) => (isBank(caller) ? "SettlementNotJoined" : "ClearingNotEntitled"),
  }),
  row({
    contract: "ClearingHouse",
    fn: "setLimit",
    scenario: ready,
    // Each bank says what another may owe it.
    entitled: ["issuingBank", "advisingBank", "secondAdvisingBank", "nominatedBank", "confirmingBank"],
    args: (_, __, world) => [world.parties.otherBank.id, currency("EUR"), 500],
    effect: "LimitSet",
    notEntitled: "ClearingNotEntitled",
    otherwise: {
      otherBank: { error: "ClearingBankInvalid", because: "a bank grants itself no limit" },
      suspendedBank: { error: "ClearingBankSuspended", because: "a suspended bank grants no more than it has granted" },
    },
  }),
];
