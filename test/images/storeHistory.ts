/** A history of the embedded store over a disk that remembers: what was committed, what was acknowledged, and when. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { sql } from "kysely";
import { silentLogger } from "../../src/shared/context.ts";
import { recordAudit } from "../../src/store/audit.ts";
import { createIdempotencyStore } from "../../src/store/idempotency.ts";
import type { Migration } from "../../src/store/migrate.ts";
import { migrations as released } from "../../src/store/migrations/all.ts";
import { openStore, type Store, type Transaction } from "../../src/store/store.ts";
import type { DiskOperation } from "./diskOperation.ts";
import type { Tree } from "./diskState.ts";
import type { Draw } from "./draw.ts";
import { recordEngines } from "./recordingThread.ts";

/** Beside the released tables: what a commit wrote can be told from these alone. */
const images: Migration = {
  id: "9999_images",
  sql: `create table marks (n int primary key, parts int not null, filling text not null);
    create table marked (n int not null, part int not null, filling text not null, primary key (n, part));
    create index marked_filling on marked (md5(filling));
    create table tally (one int primary key, commits int not null);
    insert into tally values (1, 0)`,
};
const migrations = [...released, images];

/** One act of the history: rows in several tables, an audit entry and an idempotency record, in one commit. */
export interface Commit {
  readonly n: number;
  readonly parts: number;
  /** MD5 over the fillings of all its rows. */
  readonly digest: string;
  readonly replyDigest: string;
  /** Operations of the disk when it began and when its reply came. */
  readonly begun: number;
  readonly acknowledged: number;
}

export interface StoreHistory {
  readonly base: Tree;
  readonly operations: readonly DiskOperation[];
  readonly commits: readonly Commit[];
}

export function openImages(dataDir: string): Promise<Store> {
  return openStore({ context: { logger: silentLogger }, dataDir, migrations });
}

/** A store with its tables and no rows, closed: where histories begin. */
export async function prepareStore(dataDir: string): Promise<Tree> {
  await (await openImages(dataDir)).close();
  return readTree(dataDir);
}

/** `dataDir` holds what `base` says. */
export async function playStore(dataDir: string, base: Tree, draw: Draw): Promise<StoreHistory> {
  const traceFile = `${dataDir}.trace`;
  const recording = recordEngines(dataDir, traceFile);
  const commits: Commit[] = [];
  try {
    const store = await openImages(dataDir);
    const idempotency = createIdempotencyStore(store, () => 1_790_000_000_000);
    for (let n = 1, last = 60 + draw(60); n <= last; n += 1) {
      if (draw.chance(1, 12)) await upkeep(store, draw);
      const begun = recording.instant();
      const act = drawAct(n, draw);
      const outcome = await idempotency.commitOnce(act.write).catch((error: unknown) => {
        if (error !== undone) throw error;
      });
      if (outcome) commits.push({ ...act.told, begun, acknowledged: recording.instant() });
    }
    await store.close();
  } finally {
    recording.end();
  }
  const operations = recording.operations();
  fs.rmSync(traceFile);
  return { base, operations, commits };
}

/** What a gateway does by itself, and what a long life would do. */
async function upkeep(store: Store, draw: Draw): Promise<void> {
  const statement = draw.pick(["checkpoint", "vacuum marked", "select pg_switch_wal()", "checkpoint"]);
  await sql.raw(statement).execute(store.db);
}

/** The act of a transaction that takes itself back. */
const undone = new Error("taken back");

function drawAct(n: number, draw: Draw) {
  const parts = 1 + draw(draw.chance(1, 6) ? 200 : 6);
  const length = draw.chance(1, 6) ? 9_000 : 200;
  const fillings = Array.from({ length: parts + 1 }, () => draw.pick(letters).repeat(1 + draw(length)));
  const [filling = "", ...others] = fillings;
  const bodyBytes = Buffer.from(JSON.stringify({ n, say: "x".repeat(draw(3_000)) }));
  const isTakenBack = draw.chance(1, 10);

  async function commit(tx: Transaction) {
    await sql`insert into marks values (${n}, ${parts}, ${filling})`.execute(tx);
    for (const [part, text] of others.entries()) {
      await sql`insert into marked values (${n}, ${part}, ${text})`.execute(tx);
    }
    await sql`update tally set commits = commits + 1`.execute(tx);
    await recordAudit(tx, { atMs: n, organisationId: null, userId: null, action: "image.marked", subject: String(n) });
    if (isTakenBack) throw undone;
    return { status: 202, contentType: "application/json", bodyBytes, headers: {} };
  }

  const key = { callerOrganisationId: null, userId: null, key: `images-${n}` };
  return {
    write: { ...key, fingerprint: String(n), commit },
    told: { n, parts, digest: digestOf(fillings.join("")), replyDigest: digestOf(bodyBytes) },
  };
}

const letters = [..."abcdefghijklmnopqrstuvwxyz"];

function digestOf(content: string | Uint8Array): string {
  return createHash("md5").update(content).digest("hex");
}

export function readTree(root: string): Tree {
  const files = new Map<string, Buffer>();
  const folders = new Set<string>();
  const look = (folder: string) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.add(name);
        look(name);
      } else files.set(name, fs.readFileSync(path.join(root, name)));
    }
  };
  look("");
  return { files, folders };
}
