import { expect } from "chai";
import { Wallet } from "ethers";
import { encodeCall } from "../../../src/chain/contractSet.ts";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { encodeExecute, nonceFor, signOrder } from "../../../src/chain/orders.ts";
import type { BlockStore } from "../../../src/domain/blockStore.ts";
import { createBlockStore } from "../../../src/store/blocks.ts";
import { createLeadership } from "../../../src/store/leadership.ts";
import { listKnownContracts } from "../../../src/store/parties.ts";
import type { Store } from "../../../src/store/store.ts";
import { describeStore } from "../../fixtures/database.ts";
import { enterIntent } from "../../store/blockFixture.ts";
import { type DeployedChain, deadline, makeKey, openDeployedChain, type TestKey } from "../chainFixture.ts";
import { index } from "./indexerHarness.ts";

const verify = { mode: "full", headerKind: "ethereum" } as const;

/** An act that was signed and broadcast by a lane. */
async function sendAct(
  chain: DeployedChain,
  store: Store,
  act: { id: string; lane: TestKey; to: string; data: string },
): Promise<void> {
  const { id, lane, to, data } = act;
  await enterIntent(store, { id, target: to, data, organisationId: "operator" });
  const { hash, nonce } = await sendSigned(chain, lane.key, { to, data });
  await store.transaction(async (tx) => {
    await tx
      .updateTable("transactions")
      .set({ status: "broadcast", lane: lane.address, nonce, hash })
      .where("id", "=", id)
      .execute();
    await tx
      .insertInto("attempts")
      .values({
        ...{ hash, transaction_id: id, lane: lane.address, nonce, kind: "act", raw: "0x" },
        ...{ fee: '{"type":0,"gasPrice":"0"}', signed_at_ms: 1, broadcast_at_ms: 1 },
      })
      .execute();
  });
}

