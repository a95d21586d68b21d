/** What holders and banks do to money that exists: freeze, force, reverse, limit and redeem it. */
import { address, type Draft, draft, genesisSeconds, hash, nobody } from "../store/blockFixture.ts";
import { type Act, accountOf, type Draw, oneOf, participant, type World } from "./world.ts";

/** Where money lies that is set aside. */
const desk = address(70_000);

interface Purse {
  readonly token: string;
  readonly bank: number;
  readonly holder: number;
  readonly key: string;
  readonly held: number;
}

/** A participant's money at a bank; possibly none. */
function purseOf(world: World, draw: Draw): Purse | undefined {
  const token = oneOf(draw, world.tokens);
  if (!token) return undefined;
  const holder = participant(world, draw);
  const key = `${token.address} ${accountOf(world, holder)}`;
  return { token: token.address, bank: token.bank, holder, key, held: world.balances[key] ?? 0 };
}

function freeze(world: World, draw: Draw): Draft[] {
  const purse = purseOf(world, draw);
  if (!purse) return [];
  const [was, isNow] = [String(draw(1_000)), String(draw(1_000))];
  const account = accountOf(world, purse.holder);
  return [draft("deposit.frozen", { token: purse.token, account, was, isNow, reasonHash: hash(draw(9)) })];
}

function force(world: World, draw: Draw): Draft[] {
  const purse = purseOf(world, draw);
  if (!purse || purse.held === 0) return [];
  const { key, token, held } = purse;
  const [from, to] = [accountOf(world, purse.holder), accountOf(world, participant(world, draw))];
  if (from === to) return [];
  const value = 1 + draw(held);
  const amount = String(value);
  world.balances[key] = held - value;
  world.balances[`${token} ${to}`] = (world.balances[`${token} ${to}`] ?? 0) + value;
  const reasonHash = hash(draw(9));
  return [
    draft("deposit.frozen", { token, account: from, was: "9", isNow: "5", reasonHash }),
    draft("deposit.moved", { token, from, to, value: amount }),
    draft("deposit.forced", { token, from, to, amount, reasonHash }),
  ];
}

function reverse(world: World, draw: Draw): Draft[] {
  const purse = purseOf(world, draw);
  if (!purse || purse.held === 0) return [];
  const { key, token, held } = purse;
  const holder = accountOf(world, purse.holder);
  const value = 1 + draw(held);
  const amount = String(value);
  world.balances[key] = held - value;
  const contraRef = hash(draw(99), "a");
  return [
    draft("deposit.moved", { token, from: holder, to: nobody, value: amount }),
    draft("deposit.destroyed", { token, ground: "reversal", ref: contraRef, from: holder, amount }),
    draft("deposit.entry_reversed", { token, ref: hash(draw(99)), contraRef, holder, amount }),
  ];
}

function limitEntries(world: World, draw: Draw): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token) return [];
  const effectiveAt = genesisSeconds + draw(9_999);
  return [draft("deposit.entry_limit_set", { token: token.address, limit: String(draw(1_000)), effectiveAt })];
}

function request(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const purse = purseOf(world, draw);
  if (!purse || purse.held === 0) return [];
  const { bank, holder, key, token, held } = purse;
  const value = 1 + draw(held);
  const amount = String(value);
  const id = unique("6");
  world.balances[key] = held - value;
  world.redemptions.push({ id, bank, holder, token, value });
  const redemption = { token, holder, dueAt: genesisSeconds + draw(9_999), status: "requested" as const, amount, bank };
  return [
    draft("redemption.requested", { id, bank, holder, ref: hash(draw(99)), redemption }),
    draft("deposit.moved", { token, from: accountOf(world, holder), to: desk, value: amount }),
  ];
}

function end(world: World, draw: Draw): Draft[] {
  const one = oneOf(draw, world.redemptions);
  if (!one) return [];
  world.redemptions = world.redemptions.filter(({ id }) => id !== one.id);
  const { id, bank, holder, token, value } = one;
  const amount = String(value);
  const account = accountOf(world, holder);
  const how = draw(3);
  if (how === 0) {
    return [
      draft("redemption.paid", { id, bank, holder, payoutRef: hash(draw(99)) }),
      draft("deposit.moved", { token, from: desk, to: nobody, value: amount }),
      draft("deposit.destroyed", { token, ground: "redemption", ref: id, from: desk, amount }),
    ];
  }
  world.balances[`${token} ${account}`] = (world.balances[`${token} ${account}`] ?? 0) + value;
  const back = draft("deposit.moved", { token, from: desk, to: account, value: amount });
  if (how === 1) return [draft("redemption.given_back", { id, bank, holder, reasonHash: hash(draw(9)) }), back];
  return [draft("redemption.withdrawn", { id, bank, holder }), back];
}

export const redemptionActs: readonly Act[] = [freeze, force, reverse, limitEntries, request, request, end];
