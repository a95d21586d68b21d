/** What the parties of a made-up ledger do: valid acts, drawn by lot, that together give every event that there is. */
import {
  address,
  creditTerms,
  type Draft,
  draft,
  escrowTerms,
  genesisSeconds,
  hash,
  nobody,
  noHash,
} from "../store/blockFixture.ts";

/** A number from 0 to below the limit. */
export type Draw = (limit: number) => number;

interface Token {
  readonly address: string;
  readonly bank: number;
  readonly code: number;
}
interface Credit {
  readonly id: string;
  readonly token: string;
  readonly bank: number;
  closed: boolean;
  drawn: number;
}
interface Presentation {
  readonly id: string;
  readonly creditId: string;
  readonly banks: number[];
}
interface Undertaking {
  readonly id: string;
  readonly obligor: number;
  readonly holder: number;
  readonly amount: string;
}
interface Escrow {
  readonly id: string;
  readonly buyer: number;
  readonly seller: number;
  status: "proposed" | "agreed" | "funded" | "settled";
  readonly milestones: ("open" | "delivered" | "disputed" | "settled")[];
  readonly claimable: Record<number, number>;
}

/** Plain data, so that a branch of the ledger begins with a copy of it. */
export interface World {
  participants: number;
  accounts: Record<number, string>;
  suspended: number[];
  currencies: string[];
  tokens: Token[];
  calendars: Record<number, number>;
  balances: Record<string, number>;
  credits: Credit[];
  presentations: Presentation[];
  undertakings: Undertaking[];
  escrows: Escrow[];
}

export function createWorld(): World {
  return {
    ...{ participants: 0, accounts: {}, suspended: [], currencies: [], tokens: [], calendars: {}, balances: {} },
    ...{ credits: [], presentations: [], undertakings: [], escrows: [] },
  };
}

/** Organisations of these participants exist; participant `n` has the LEI commitment `hash(n, "e")`. */
export const participantsMost = 12;
const currencyCodes = ["EUR", "USD", "JPY", "CHF", "GBP"];

type Act = (world: World, draw: Draw, unique: (letter: string) => string) => Draft[];

const oneOf = <T>(draw: Draw, items: readonly T[]): T | undefined => items[draw(items.length)];
const participant = (world: World, draw: Draw) => 1 + draw(world.participants);
const accountOf = (world: World, n: number) => world.accounts[n] ?? nobody;

function admit(world: World, draw: Draw): Draft[] {
  if (world.participants >= participantsMost) return [];
  world.participants += 1;
  const id = world.participants;
  // Branches give the same participant different accounts.
  const account = address(10_000 + 100 * id + draw(100));
  world.accounts[id] = account;
  return [
    draft("participant.admitted", {
      ...{ id, account, leiCommitment: hash(id, "e"), country: "NL", roles: ["bank"] },
    }),
    draft("account.key_added", { account, signer: address(20_000 + 2 * id), purposes: 5 }),
  ];
}

function changeKeys(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const id = participant(world, draw);
  const key = { account: accountOf(world, id), signer: address(20_000 + 2 * id + draw(2)) };
  if (draw(3) === 0) return [draft("account.key_removed", key)];
  return [
    draft("account.key_added", { ...key, purposes: 5 }),
    draft("account.order_executed", { account: key.account, orderHash: hash(draw(1_000)), nonce: "7" }),
  ];
}

function suspend(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const id = participant(world, draw);
  const reasonHash = hash(1);
  if (world.suspended.includes(id)) {
    world.suspended = world.suspended.filter((one) => one !== id);
    return [draft("participant.reinstated", { id, reasonHash })];
  }
  world.suspended.push(id);
  return [draft("participant.suspended", { id, reasonHash })];
}

function publish(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const bank = participant(world, draw);
  const words = world.calendars[bank];
  if (words === undefined) {
    world.calendars[bank] = 2;
    const offsets = [{ from: 0, offsetMinutes: 60 }];
    return [draft("calendar.published", { bank, firstWord: 47, words: ["1", "2"], cutOffMinutes: 1020, offsets })];
  }
  if (draw(2) === 0) {
    world.calendars[bank] = words + 1;
    return [draft("calendar.extended", { bank, firstWord: 47 + words, words: [String(draw(1_000))] })];
  }
  const word = 47 + draw(words);
  return [draft("calendar.days_changed", { bank, word, was: "1", isNow: String(2n ** 255n + BigInt(draw(1_000))) })];
}

function listCurrency(world: World): Draft[] {
  const currency = currencyCodes[world.currencies.length];
  if (currency === undefined) return [];
  world.currencies.push(currency);
  return [draft("currency.listed", { currency, exponent: 2 })];
}

