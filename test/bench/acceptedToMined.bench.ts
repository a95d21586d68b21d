/**
 * Transactions per second from acceptance to the block: acts through the gateway's API (authentication, signature,
 * simulation, one commit, lane, index) against a raw loop that sends pre-signed transactions to the same ledger.
 */
import { Transaction, Wallet } from "ethers";
import { registerBench } from "../../scripts/benches.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import {
  daySeconds,
  instant,
  startSystem,
  type TestBank,
  type TestParty,
  type TestSystem,
} from "../fixtures/gateway.ts";

interface Stage {
  readonly system: TestSystem;
  readonly bank: TestBank;
  readonly buyer: TestParty;
  readonly seller: TestParty;
  readonly arbiter: TestParty;
}

let stage: Promise<Stage> | undefined;

async function open(): Promise<Stage> {
  const system = await startSystem({ alsoSenders: [rawSender.address.toLowerCase()] });
  const bank = await system.bank();
  const buyer = await system.party({ roles: ["merchant"] });
  const seller = await system.party({ roles: ["merchant"] });
  const arbiter = await system.party({ roles: ["arbiter"] });
  return { system, bank, buyer, seller, arbiter };
}

const callers = 16;
/** The raw loop's key, admitted to the ledger beside the lane. */
const rawSender = Wallet.createRandom();

/** Escrow proposals: an act that one key of a merchant signs. */
async function throughGateway({ system, bank, buyer, seller, arbiter }: Stage, count: number): Promise<number> {
  const now = await system.now();
  const body = {
    buyer: buyer.id,
    seller: seller.id,
    arbiter: arbiter.id,
    bank: bank.id,
    title: "A benchmark",
    text: "One milestone.",
    fundBy: instant(now + daySeconds),
    inspectionDays: 7,
    rulingDays: 7,
    defaultSellerBps: 5_000,
    milestones: [{ title: "All", money: { amount: "1.00", currency: "EUR" }, dueAt: instant(now + 9 * daySeconds) }],
  };
  const startedAt = performance.now();
  let left = count;
  async function caller(): Promise<void> {
    while (left > 0) {
      left -= 1;
      await system.act(buyer, "/v1/escrows", body);
    }
  }
  await Promise.all(Array.from({ length: callers }, caller));
  return count / ((performance.now() - startedAt) / 1000);
}

/** Pre-signed, one after the other, each waited for: the ledger mines before it replies. */
async function rawLoop({ system }: Stage, count: number): Promise<number> {
  const rpc = createRpc({ url: system.ledgerUrl });
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const wallet = rawSender;
  const first = Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
  const raw = Array.from({ length: count }, (_, index) => {
    const nonce = first + index;
    const to = wallet.address;
    const transaction = Transaction.from({ type: 0, chainId, nonce, gasLimit: 50_000, gasPrice: 0, to, value: 0 });
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
    return transaction.serialized;
  });
  const startedAt = performance.now();
  for (const bytes of raw) await rpc.call("eth_sendRawTransaction", [bytes]);
  return count / ((performance.now() - startedAt) / 1000);
}

registerBench({
  name: "accepted-to-mined",
  unit: "transactions/s",
  rounds: 7,
  async run({ short, round }) {
    stage ??= open();
    const ready = await stage;
    const count = short ? 60 : 300;
    if (round % 2 === 0) {
      const subject = await throughGateway(ready, count);
      return { subject, baseline: await rawLoop(ready, count) };
    }
    const baseline = await rawLoop(ready, count);
    return { subject: await throughGateway(ready, count), baseline };
  },
  async close() {
    await (await stage)?.system.close();
  },
});
