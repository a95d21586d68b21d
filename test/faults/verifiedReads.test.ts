import { expect } from "chai";
import { createRpc, quantity } from "../../src/chain/rpc.ts";
import { unavailabilityOf } from "../../src/chain/rpcTransport.ts";
import type { BlockCheck } from "../../src/chain/verify/fault.ts";
import { verifyBlock } from "../../src/chain/verify/verifyBlock.ts";
import { seedOfRun } from "./dice.ts";
import { type ServedLedger, serveLedger } from "./ledger.ts";
import { type LieName, lieNames } from "./lies.ts";
import { startFaultProxy } from "./proxy.ts";
import { type ReadBlock, readChain } from "./readChain.ts";

const full = { mode: "full", headerKind: "ethereum" } as const;
const head = 40;

/** The checks that may catch each lie. */
const caughtBy: Readonly<Record<LieName, readonly BlockCheck[]>> = {
  truncatedLogs: ["bloom", "receipts_root"],
  wrongLogIndex: ["log_index"],
  wrongLogData: ["receipts_root"],
  wrongStatus: ["receipts_root"],
  otherReceipt: ["receipt_order"],
  wrongHeader: ["header_hash"],
  staleHead: ["malformed", "receipt_missing"],
};

describe("blocks read through an endpoint that lies", () => {
  let served: ServedLedger;
  let truth: readonly ReadBlock[];
  before(async () => {
    served = await serveLedger({ blocks: head });
    const rpc = createRpc({ url: served.url });
    truth = await readChain(rpc, 0, head);
    await rpc.close();
  });
  after(() => served.close());

  /** The first fault of each block, its parent being the true one before it. */
  const faultsOf = (read: readonly ReadBlock[], from: number) =>
    read.map(({ block, receipts }, index) => {
      const number = from + index;
      const parentHash = truth[number - 1]?.block.hash;
      return verifyBlock(block, receipts, { ...full, number, ...(parentHash !== undefined && { parentHash }) });
    });

  it("are found honest when it does not", () => {
    expect(truth.length).to.equal(head + 1);
    expect(faultsOf(truth, 0).filter((fault) => fault !== undefined)).to.deep.equal([]);
    expect(new Set(truth.flatMap(({ receipts }) => receipts.map(({ status }) => status))).size).to.equal(2);
  });

  for (const name of lieNames) {
    it(`are not taken: ${name} is caught by ${caughtBy[name].join(" or ")}`, async () => {
      const proxy = await startFaultProxy({ upstream: served.url, seed: 5, faults: { [name]: 1 } });
      const rpc = createRpc({ url: proxy.url });
      const found = new Set<string>();
      for (let from = 1; from + 3 <= head; from += 4) {
        const before = proxy.counts()[name] ?? 0;
        const faults = faultsOf(await readChain(rpc, from, from + 3), from).filter((fault) => fault !== undefined);
        const lied = (proxy.counts()[name] ?? 0) - before;
        expect(faults.length > 0, `blocks ${from} to ${from + 3}, ${lied} lies`).to.equal(lied > 0);
        for (const { check } of faults) found.add(check);
      }
      await Promise.all([rpc.close(), proxy.close()]);
      expect(proxy.counts()[name]).to.be.greaterThan(5);
      expect(caughtBy[name]).to.include.members([...found]);
    });
  }

  it("are either the truth or refused, whatever goes wrong at once", async () => {
    const faults = Object.fromEntries(lieNames.map((name) => [name, 0.08]));
    const wire = { requestLost: 0.03, replyLost: 0.03, noJson: 0.03, reorder: 0.2, duplicate: 0.03, emptyError: 0.03 };
    const proxy = await startFaultProxy({
      upstream: served.url,
      seed: seedOfRun(),
      faults: { ...faults, ...wire, missingEntry: 0.03, wrongId: 0.03, limited: 0.03, delay: 0.05 },
      delayMsMax: 3,
    });
    const rpc = createRpc({ url: proxy.url, wait: async () => {} });
    let [taken, refused, unanswered] = [0, 0, 0];
    for (let round = 0; round < 150; round += 1) {
      const from = 1 + (round % (head - 2));
      try {
        const read = await readChain(rpc, from, from + 2);
        for (const [index, fault] of faultsOf(read, from).entries()) {
          if (fault) refused += 1;
          else {
            taken += 1;
            expect(read[index], `block ${quantity(from + index)}`).to.deep.equal(truth[from + index]);
          }
        }
      } catch (error) {
        if (unavailabilityOf(error) === undefined) throw error;
        unanswered += 1;
      }
    }
    await Promise.all([rpc.close(), proxy.close()]);
    expect(taken, "most blocks are true").to.be.greaterThan(100);
    expect(refused, "and enough were not").to.be.greaterThan(10);
    expect(unanswered).to.be.greaterThan(5);
  });
});