function createToken(world: World, draw: Draw): Draft[] {
  const currency = oneOf(draw, world.currencies);
  if (currency === undefined || world.participants === 0) return [];
  const bank = participant(world, draw);
  const code = currencyCodes.indexOf(currency);
  if (world.tokens.some((one) => one.bank === bank && one.code === code)) return [];
  const token = address(30_000 + 1_000 * bank + 100 * code + draw(100));
  world.tokens.push({ address: token, bank, code });
  return [draft("deposit_token.created", { bank, currency, token })];
}

function createMoney(world: World, draw: Draw): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token) return [];
  const to = accountOf(world, participant(world, draw));
  const value = 1 + draw(1_000_000);
  const key = `${token.address} ${to}`;
  world.balances[key] = (world.balances[key] ?? 0) + value;
  return [
    draft("deposit.moved", { token: token.address, from: nobody, to, value: String(value) }),
    draft("deposit.created", { token: token.address, ground: "entry", ref: hash(draw(99)), to, amount: String(value) }),
  ];
}

function moveMoney(world: World, draw: Draw): Draft[] {
  const key = oneOf(
    draw,
    Object.keys(world.balances).filter((one) => (world.balances[one] ?? 0) > 0),
  );
  if (key === undefined) return [];
  const [token = "", from = ""] = key.split(" ");
  const to = draw(5) === 0 ? nobody : accountOf(world, participant(world, draw));
  const value = draw((world.balances[key] ?? 0) + 1);
  world.balances[key] = (world.balances[key] ?? 0) - value;
  const other = `${token} ${to}`;
  world.balances[other] = to === nobody ? 0 : (world.balances[other] ?? 0) + value;
  return [draft("deposit.moved", { token, from, to, value: String(value) })];
}

function issue(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token || world.participants < 4) return [];
  const id = unique("1");
  const someone = () => participant(world, draw);
  const terms = {
    ...creditTerms,
    ...{ salt: hash(draw(1_000)), token: token.address, applicant: someone(), beneficiary: someone() },
    ...{ advisingBank: someone(), secondAdvisingBank: draw(2) * someone(), nominatedBank: someone() },
    confirmer: draw(2) * someone(),
  };
  world.credits.push({ id, token: token.address, bank: token.bank, closed: false, drawn: 0 });
  return [draft("credit.issued", { id, issuingBank: token.bank, beneficiary: terms.beneficiary, terms })];
}

function answerCredit(world: World, draw: Draw): Draft[] {
  const credit = oneOf(draw, world.credits);
  if (!credit) return [];
  const { id, bank, token } = credit;
  const second = draw(2) === 0;
  const reasonCommitment = hash(5);
  switch (draw(6)) {
    case 0:
      return [draft("credit.advised", { id, bank, second, termsCommitment: hash(2) })];
    case 1:
      return [draft("credit.advice_declined", { id, bank, second, reasonCommitment })];
    case 2:
      return [draft("confirmation.added", { creditId: id, bank, token })];
    case 3:
      return [draft("confirmation.declined", { creditId: id, bank, reasonCommitment })];
    case 4:
      credit.drawn += 1 + draw(1_000);
      return [draft("credit.drawn", { id, amount: "1", drawn: String(credit.drawn) })];
    default:
      if (credit.closed) return [];
      credit.closed = true;
      return [draft("credit.closed", { id, undrawn: "0" })];
  }
}

function present(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const credit = oneOf(draw, world.credits);
  if (!credit) return [];
  const id = unique("2");
  world.presentations.push({ id, creditId: credit.id, banks: [credit.bank] });
  const presentation = {
    ...{ amount: String(1 + draw(1_000)), presentedAt: genesisSeconds, presentedOn: 12_107, shipmentDay: draw(2) },
    ...{ replaces: draw(2) === 0 ? noHash : hash(77), late: draw(2) === 0, latePeriod: false, lateShipment: true },
  };
  const documents = [hash(draw(100)), hash(draw(100))];
  return [draft("presentation.made", { id, creditId: credit.id, bank: credit.bank, presentation, documents })];
}

