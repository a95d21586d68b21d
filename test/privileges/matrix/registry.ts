import { id as hashOf, Wallet, ZeroAddress } from "ethers";
import { type CallerName, type PartyName, partyNames, perform, signersOf, type World } from "../cast.ts";
import { type Row, row } from "../row.ts";
import { undelegated } from "../scenarios/delegated.ts";
import {
  admittedOnly,
  DAY,
  NEXT_WORD,
  ready,
  START_WORD,
  underMoratorium,
  weekends,
  weekendWord,
} from "../scenarios/ready.ts";

const OPERATE_AND_ADMINISTER = 12;
const MERCHANT = 1;
const ALL = 15;
const newSigner = new Wallet(hashOf("a new key")).address;
const otherSigner = new Wallet(hashOf("another new key")).address;
const newKeys = {
  revoked: signersOf("issuingBank"),
  signers: [newSigner, otherSigner],
  purposes: [ALL, ALL],
};

/** Banks keep calendars of their own; a suspended one too, since its live deals go on. */
const everyBank = [
  "issuingBank",
  "advisingBank",
  "secondAdvisingBank",
  "nominatedBank",
  "confirmingBank",
  "otherBank",
  "suspendedBank",
] as const satisfies readonly CallerName[];

/** The advising bank is the issuing bank's guardian. */
async function guarded(world: World): Promise<void> {
  const args = [world.parties.advisingBank.id];
  await perform(world, "issuingBank", { contract: "ParticipantRegistry", fn: "nameGuardian", args });
}

async function recoveryProposed(world: World): Promise<void> {
  const args = [world.parties.issuingBank.id, newKeys];
  await perform(world, "operator", { contract: "ParticipantRegistry", fn: "proposeRecovery", args });
}

const participants: readonly Row[] = [
  row({
    contract: "ParticipantRegistry",
    fn: "admit",
    scenario: admittedOnly,
    entitled: ["operator"],
    args: () => [hashOf("a newcomer"), "0x4652", MERCHANT, [{ signer: newSigner, purposes: OPERATE_AND_ADMINISTER }]],
    effect: "ParticipantAdmitted",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "suspend",
    scenario: admittedOnly,
    entitled: ["operator"],
    args: (_, __, world) => [world.parties.otherBank.id, hashOf("a reason")],
    effect: "ParticipantSuspended",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "reinstate",
    scenario: admittedOnly,
    entitled: ["operator"],
    args: (_, __, world) => [world.parties.suspendedBank.id, hashOf("a reason")],
    effect: "ParticipantReinstated",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "declareMoratorium",
    scenario: admittedOnly,
    entitled: ["regulator"],
    args: (_, __, world) => [world.parties.issuingBank.id, world.chain.now() + DAY, hashOf("a reason")],
    effect: "MoratoriumDeclared",
    notEntitled: "MoratoriumNotEntitled",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "liftMoratorium",
    scenario: underMoratorium,
    entitled: ["regulator"],
    args: (_, __, world) => [world.parties.issuingBank.id, hashOf("a reason")],
    effect: "MoratoriumLifted",
    notEntitled: "MoratoriumNotEntitled",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "nameGuardian",
    scenario: admittedOnly,
    entitled: partyNames.filter((name) => name !== "otherBank") as [PartyName, ...PartyName[]],
    args: (_, __, world) => [world.parties.otherBank.id],
    effect: "GuardianNamed",
    notEntitled: "RecoveryNotEntitled",
    otherwise: { otherBank: { error: "RecoveryGuardianInvalid", because: "nobody is its own guardian" } },
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "proposeRecovery",
    scenario: guarded,
    entitled: ["operator", "advisingBank"],
    args: (_, __, world) => [world.parties.issuingBank.id, newKeys],
    effect: "RecoveryProposed",
    notEntitled: "AccessManagedUnauthorized",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "vetoRecovery",
    scenario: recoveryProposed,
    entitled: ["issuingBank", "regulator", "operator"],
    args: (_, __, world) => [world.parties.issuingBank.id],
    effect: "RecoveryVetoed",
    notEntitled: "RecoveryNotEntitled",
  }),
  row({
    contract: "ParticipantRegistry",
    fn: "setAuthority",
    scenario: undelegated,
    entitled: ["Authority"],
    args: (s) => [s.successor],
    effect: "AuthorityUpdated",
    notEntitled: "AccessManagedUnauthorized",
  }),
];

