import { randomUUID } from "node:crypto";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { ActReply } from "../../src/features/actReply.ts";
import type { Gateway } from "../../src/gateway.ts";
import { restore } from "../../src/restore.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { verifyAudit } from "../../src/store/audit.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore } from "../../src/store/store.ts";
import { type Api, createApi, refusal } from "../fixtures/api.ts";
import { type EmptyDatabase, makeDatabase } from "../fixtures/emptyDatabase.ts";
import {
  genesisSeconds,
  startSystem,
  type TestBank,
  type TestParty,
  type TestSystem,
  type TestUser,
} from "../fixtures/gateway.ts";
import { openStrictGateway } from "../fixtures/strictGateway.ts";

const systemMs = 240_000;
const context = { logger: silentLogger };

interface Made {
  readonly file: string;
  readonly rows: number;
  readonly lastBlock: number;
}

/** A request and what it was answered. */
interface Given {
  readonly user: TestUser;
  readonly path: string;
  readonly body: unknown;
  readonly text: string;
}

/** A gateway on a restored folder. */
interface Restored {
  readonly gateway: Gateway;
  readonly dataDir: string;
  close(): Promise<void>;
}

describe("a running gateway is backed up under load", function runningSuite() {
  this.timeout(systemMs);
  let system: TestSystem;
  let bank: TestBank;
  let merchant: TestParty;
  let made: Made;
  let documentId = "";
  let database: EmptyDatabase | undefined;
  const invoice = Buffer.alloc(40_000, "invoice ");
  const backupKey = randomUUID();
  const folders: string[] = [];
  /** By the key of the request: those answered before the backup was asked for, and those while it was made. */
  const repliesBefore = new Map<string, Given>();
  const repliesDuring = new Map<string, Given>();

  /** One deposit, proposed by the maker and approved by the checker; both replies are kept. */
  async function deposit(replies: Map<string, Given>): Promise<void> {
    const key = randomUUID();
    const body = { to: merchant.id, money: { amount: "1.00", currency: "EUR" }, reference: key };
    const proposed = await ask(replies, key, { user: bank.maker, path: "/v1/deposits", body });
    if (proposed.status !== "awaiting_approval") return;
    const approve = { user: bank.checker, path: `/v1/approvals/${proposed.orderId}/approve`, body: undefined };
    await ask(replies, `${key}-approve`, approve);
  }

  async function ask(replies: Map<string, Given>, key: string, request: Omit<Given, "text">): Promise<ActReply> {
    const reply = await system.as(request.user).post(request.path, request.body, { key, wait: 20 });
    expect(reply.status, reply.text).to.be.within(200, 299);
    // Without waiting the stored reply comes back as it is.
    const { text } = await system.as(request.user).post(request.path, request.body, { key });
    replies.set(key, { ...request, text });
    return reply.body;
  }

  async function upload(): Promise<string> {
    const document = {
      ...{ kind: "commercial_invoice", name: "invoice.txt", mediaType: "text/plain" },
      contentBase64: invoice.toString("base64"),
    };
    const reply = await system.as(merchant.maker).post<{ id: string }>("/v1/documents", document);
    expect(reply.status, reply.text).to.equal(201);
    return reply.body.id;
  }

  before(async () => {
    system = await startSystem();
    bank = await system.bank();
    merchant = await system.party({ roles: ["merchant"] });
    documentId = await upload();
    for (let n = 0; n < 5; n += 1) await deposit(repliesBefore);
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) await deposit(repliesDuring);
      }),
    );
    const reply = await system.as(system.operator.admin).post<Made>("/v1/backups", undefined, { key: backupKey });
    isOver = true;
    await load;
    expect(reply.status, reply.text).to.equal(201);
    made = reply.body;
  });

  after(async () => {
    await system.close();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
    await database?.drop();
  });

  it("without holding up anybody, and says what it has made, also when it is asked again with the same key", async () => {
    expect(repliesDuring.size).to.be.above(8);
    expect(made.lastBlock).to.be.above(20);
    const again = await system.as(system.operator.admin).post("/v1/backups", undefined, { key: backupKey });
    expect(again.body).to.deep.equal(made);
    const listed = await system.as(system.operator.admin).get<{ items: readonly Made[] }>("/v1/backups");
    expect(listed.body.items.map(({ file }) => file)).to.deep.equal([made.file]);
    expect(await readdir(path.join(system.dataDir, "backups"))).to.deep.equal([path.basename(made.file)]);
  });

  it("by the operator's admin and nobody else", async () => {
    for (const user of [system.operator.maker, bank.admin, merchant.maker]) {
      expect(refusal(await system.as(user).post("/v1/backups"))).to.deep.equal([403, "access.forbidden"]);
      expect(refusal(await system.as(user).get("/v1/backups"))).to.deep.equal([403, "access.forbidden"]);
    }
  });

  it("so that without the master key nothing starts from it, and nothing is changed by trying", async () => {
    const target = await restoreTo({});
    // A key that the sandbox made would open nothing, and would be taken for the right one later.
    const failure: unknown = await start(target, {}).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(AppError).with.property("code", "start.master_key_missing");
    expect(await readdir(target)).not.to.include("master.key");
    await copyFile(path.join(system.dataDir, "master.key"), path.join(target, "master.key"));
    const restored = await start(target, {});
    await restored.close();
  });

  function restoredSuite(name: string, where: () => Promise<{ readonly databaseUrl?: string }>): void {
    describe(`and restored ${name}`, () => {
      let restored: Restored;
      let api: (user: TestUser) => Api;
      let settings: Readonly<Record<string, string>> = {};
      let databaseUrl: string | undefined;

      before(async () => {
        ({ databaseUrl } = await where());
        if (databaseUrl) settings = { HANSA_DATABASE_URL: databaseUrl, HANSA_DURABILITY: "relaxed" };
        const target = await restoreTo({ ...(databaseUrl && { databaseUrl }) });
        await copyFile(path.join(system.dataDir, "master.key"), path.join(target, "master.key"));
        restored = await start(target, settings);
        api = (user) => createApi(restored.gateway.url, user.token);
      });
      after(() => restored.close());

      it("has every act that was acknowledged before the backup began, and replays its reply byte for byte", async () => {
        for (const [key, { user, path: asked, body, text }] of repliesBefore) {
          const again = await api(user).post(asked, body, { key });
          expect(again.headers.get("idempotency-replayed"), key).to.equal("true");
          expect(again.text, key).to.equal(text);
        }
      });

      it("finishes what was under way, so that the ledger has each act of the store once", async () => {
        const finished = await allTransactions(api(bank.maker));
        expect(finished.filter(({ status }) => status !== "final")).to.deep.equal([]);
        const deposits = finished.filter(({ kind }) => kind === "deposit.create").length;
        expect(deposits).to.be.at.least(5);
        const { body } = await api(merchant.maker).get<Accounts>("/v1/accounts");
        expect(body.items.map(({ balance }) => balance.amount)).to.deep.equal([`${deposits}.00`]);
      });

      it("takes acts that were made after the backup again, once each", async () => {
        const before_ = (await allTransactions(api(bank.maker))).length;
        const lost = [];
        for (const [key, { user, path: asked, body }] of repliesDuring) {
          if (key.endsWith("-approve")) continue;
          const reply = await api(user).post(asked, body, { key, wait: 20 });
          expect(reply.status, reply.text).to.be.within(200, 299);
          if (reply.headers.get("idempotency-replayed") !== "true") lost.push(reply.body.orderId);
        }
        for (const orderId of lost) {
          const approved = await api(bank.checker).post(`/v1/approvals/${orderId}/approve`, undefined, { wait: 20 });
          expect(approved.body.transaction?.status, approved.text).to.equal("final");
        }
        const after_ = await allTransactions(api(bank.maker));
        expect(after_.length).to.be.at.least(before_ + lost.length);
      });

      it("gives documents back to those who may read them", async () => {
        const reply = await fetch(`${restored.gateway.url}/v1/documents/${documentId}/content`, {
          headers: { authorization: `Bearer ${merchant.maker.token}` },
        });
        expect(Buffer.from(await reply.arrayBuffer()).equals(invoice)).to.equal(true);
      });

      it("has an audit chain that verifies and sequences without a gap, which go on", async () => {
        await restored.close();
        const store = await openStore({
          ...{ context, migrations, durability: "relaxed" },
          ...(databaseUrl ? { databaseUrl } : { dataDir: path.join(restored.dataDir, "store") }),
        });
        const audit = await verifyAudit(store.db);
        const events = await store.db.selectFrom("events").select(["organisation_id", "sequence"]).execute();
        await store.close();
        expect(audit).to.include({ ok: true });
        for (const [organisation, own] of Map.groupBy(events, ({ organisation_id }) => organisation_id)) {
          const sequences = own.map(({ sequence }) => sequence).sort((a, b) => a - b);
          expect(sequences, organisation).to.deep.equal(sequences.map((_, index) => index + 1));
        }
      });
    });
  }

  restoredSuite("into a new folder", () => Promise.resolve({}));
  if (process.env["HANSA_DATABASE_URL"]) {
    restoredSuite("into PostgreSQL", async () => {
      database = await makeDatabase();
      return { databaseUrl: database?.url ?? "" };
    });
  }

  async function restoreTo(where: { readonly databaseUrl?: string }): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hansa-restored-"));
    folders.push(folder);
    await restore({ file: path.join(system.dataDir, made.file), dataDir: folder, context, ...where });
    return folder;
  }

  async function start(dataDir: string, settings: Readonly<Record<string, string>>): Promise<Restored> {
    const lock = await lockFolder(dataDir);
    try {
      const gateway = await openStrictGateway({ dataDir, genesisSeconds, complaints: [], settings });
      let closed: Promise<void> | undefined;
      const close = () => {
        closed ??= gateway.close().finally(() => lock.release());
        return closed;
      };
      return { gateway, dataDir, close };
    } catch (error) {
      lock.release();
      throw error;
    }
  }
});

interface Accounts {
  readonly items: readonly { readonly balance: { readonly amount: string } }[];
}

interface TransactionView {
  readonly kind: string;
  readonly status: string;
}

/** All of an organisation, once none of them is on its way. */
async function allTransactions(api: Api): Promise<readonly TransactionView[]> {
  for (;;) {
    const found: TransactionView[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await api.get<{ items: TransactionView[]; nextCursor: string | null }>(
        `/v1/transactions?limit=200${query}`,
      );
      found.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== null);
    if (found.every(({ status }) => !["accepted", "assigned", "signed", "broadcast"].includes(status))) return found;
  }
}