async function sendSigned(chain: DeployedChain, key: string, call: { to: string; data: string }) {
  const wallet = new Wallet(key);
  const nonce = Number(await chain.rpc.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
  const values = { type: 0, chainId: chain.chainId, nonce, gasLimit: 12_000_000, gasPrice: 0, ...call };
  const raw = await wallet.signTransaction(values);
  return { hash: await chain.rpc.call<string>("eth_sendRawTransaction", [raw]), nonce };
}

async function bookOf(chain: DeployedChain, store: Store) {
  return createAddressBook(chain.addresses, await listKnownContracts(store.db));
}

/** Everything that the index made, without what was entered by people. */
async function indexed({ db }: Store): Promise<unknown> {
  return {
    blocks: await db.selectFrom("blocks").selectAll().orderBy("number").execute(),
    participants: await db.selectFrom("participants").selectAll().orderBy("id").execute(),
    currencies: await db.selectFrom("currencies").selectAll().orderBy("currency").execute(),
    events: await db.selectFrom("events").selectAll().orderBy("organisation_id").orderBy("sequence").execute(),
    organisations: await db.selectFrom("organisations").select(["id", "participant_id", "status"]).execute(),
  };
}

describeStore("the index of a real ledger", (fixture) => {
  let chain: DeployedChain;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  beforeEach(async () => {
    const first = { fn: "participant", args: [1] };
    const registry = chain.addresses.ParticipantRegistry;
    const operator = await chain.reads.read<{ leiCommitment: string }>("ParticipantRegistry", registry, first);
    await fixture.store.transaction(async (tx) => {
      await tx
        .insertInto("organisations")
        .values({
          ...{ id: "operator", name: "Operator", lei: "LEI1", bic: null, country: "DE", roles: '["operator"]' },
          ...{ lei_salt: "", lei_commitment: operator.leiCommitment, status: "invited", created_at_ms: 0 },
          ...{ participant_id: null, account: null },
        })
        .execute();
    });
  });

  const catchUp = async (store: BlockStore = createBlockStore(fixture.store)) =>
    index({
      ...{ rpc: chain.rpc, store, book: await bookOf(chain, fixture.store) },
      ...{ verify, leadership: createLeadership(fixture.store) },
    });

  const sequences = async () => {
    const rows = await fixture.store.db.selectFrom("events").select(["sequence", "type"]).orderBy("sequence").execute();
    return rows.map(({ sequence, type }) => [sequence, type]);
  };

  it("finds the operator with its keys, from the deployment's own blocks", async () => {
    expect(await catchUp()).to.equal(undefined);
    const operator = await fixture.store.db
      .selectFrom("participants")
      .selectAll()
      .where("id", "=", 1)
      .executeTakeFirst();
    expect(operator).to.deep.include({ account: chain.operatorAccount, roles: ["operator"], status: "active" });
    expect((await sequences()).slice(0, 4)).to.deep.equal([
      [1, "participant.admitted"],
      [2, "account.key_added"],
      [3, "account.key_added"],
      [4, "account.key_added"],
    ]);
  });

  it("commits a block with its events, its views and the fate of our transaction at once", async () => {
    const { operator, operatorAccount: account, addresses, chainId } = chain;
    const calls = [
      {
        target: addresses.DepositTokenFactory,
        data: encodeCall("DepositTokenFactory", "listCurrency", ["0x455552", 2]),
      },
    ];
    const order = { account, calls, nonce: nonceFor("order-1"), deadline };
    const approvals = await Promise.all(
      [operator.maker, operator.checker].map(({ key }) => signOrder(order, chainId, key)),
    );
    const data = encodeExecute(order, approvals);
    const lane = makeKey();
    for (const id of ["first", "replayed"]) await sendAct(chain, fixture.store, { id, lane, to: account, data });
    const status = (id: string) => {
      const query = fixture.store.db.selectFrom("transactions").select(["status", "block_number", "block_hash"]);
      return query.where("id", "=", id).executeTakeFirstOrThrow();
    };
    expect(await status("first")).to.include({ status: "broadcast", block_number: null });

    // Power is cut inside the commit that holds our transactions: nothing of it is there.
    const blocks = createBlockStore(fixture.store);
    const head = Number(await chain.rpc.call<string>("eth_blockNumber"));
    let cuts = 1;
    await catchUp({
      ...blocks,
      async commitBlocks(lease, range, final) {
        cuts -= 1;
        if (cuts !== 0) return blocks.commitBlocks(lease, range, final);
        await fixture.store.transaction(async (tx) => {
          const inner = {
            ...fixture.store,
            transaction: (work: (on: typeof tx) => Promise<unknown>) => work(tx),
          } as Store;
          await createBlockStore(inner).commitBlocks(lease, range, final);
          throw new Error("a power cut");
        });
      },
    });

    const mined = await status("first");
    expect(mined).to.include({ status: "final", block_number: head - 1 });
    expect(await status("replayed"), "a replayed order is refused by the ledger").to.include({ status: "reverted" });
    const block = await chain.rpc.call<{ hash: string }>("eth_getBlockByNumber", [
      `0x${(head - 1).toString(16)}`,
      false,
    ]);
    expect(mined.block_hash).to.equal(block.hash);
    const currencies = await fixture.store.db.selectFrom("currencies").selectAll().execute();
    expect(currencies).to.deep.equal([{ currency: "EUR", exponent: 2 }]);
    const own = (await sequences()).filter(([, type]) => type === "account.order_executed");
    expect(own, "the operator hears once that its order was executed").to.have.length(1);
  });

  it("is the same whether read at once or in pieces over restarts", async () => {
    await chain.admit(["bank"]);
    await chain.admit(["merchant"]);
    await catchUp();
    const whole = await indexed(fixture.store);
    const inPieces = async () => {
      const blocks = createBlockStore(fixture.store);
      for (;;) {
        let left = 1;
        const cut = Promise.withResolvers<void>();
        const store: BlockStore = {
          ...blocks,
          async commitBlocks(lease, range, final) {
            if (left === 0) throw new Error("a power cut");
            left -= 1;
            await blocks.commitBlocks(lease, range.slice(0, 3), final);
            cut.resolve();
            throw new Error("a power cut");
          },
        };
        const book = await bookOf(chain, fixture.store);
        const leadership = createLeadership(fixture.store);
        await index({ rpc: chain.rpc, store, book, cut: cut.promise, verify, leadership });
        const head = Number(await chain.rpc.call<string>("eth_blockNumber"));
        if ((await blocks.checkpoint())?.number === head) return;
      }
    };
    await fixture.store.transaction(async (tx) => {
      for (const table of ["events", "event_sequences", "blocks", "participants", "currencies"] as const) {
        await tx.deleteFrom(table).execute();
      }
      await tx.updateTable("organisations").set({ participant_id: null, account: null, status: "invited" }).execute();
    });
    await inPieces();
    expect(await indexed(fixture.store)).to.deep.equal(whole);
  });
});
