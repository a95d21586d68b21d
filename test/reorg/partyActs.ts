/** Acts of parties and banks: admission, keys, calendars, money. */
import { address, type Draft, draft, hash, nobody } from "../store/blockFixture.ts";
import {
  type Act,
  accountOf,
  currencyCodes,
  type Draw,
  oneOf,
  participant,
  participantsMost,
  type World,
} from "./world.ts";

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
  return [draft("deposit_token.created", { bank, currency, token, entryLimit: String(draw(1_000_000)) })];
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

export const partyActs: readonly Act[] = [
  ...[admit, admit, changeKeys, suspend, publish, listCurrency, createToken, createToken, createMoney, moveMoney],
];