/** A clone that nobody set up: the registry makes its own in the same transaction, so this one is a stranger's. */
async function bareClone(world: World): Promise<string> {
  const implementation = world.contracts.ParticipantAccount.slice(2);
  const initCode = `0x3d602d80600a3d3981f3363d3d373d3d3d363d73${implementation}5af43d82803e903d91602b57fd5bf3`;
  return await world.chain.create(world.callers.stranger, initCode);
}

async function withSpareKey(world: World): Promise<void> {
  const at = world.parties.issuingBank.account;
  await perform(world, "issuingBank", { contract: "ParticipantAccount", fn: "addKey", args: [newSigner, 4], at });
}

const accounts: readonly Row[] = [
  row({
    contract: "ParticipantAccount",
    fn: "initialise",
    scenario: bareClone,
    at: (clone) => clone,
    entitled: ["ParticipantRegistry"],
    args: () => [[newSigner], [OPERATE_AND_ADMINISTER], false],
    effect: "KeyAdded",
    notEntitled: "AccountNotRegistry",
  }),
  row({
    contract: "ParticipantAccount",
    fn: "replaceKeys",
    scenario: admittedOnly,
    at: (_, world) => world.parties.issuingBank.account,
    entitled: ["ParticipantRegistry"],
    args: () => [newKeys.revoked, newKeys.signers, newKeys.purposes],
    effect: "KeyAdded",
    notEntitled: "AccountNotRegistry",
  }),
  row({
    contract: "ParticipantAccount",
    fn: "addKey",
    scenario: admittedOnly,
    at: (_, world) => world.parties.issuingBank.account,
    entitled: ["issuingBank"],
    args: () => [newSigner, 4],
    effect: "KeyAdded",
    notEntitled: "AccountNotSelf",
  }),
  row({
    contract: "ParticipantAccount",
    fn: "removeKey",
    scenario: withSpareKey,
    at: (_, world) => world.parties.issuingBank.account,
    entitled: ["issuingBank"],
    args: () => [newSigner],
    effect: "KeyRemoved",
    notEntitled: "AccountNotSelf",
  }),
  row({
    contract: "ParticipantAccount",
    fn: "setThreshold",
    scenario: withSpareKey,
    at: (_, world) => world.parties.issuingBank.account,
    entitled: ["issuingBank"],
    args: () => [{ target: ZeroAddress, selector: "0x00000000", currency: "0x455552", keys: 2, above: 1_000 }],
    effect: "ThresholdSet",
    notEntitled: "AccountNotSelf",
  }),
];

const calendars: readonly Row[] = [
  row({
    contract: "BankingCalendar",
    fn: "publish",
    scenario: admittedOnly,
    entitled: everyBank,
    args: weekends,
    effect: "CalendarPublished",
    notEntitled: "CalendarNotEntitled",
  }),
  row({
    contract: "BankingCalendar",
    fn: "extend",
    scenario: ready,
    entitled: everyBank,
    args: () => [[weekendWord(NEXT_WORD)]],
    effect: "CalendarExtended",
    notEntitled: "CalendarNotEntitled",
  }),
  row({
    contract: "BankingCalendar",
    fn: "changeDays",
    scenario: ready,
    entitled: everyBank,
    // One more holiday, far enough ahead: the last day of the second word.
    args: () => [START_WORD + 1, weekendWord(START_WORD + 1) ^ (1n << 255n)],
    effect: "DaysChanged",
    notEntitled: "CalendarNotEntitled",
  }),
];

const deployment: readonly Row[] = [
  row({
    contract: "SystemDeployer",
    fn: "deploy",
    scenario: admittedOnly,
    entitled: ["systemCreator"],
    // Code of one byte.
    args: () => [hashOf("a new contract"), "0x6001600c60003960016000f300"],
    effect: "SystemContractDeployed",
    notEntitled: "DeployerNotEntitled",
  }),
];

export const registryRows: readonly Row[] = [...participants, ...accounts, ...calendars, ...deployment];
