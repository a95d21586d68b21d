/** Settlements, and undertakings that change hands in them. */
import { type Draft, draft, noHash } from "../store/blockFixture.ts";
import { type Act, accountOf, type Draw, oneOf, participant, type World } from "./world.ts";

function settle(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  if (world.participants < 2) return [];
  const undertaking = oneOf(draw, world.undertakings);
  const token = oneOf(draw, world.tokens);
  if (!undertaking || !token) return [];
  const { id, holder: from, amount } = undertaking;
  const to = (from % world.participants) + 1;
  const purse = (party: number) => `${token.address} ${accountOf(world, party)}`;
  const price = draw(1 + (world.balances[purse(to)] ?? 0));
  world.balances[purse(to)] = (world.balances[purse(to)] ?? 0) - price;
  world.balances[purse(from)] = (world.balances[purse(from)] ?? 0) + price;
  undertaking.holder = to;
  const legs = [
    { target: token.address, from: to, to: from, item: noHash, amount: String(price) },
    { target: token.address, from, to, item: id, amount },
  ];
  const money = { from: accountOf(world, to), to: accountOf(world, from), value: String(price) };
  return [
    draft("settlement.executed", { id: unique("6"), legs }),
    draft("deposit.moved", { token: token.address, ...money }),
    draft("undertaking.transferred", { id, from, to }),
  ];
}

function cancel(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  if (world.participants < 2) return [];
  const by = participant(world, draw);
  return [draft("settlement.cancelled", { id: unique("6"), by, parties: [(by % world.participants) + 1, by] })];
}

export const settlementActs: readonly Act[] = [settle, settle, cancel];
