import { expect } from "chai";
import type { FunctionFragment } from "ethers";
import { signDigest } from "../../src/chain/approvals.ts";
import { encodeConsent, signConsent } from "../../src/chain/consents.ts";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import {
  encodeExecute,
  encodeExecuteEach,
  hashBatch,
  hashCancellation,
  hashOrder,
  nonceFor,
  type Order,
  type OrderCall,
} from "../../src/chain/orders.ts";
import {
  assemble,
  banks,
  type CallerName,
  callOf,
  keysOf,
  look,
  type PartyName,
  partyNames,
  tokenOf,
  type World,
} from "./cast.ts";
import type { Outcome } from "./chain.ts";
import { abis, type ContractName, contractNames, functionKey } from "./contracts.ts";
import { matrix } from "./matrix.ts";
import { openFunctions } from "./open.ts";
import { ready } from "./scenarios/ready.ts";

/** Parties whose every act needs two people, unless it binds nobody and moves no money out. */
const fourEyes = partyNames.filter((name) => name === "operator" || name === "regulator" || banks.includes(name));
/** As many words of arguments as any function reads before its variable parts. */
const emptyArguments = "00".repeat(32 * 24);

/**
 * A maker is a person whose key proposes and operates. Functions and contracts come from the ABIs of the build: a new one
 * is tried here without anyone naming it.
 */