function examine(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const presentation = oneOf(draw, world.presentations);
  if (!presentation) return [];
  const { id, banks, creditId } = presentation;
  const bank = oneOf(draw, banks) ?? 0;
  const undertakingId = unique("3");
  switch (draw(5)) {
    case 0: {
      const to = participant(world, draw);
      if (!banks.includes(to)) banks.push(to);
      return [draft("presentation.forwarded", { id, from: bank, to })];
    }
    case 1:
      return [draft("examination.started", { id, bank, receivedOn: 12_107, deadline: genesisSeconds + draw(9_999) })];
    case 2: {
      const discrepancies = [{ kind: "late", document: 1, article: 14, textCommitment: hash(draw(9)) }];
      return [draft("presentation.refused", { id, bank, disposal: "hold", discrepancies })];
    }
    case 3:
      return [draft("presentation.bank_precluded", { id, bank, undertakingId })];
    default: {
      const holder = participant(world, draw);
      const token = world.credits.find((credit) => credit.id === creditId)?.token ?? nobody;
      const undertaking = { presentationId: id, token, holder, amount: "500", dueAt: genesisSeconds + 9 };
      world.undertakings.push({ id: undertakingId, obligor: bank, holder, amount: "500" });
      return [
        draft("presentation.honoured", { id, bank, undertakingId }),
        draft("undertaking.created", { id: undertakingId, creditId, obligor: bank, undertaking }),
      ];
    }
  }
}

function payUndertaking(world: World, draw: Draw): Draft[] {
  const undertaking = oneOf(draw, world.undertakings);
  if (!undertaking) return [];
  world.undertakings = world.undertakings.filter((one) => one !== undertaking);
  return [draft("undertaking.paid", { ...undertaking })];
}

function proposeEscrow(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token) return [];
  const id = unique("4");
  const [buyer, seller, arbiter] = [participant(world, draw), participant(world, draw), participant(world, draw)];
  world.escrows.push({ id, buyer, seller, status: "proposed", milestones: ["open", "open"], claimable: {} });
  const terms = { ...escrowTerms, token: token.address, buyer, seller, arbiter };
  return [draft("escrow.proposed", { id, buyer, seller, proposer: buyer, terms })];
}

function advanceEscrow(world: World, draw: Draw): Draft[] {
  const escrow = oneOf(
    draw,
    world.escrows.filter(({ status }) => status !== "settled"),
  );
  if (!escrow) return [];
  const { id, seller } = escrow;
  if (escrow.status === "proposed") {
    if (draw(4) === 0) {
      escrow.status = "settled";
      return [draft("escrow.lapsed", { id })];
    }
    escrow.status = "agreed";
    return [draft("escrow.agreed", { id, by: seller })];
  }
  if (escrow.status === "agreed") {
    escrow.status = "funded";
    return [draft("escrow.funded", { id, amount: "1000" })];
  }
  if (escrow.milestones.every((milestone) => milestone === "settled")) {
    escrow.status = "settled";
    return [draft("escrow.settled", { id })];
  }
  return advanceMilestone(escrow, draw);
}

function advanceMilestone(escrow: Escrow, draw: Draw): Draft[] {
  const { id, buyer, seller, claimable } = escrow;
  const milestone = escrow.milestones.findIndex((status) => status !== "settled");
  const evidenceCommitment = hash(draw(9));
  if (escrow.milestones[milestone] === "open" && draw(2) === 0) {
    escrow.milestones[milestone] = "delivered";
    return [draft("milestone.delivered", { id, milestone, evidenceCommitment })];
  }
  if (escrow.milestones[milestone] === "delivered" && draw(2) === 0) {
    escrow.milestones[milestone] = "disputed";
    return [draft("milestone.disputed", { id, milestone, by: buyer, evidenceCommitment })];
  }
  escrow.milestones[milestone] = "settled";
  const whole = escrowTerms.milestones[milestone]?.amount === "600" ? 600 : 400;
  const toBuyer = draw(2) * 100;
  claimable[seller] = (claimable[seller] ?? 0) + whole - toBuyer;
  claimable[buyer] = (claimable[buyer] ?? 0) + toBuyer;
  const sums = { toSeller: String(whole - toBuyer), toBuyer: String(toBuyer) };
  return [draft("milestone.settled", { id, milestone, cause: "0xdeadbeef", ...sums })];
}

function claim(world: World, draw: Draw): Draft[] {
  const escrow = oneOf(
    draw,
    world.escrows.filter(({ claimable }) => Object.values(claimable).some((amount) => amount > 0)),
  );
  const [participantId, amount] = Object.entries(escrow?.claimable ?? {}).find(([, sum]) => sum > 0) ?? [];
  if (!escrow || participantId === undefined || amount === undefined) return [];
  escrow.claimable[Number(participantId)] = 0;
  return [draft("escrow.claimed", { id: escrow.id, participant: Number(participantId), amount: String(amount) })];
}

const acts: readonly Act[] = [
  ...[admit, admit, changeKeys, suspend, publish, listCurrency, createToken, createToken, createMoney, moveMoney],
  ...[issue, answerCredit, answerCredit, present, examine, examine, payUndertaking],
  ...[proposeEscrow, advanceEscrow, advanceEscrow, advanceEscrow, claim],
];

/** Does something, if it can be done just now, and says what events it gave. */
export function act(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  return oneOf(draw, acts)?.(world, draw, unique) ?? [];
}
