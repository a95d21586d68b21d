/** The whole gateway against a ledger whose three endpoints lose, delay, reorder and falsify what they say. */
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { createRpc } from "../../src/chain/rpc.ts";
import { parseConfig } from "../../src/config.ts";
import type { ActReply } from "../../src/features/actReply.ts";
import { runReindex } from "../../src/reindexing.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { startSystem, type TestBank, type TestParty, type TestSystem, type TestUser } from "../fixtures/gateway.ts";
import { type OutsideLedger, startOutsideLedger } from "../fixtures/outsideLedger.ts";
import { lieNames } from "./lies.ts";
import { type FaultProxy, type Faults, startFaultProxy } from "./proxy.ts";

/** About every third round trip meets one. */
const faults: Faults = {
  ...{ requestLost: 0.03, replyLost: 0.03, limited: 0.03, noJson: 0.03, delay: 0.1 },
  ...{ reorder: 0.1, duplicate: 0.05, missingEntry: 0.05, wrongId: 0.05 },
  ...{ truncatedLogs: 0.05, wrongLogIndex: 0.05, wrongLogData: 0.05, wrongStatus: 0.05, wrongHeader: 0.05 },
  staleHead: 0.05,
};
const deposits = 100;
const callers = 6;

interface Hash {
  readonly hash: string;
}

describe("a gateway whose endpoints are at fault", function faultySuite() {
  this.timeout(240_000);
  let ledger: OutsideLedger;
  let proxies: readonly FaultProxy[] = [];
  let system: TestSystem;
  let bank: TestBank;
  let holder: TestParty;

  before(async () => {
    ledger = await startOutsideLedger();
    proxies = await Promise.all([1, 2, 3].map(() => startFaultProxy({ upstream: ledger.url, delayMsMax: 20 })));
    const settings = { HANSA_LEDGER_URLS: proxies.map(({ url }) => url).join(","), HANSA_LANES: "3" };
    system = await startSystem({ settings });
    bank = await system.bank();
    holder = await system.party({ roles: ["merchant"] });
    for (const proxy of proxies) proxy.setFaults(faults);
  });
  after(async () => {
    await system?.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await ledger?.close();
  });

  /** As a client does: an answer that says "try again" is followed by the same request under the same key. */
  async function insist(user: TestUser, target: string, body: unknown): Promise<ActReply> {
    const key = randomUUID();
    for (;;) {
      const reply = await system.as(user).post(target, body, { key, wait: 20 });
      if (reply.status !== 503) {
        expect(reply.status, reply.text).to.equal(202);
        return reply.body;
      }
    }
  }

  async function deposit(): Promise<void> {
    const money = { amount: "10.00", currency: "EUR" };
    const proposed = await insist(bank.maker, "/v1/deposits", { to: holder.id, money, reference: randomUUID() });
    const done = await insist(bank.checker, `/v1/approvals/${proposed.orderId}/approve`, undefined);
    expect(done.transaction?.status, JSON.stringify(done)).to.equal("final");
  }

  it("books every deposit once, whatever was lost, told twice or made up on the way", async () => {
    let left = deposits;
    async function caller(): Promise<void> {
      while (left > 0) {
        left -= 1;
        await deposit();
      }
    }
    await Promise.all(Array.from({ length: callers }, caller));
    expect(await system.balance(holder, bank)).to.equal(`${deposits * 10}.00`);
  });

  it("met losses and lies enough to say so", () => {
    const count = (of: (name: string) => boolean) =>
      proxies
        .flatMap((proxy) => Object.entries(proxy.counts()))
        .filter(([name]) => of(name))
        .reduce((sum, [, times]) => sum + times, 0);
    const isLie = (name: string) => lieNames.some((lie) => lie === name);
    const seeds = `seeds ${proxies.map(({ seed }) => seed).join(" ")}`;
    expect(count(isLie), seeds).to.be.above(5);
    expect(
      count((name) => !isLie(name)),
      seeds,
    ).to.be.above(15);
  });

  it("has in its sequence exactly what the ledger has in its logs, and no transaction beside its own", async () => {
    const transactions = await system.as(bank.maker).get<{ items: readonly Hash[] }>("/v1/transactions?limit=200");
    expect(new Set(transactions.body.items.map(({ hash }) => hash)).size).to.equal(transactions.body.items.length);
    await system.stop();
    for (const proxy of proxies) proxy.setFaults({});
    const environment = { HANSA_LEDGER_URLS: ledger.url };
    const parsed = parseConfig(environment, { data: system.dataDir, demo: false });
    if (!parsed.ok) throw new Error(parsed.faults.join());
    const report = await runReindex({ config: parsed.config, logger: silentLogger, checkOnly: true, onProgress() {} });
    expect(report.differences).to.deep.equal([]);
    const head = Number(await createRpc({ url: ledger.url }).call<string>("eth_blockNumber"));
    expect(report.blocks).to.equal(head + 1);
  });
});
