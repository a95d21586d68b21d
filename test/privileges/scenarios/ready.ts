import { id as hashOf } from "ethers";
import { banks, currency, type PartyName, perform, START_DAY, tokenOf, type World } from "../cast.ts";

export const DAY = 86_400;
/** What a bank may enter in a day: more than any scenario does. */
const ENTRY_LIMIT = 10n ** 12n;
/** Index of the calendar word in which the first day lies. */
export const START_WORD = Math.floor(START_DAY / 256);
const WORDS = 4;

/** Parties and nothing else. */
export function admittedOnly(world: World): Promise<World> {
  return Promise.resolve(world);
}

/** A calendar word in which Saturdays and Sundays are closed; 1970-01-01 was a Thursday. */
export function weekendWord(index: number): bigint {
  let word = 0n;
  for (let bit = 0; bit < 256; bit++) {
    const weekday = (index * 256 + bit) % 7;
    if (weekday === 2 || weekday === 3) word |= 1n << BigInt(bit);
  }
  return word;
}

/** What `BankingCalendar.publish` takes: four words, cut-off at four in the afternoon, Central European winter time. */
export function weekends(): readonly unknown[] {
  const words = Array.from({ length: WORDS }, (_, index) => weekendWord(START_WORD + index));
  return [START_WORD, words, 16 * 60, [{ from: 0, offsetMinutes: 60 }]];
}

/** The word after those that {@link weekends} publishes. */
export const NEXT_WORD = START_WORD + WORDS;

/** Every bank has a calendar and a euro token; the dollar is listed too, and nobody has a token in it. */
export async function ready(world: World): Promise<World> {
  for (const [code, exponent] of [
    ["EUR", 2],
    ["USD", 2],
  ] as const) {
    const args = [currency(code), exponent];
    await perform(world, "operator", { contract: "DepositTokenFactory", fn: "listCurrency", args });
  }
  for (const bank of banks) {
    await perform(world, bank, { contract: "BankingCalendar", fn: "publish", args: weekends() });
    await perform(world, bank, { contract: "DepositTokenFactory", fn: "create", args: [currency("EUR"), ENTRY_LIMIT] });
  }
  return world;
}

export interface Purse {
  /** The issuing bank's euro token. */
  readonly token: string;
  readonly amount: number;
}

/** The importer has money at the issuing bank, which may owe the advising bank much more than that. */
export async function limited(world: World): Promise<Purse> {
  const purse = await funded(world);
  const args = [world.parties.issuingBank.id, currency("EUR"), 100 * purse.amount];
  await perform(world, "advisingBank", { contract: "ClearingHouse", fn: "setLimit", args });
  return purse;
}

/** The issuing bank owes the advising bank, both joined the other bank as their agent, and the debtor has money there. */
export async function joined(world: World): Promise<Purse> {
  const purse = await limited(world);
  const { issuingBank, exporter, advisingBank, otherBank } = world.parties;
  const payment = [issuingBank.id, exporter.id, advisingBank.id, currency("EUR"), purse.amount, hashOf("a payment")];
  await perform(world, "importer", { contract: "ClearingHouse", fn: "pay", args: [payment] });
  for (const bank of ["issuingBank", "advisingBank"] as const) {
    const args = [currency("EUR"), otherBank.id];
    await perform(world, bank, { contract: "ClearingHouse", fn: "joinSettlement", args });
  }
  const at = await tokenOf(world, "otherBank", "EUR");
  const args = [issuingBank.account, purse.amount, hashOf("funds")];
  await perform(world, "otherBank", { contract: "DepositToken", fn: "createByEntry", args, at });
  return purse;
}

/** A moratorium of the issuing bank is in force. */
export async function underMoratorium(world: World): Promise<World> {
  const args = [world.parties.issuingBank.id, world.chain.now() + DAY, hashOf("a reason")];
  await perform(world, "regulator", { contract: "ParticipantRegistry", fn: "declareMoratorium", args });
  return world;
}

/** A participant has deposit money at the issuing bank, and nobody else has. */
export async function funded(world: World, holder: PartyName = "importer"): Promise<Purse> {
  await ready(world);
  const at = await tokenOf(world, "issuingBank", "EUR");
  const amount = 1_000_000;
  const args = [world.parties[holder].account, amount, hashOf("first entry")];
  await perform(world, "issuingBank", { contract: "DepositToken", fn: "createByEntry", args, at });
  return { token: at, amount };
}
