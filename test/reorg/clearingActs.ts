/** Moratoria, limits, and payments between banks. */
import { type Draft, draft, genesisSeconds, hash, nobody } from "../store/blockFixture.ts";
import { type Act, accountOf, currencyCodes, type Draw, oneOf, participant, type World } from "./world.ts";

function declareMoratorium(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const [bank, regulator] = [participant(world, draw), participant(world, draw)];
  const reasonHash = hash(draw(9));
  if (draw(3) === 0) return [draft("moratorium.lifted", { bank, regulator, reasonHash })];
  return [draft("moratorium.declared", { bank, regulator, until: genesisSeconds + draw(9_999), reasonHash })];
}

function setLimit(world: World, draw: Draw): Draft[] {
  if (world.participants < 2) return [];
  const creditor = participant(world, draw);
  const debtor = (creditor % world.participants) + 1;
  const currency = oneOf(draw, currencyCodes) ?? "";
  return [draft("limit.set", { creditor, debtor, currency, limit: String(draw(1_000_000)) })];
}

function pay(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const from = oneOf(draw, world.tokens);
  const to = oneOf(
    draw,
    world.tokens.filter(({ bank, code }) => code === from?.code && bank !== from?.bank),
  );
  const payer = participant(world, draw);
  const purse = `${from?.address} ${accountOf(world, payer)}`;
  const most = world.balances[purse] ?? 0;
  if (!from || !to || most === 0) return [];
  const payee = participant(world, draw);
  const account = accountOf(world, payee);
  const value = 1 + draw(most);
  const amount = String(value);
  const id = unique("5");
  world.balances[purse] = most - value;
  world.balances[`${to.address} ${account}`] = (world.balances[`${to.address} ${account}`] ?? 0) + value;
  const currency = currencyCodes[from.code] ?? "";
  const line = `${from.bank} ${to.bank} ${currency}`;
  const owed = (world.owed[line] ?? 0) + value;
  world.owed[line] = owed;
  world.owed[`${to.bank} ${from.bank} ${currency}`] = -owed;
  const ground = "payment" as const;
  return [
    draft("payment.made", {
      ...{ id, payer, payee },
      payment: { payerBank: from.bank, payee, payeeBank: to.bank, currency, amount, ref: hash(draw(99)) },
    }),
    draft("position.changed", { creditor: to.bank, debtor: from.bank, currency, owed: String(owed) }),
    draft("deposit.moved", { token: from.address, from: accountOf(world, payer), to: nobody, value: amount }),
    draft("deposit.destroyed", { token: from.address, ground, ref: id, from: accountOf(world, payer), amount }),
    draft("deposit.moved", { token: to.address, from: nobody, to: account, value: amount }),
    draft("deposit.created", { token: to.address, ground, ref: id, to: account, amount }),
  ];
}

function joinOrLeave(world: World, draw: Draw): Draft[] {
  if (world.participants < 2) return [];
  const bank = participant(world, draw);
  const currency = oneOf(draw, currencyCodes) ?? "";
  const key = `${bank} ${currency}`;
  const agent = world.agents[key];
  if (agent === undefined || draw(2) === 0) {
    const chosen = (bank % world.participants) + 1;
    world.agents[key] = chosen;
    return [draft("settlement.joined", { bank, currency, agent: chosen })];
  }
  return [draft("settlement.left", { bank, currency, agent, until: genesisSeconds + draw(9_999) })];
}

function settleCycle(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  if (world.participants < 3) return [];
  const [bank, other] = [1 + draw(world.participants - 1), world.participants];
  const [agent, currency, paid] = [participant(world, draw), oneOf(draw, currencyCodes) ?? "", String(1 + draw(999))];
  const id = unique("6");
  world.owed[`${bank} ${other} ${currency}`] = 0;
  world.owed[`${other} ${bank} ${currency}`] = 0;
  return [
    draft("position.changed", { creditor: other, debtor: bank, currency, owed: "0" }),
    draft("cycle.bank_settled", { cycleId: id, bank, agent, net: `-${paid}` }),
    draft("cycle.bank_settled", { cycleId: id, bank: other, agent, net: paid }),
    draft("cycle.settled", { id, agent, currency, ref: hash(draw(99)), gross: paid, paid }),
  ];
}

export const clearingActs: readonly Act[] = [declareMoratorium, setLimit, pay, pay, joinOrLeave, settleCycle];
