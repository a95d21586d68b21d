import { expect } from "chai";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import type { IndexerState } from "../../src/chain/indexing/progress.ts";
import { checkSequence, reindex } from "../../src/chain/indexing/reindex.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createRebuildStore, createSequenceCheck } from "../../src/store/reindex.ts";
import { makeKey, type OperatorKeys } from "../chain/chainFixture.ts";
import { contextWith, runIndexer } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { hash } from "../store/blockFixture.ts";
import { type HardhatLedger, newReference, openHardhatLedger } from "./hardhatLedger.ts";
import { entriesAfter, forgetIndex, viewsOf } from "./indexedState.ts";
import { createSubscriber } from "./subscriber.ts";

const verify = { mode: "full", headerKind: "ethereum" } as const;
const finality = { kind: "depth", depth: 64 } as const;
const newKeys = (): OperatorKeys => ({ maker: makeKey(), checker: makeKey(), admin: makeKey() });

/** A bank with a deposit token, and a merchant. */
interface Cast {
  readonly bank: string;
  readonly bankKeys: OperatorKeys;
  readonly merchant: string;
  readonly token: string;
}

describeStore("a real ledger that is put back", (fixture) => {
  let ledger: HardhatLedger;
  before(async function open() {
    ledger = await openHardhatLedger();
  });
  after(() => ledger.close());

  const organisations = [
    ["operator", () => ledger.operatorCommitment],
    ["bank", () => hash(1, "e")],
    ["merchant", () => hash(2, "e")],
    ["late", () => hash(3, "e")],
  ] as const;

  beforeEach(async () => {
    await fixture.store.transaction(async (tx) => {
      for (const [id, commitment] of organisations) {
        await tx
          .insertInto("organisations")
          .values({
            ...{ id, name: id, lei: id, bic: null, country: "NL", roles: "[]", lei_salt: id },
            ...{ lei_commitment: commitment(), status: "invited", participant_id: null, account: null },
            created_at_ms: 0,
          })
          .execute();
      }
    });
  });

  const book = () => createAddressBook(ledger.addresses, { accounts: [], tokens: [] });
  const source = () => createSingleSource(ledger.rpc);

  async function catchUp(): Promise<IndexerState> {
    const { store } = fixture;
    const parts = { store: createBlockStore(store), leadership: createLeadership(store) };
    const { failure, state } = await runIndexer({
      ...{ ...parts, source: source(), book: book(), verify, finality, isWhole: false },
    });
    expect(failure).to.equal(undefined);
    expect(state.indexed).to.equal(Number(await ledger.rpc.call<string>("eth_blockNumber")));
    return state;
  }

  async function setTheStage(): Promise<Cast> {
    const bankKeys = newKeys();
    const factory = ledger.addresses.DepositTokenFactory;
    const list = { contract: "DepositTokenFactory", target: factory } as const;
    await ledger.order(ledger.operatorAccount, { ...list, fn: "listCurrency", args: ["0x455552", 2] }, ledger.operator);
    const bank = await ledger.admit(1, ["bank"], bankKeys);
    const merchant = await ledger.admit(2, ["merchant"], newKeys());
    await ledger.order(bank, { ...list, fn: "create", args: ["0x455552", 2n ** 100n] }, bankKeys);
    const token = String(await ledger.read({ ...list, fn: "tokenOf", args: [2, "0x455552"] }));
    return { bank, bankKeys, merchant, token };
  }

  async function pay({ bank, bankKeys, merchant, token }: Cast, amount: bigint): Promise<void> {
    const args = [merchant, amount, newReference()];
    await ledger.order(bank, { contract: "DepositToken", target: token, fn: "createByEntry", args }, bankKeys);
  }

  it("is indexed as if it had never been on the other branch, with every receipts root verified", async function () {
    this.timeout(120_000);
    const { store } = fixture;
    const subscribers = organisations.map(([id]) => createSubscriber(store, id));
    const listen = async () => {
      for (const subscriber of subscribers) await subscriber.read();
    };
    const start = await ledger.snapshot();
    await catchUp();
    await listen();

    // First branch: the bank is participant 2, the merchant 3.
    const first = await setTheStage();
    for (const amount of [500n, 20n]) await pay(first, amount);
    await catchUp();
    await listen();
    expect(subscribers[2]?.contents()).to.have.length.greaterThan(4);

    // Second branch: another party comes first, and the bank's account and token are others.
    await ledger.revert(start);
    const again = await ledger.snapshot();
    await ledger.admit(3, ["merchant"], newKeys());
    await catchUp();
    await listen();
    expect(subscribers[2]?.contents(), "the merchant was never admitted").to.deep.equal([]);

    // Third branch, longer than the first.
    await ledger.revert(again);
    const third = await setTheStage();
    for (const amount of [7n, 8n, 9n]) await pay(third, amount);
    const state = await catchUp();
    await listen();
    const reorganised = Object.values(state.reorgsTotal).reduce((sum, count) => sum + count, 0);
    expect(reorganised).to.equal(1);

    const views = await viewsOf(store);
    const heard = subscribers.map((subscriber) => subscriber.contents());
    const options = { source: source(), book: book(), store: createBlockStore(store), finality, verify };
    expect(await checkSequence({ ...options, check: await createSequenceCheck(store.db) })).to.deep.equal([]);
    const rebuild = { rebuild: createRebuildStore(store), leadership: createLeadership(store) };
    const { differences } = await reindex({ ...options, ...rebuild, book: book(), context: contextWith() });
    expect(differences).to.deep.equal([]);
    expect(await viewsOf(store), "after a rebuild").to.deep.equal(views);

    await forgetIndex(store);
    await catchUp();
    expect(views).to.deep.equal(await viewsOf(store));
    for (const [place, [id]] of organisations.entries()) {
      const fresh = await entriesAfter(store, id, 0);
      expect(heard[place], id).to.deep.equal(fresh.map(({ content }) => content));
    }
    const balance = await store.db
      .selectFrom("balances")
      .select("amount")
      .where("holder", "=", third.merchant)
      .execute();
    expect(balance).to.deep.equal([{ amount: "24" }]);
  });

  it("stops the index for a person when it is put back below what was final, and nothing is changed", async () => {
    const { store } = fixture;
    const start = await ledger.snapshot();
    for (let n = 10; n < 14; n += 1) await ledger.admit(n, ["merchant"], newKeys());
    const parts = { store: createBlockStore(store), source: source(), book: book(), verify, isWhole: false };
    const run = () =>
      runIndexer({ ...parts, leadership: createLeadership(store), finality: { kind: "depth", depth: 2 } });
    expect((await run()).failure).to.equal(undefined);
    const before = [await viewsOf(store), await entriesAfter(store, "operator", 0)];
    await ledger.revert(start);
    for (let n = 20; n < 26; n += 1) await ledger.admit(n, ["merchant"], newKeys());
    const { failure } = await run();
    expect(failure?.message).to.match(/^invariant: /);
    expect(failure?.cause).to.have.property("code", "chain.index_stopped");
    expect([await viewsOf(store), await entriesAfter(store, "operator", 0)]).to.deep.equal(before);
  });
});