describe("the maker of a bank, alone", function makerSuite() {
  this.timeout(120_000);
  let world: World;
  let rewind: () => Promise<void>;

  before(async () => {
    world = await assemble();
    await ready(world);
    rewind = await world.chain.mark();
  });
  afterEach(() => rewind());
  after(() => world.chain.close());

  function orderOf(party: PartyName, call: OrderCall): Order {
    const deadline = world.chain.now() + 3_600;
    return { account: world.parties[party].account, calls: [call], nonce: nonceFor("alone"), deadline };
  }

  function relay(to: string, data: string): Promise<Outcome> {
    return world.chain.attempt({ from: world.callers.stranger, to, data });
  }

  function executeAlone(party: PartyName, call: OrderCall): Promise<Outcome> {
    const order = orderOf(party, call);
    const approval = signDigest(hashOrder(order, CHAIN_ID), keysOf(party).maker);
    return relay(order.account, encodeExecute(order, [approval]));
  }

  function executeEachAlone(party: PartyName, call: OrderCall): Promise<Outcome> {
    const order = orderOf(party, call);
    const approval = signDigest(hashBatch(order, CHAIN_ID), keysOf(party).maker);
    return relay(order.account, encodeExecuteEach(order, [approval]));
  }

  function isRoutine(target: string, selector: string): Promise<unknown> {
    return look(world, { contract: "ParticipantRegistry", fn: "isRoutine", args: [target, selector] });
  }

  /** Every place where a contract of this name stands. */
  function placesOf(contract: ContractName): Promise<readonly string[]> {
    if (contract === "DepositToken") return Promise.all(banks.map((bank) => tokenOf(world, bank, "EUR")));
    const accounts = Object.values(world.parties).map(({ account }) => account);
    const own = world.contracts[contract];
    return Promise.resolve(contract === "ParticipantAccount" ? [...accounts, own] : [own]);
  }

  function functionsOf(contract: ContractName): readonly FunctionFragment[] {
    return abis[contract].fragments.filter((fragment) => fragment.type === "function") as FunctionFragment[];
  }

  /** What is a party's own or owed by it: each balance, what others may take of it, and what its tokens owe. */
  async function moneyOf(
    party: PartyName,
  ): Promise<{ readonly own: bigint; readonly taken: bigint; readonly owed: bigint }> {
    const { account } = world.parties[party];
    const sums = { own: 0n, taken: 0n, owed: 0n };
    for (const bank of banks) {
      const at = await tokenOf(world, bank, "EUR");
      // Not made yet.
      if (BigInt(at) === 0n) continue;
      const token = (fn: string, args: readonly unknown[]) => look(world, { contract: "DepositToken", fn, args, at });
      sums.own += (await token("balanceOf", [account])) as bigint;
      if (bank === party) sums.owed += (await token("totalSupply", [])) as bigint;
      for (const spender of Object.values(world.callers)) {
        sums.taken += (await token("allowance", [account, spender])) as bigint;
      }
    }
    return sums;
  }

  it("is refused every function of every contract that is not routine (AUTH-1)", async () => {
    const accepted: string[] = [];
    let tried = 0;
    for (const contract of contractNames) {
      for (const target of await placesOf(contract)) {
        for (const { name, selector } of functionsOf(contract)) {
          if (await isRoutine(target, selector)) continue;
          const outcome = await executeAlone("issuingBank", { target, data: `${selector}${emptyArguments}` });
          tried += 1;
          if (outcome.kind === "done" || outcome.error.name !== "OrderNotAuthorised") {
            accepted.push(`${functionKey(contract, name)}: ${outcome.kind === "done" ? "done" : outcome.error.name}`);
          }
        }
      }
    }
    expect(accepted).to.deep.equal([]);
    expect(tried, "functions at places").to.be.greaterThan(300);
  });

  it("is refused them one by one, and for every party of two pairs of eyes, too", async () => {
    const { selector } = abis.DepositToken.getFunction("transfer") as FunctionFragment;
    for (const party of fourEyes) {
      const call = { target: await tokenOf(world, "issuingBank", "EUR"), data: `${selector}${emptyArguments}` };
      for (const outcome of [await executeAlone(party, call), await executeEachAlone(party, call)]) {
        expect(outcome.kind === "refused" && outcome.error.name, party).to.equal("OrderNotAuthorised");
      }
    }
  });

  it("consents to nothing and cancels nothing", async () => {
    for (const party of fourEyes) {
      const { account } = world.parties[party];
      const domain = { account, chainId: CHAIN_ID };
      const hash = `0x${"ab".repeat(32)}`;
      const signature = encodeConsent([signConsent({ ...domain, hash }, keysOf(party).maker)]);
      const act = {
        contract: "ParticipantAccount",
        fn: "isValidSignature",
        args: [hash, signature],
        at: account,
      } as const;
      expect(await look(world, act), party).to.equal("0xffffffff");
      const nonce = nonceFor("alone");
      const approval = signDigest(hashCancellation(nonce, domain), keysOf(party).maker);
      const data = abis.ParticipantAccount.encodeFunctionData("cancel", [nonce, [approval]]);
      const outcome = await relay(account, data);
      expect(outcome.kind === "refused" && outcome.error.name, party).to.equal("OrderNotAuthorised");
    }
  });

  describe("with what is routine", () => {
    let fresh: World;
    let restart: () => Promise<void>;

    before(async () => {
      fresh = await assemble();
      restart = await fresh.chain.mark();
    });
    after(() => fresh.chain.close());

    it("moves not one minor unit out of the bank, and makes it owe none, in states where the act succeeds", async () => {
      const outer = world;
      world = fresh;
      const done = new Set<string>();
      try {
        for (const row of [...matrix, ...openFunctions]) await tryRoutine(row, done);
      } finally {
        world = outer;
      }
      expect([...done], "routine acts that a maker carried out").to.include.members([
        "Presentations.assertPreclusion",
        "Credits.close",
        "Undertakings.claim",
      ]);
    });

    async function tryRoutine(row: (typeof matrix)[number] | (typeof openFunctions)[number], done: Set<string>) {
      const { contract, fn } = row;
      const { selector } = abis[contract].getFunction(fn) as FunctionFragment;
      if (contract === "DepositToken" || !(await isRoutine(world.contracts[contract], selector))) return;
      await restart();
      const prepared = await row.prepare(world);
      const entitled = "entitled" in row ? (row.entitled as readonly CallerName[]) : [];
      const acting = fourEyes.filter((name) => entitled.includes(name));
      const back = await world.chain.mark();
      for (const party of acting.length === 0 ? (["issuingBank"] as const) : acting) {
        const args = typeof prepared.args === "function" ? prepared.args(party) : prepared.args;
        const { to: target, data } = callOf(world, { contract, fn, args, at: prepared.at });
        const before = await moneyOf(party);
        const outcome = await executeAlone(party, { target, data });
        const after = await moneyOf(party);
        const what = `${functionKey(contract, fn)} by ${party}`;
        expect(after.own >= before.own, `${what}: its money`).to.equal(true);
        expect(after.taken, `${what}: what others may take`).to.equal(before.taken);
        expect(after.owed, `${what}: what it owes`).to.equal(before.owed);
        if (outcome.kind === "done") done.add(functionKey(contract, fn));
        await back();
      }
    }
  });
});
