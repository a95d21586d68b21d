/** Power cuts in a history of the store, and what the real code must make of what they leave. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { sql } from "kysely";
import { verifyAudit } from "../../src/store/audit.ts";
import type { DiskOperation } from "./diskOperation.ts";
import { createDiskState, type DiskState, type FileSystem, type Tree } from "./diskState.ts";
import type { Draw } from "./draw.ts";
import { type Fate, fates } from "./pieces.ts";
import { openImages, type StoreHistory } from "./storeHistory.ts";
import { type Recovered, recover } from "./storeRecovery.ts";

export interface StoreCut {
  readonly instant: number;
  readonly fate: Fate;
  readonly fileSystem: FileSystem;
  /** A second cut during the recovery that follows. */
  readonly again: boolean;
  /** The gateway's own way to open it, thread and all, and one more commit. */
  readonly goesOn: boolean;
  /** The history is that of a first start, so the gateway's own way may have to begin it anew. */
  readonly isFirst: boolean;
}

/** Half of the instants lie where unforced writes wait: right before a forced write. */
export function drawStoreCut({ operations }: StoreHistory, draw: Draw): Omit<StoreCut, "isFirst"> {
  const forced = operations.flatMap(({ kind }, index) => (kind.startsWith("sync") ? [index] : []));
  const instant = draw.chance(1, 2) ? draw.pick(forced) : draw(operations.length + 1);
  return {
    instant,
    fate: draw.pick(fates),
    fileSystem: draw.pick(["journalling", "strict"]),
    again: draw.chance(1, 6),
    goesOn: draw.chance(1, 20),
  };
}

/** A folder that is an image. Only files that differ from what stands there are written. */
export interface ImageFolder {
  readonly root: string;
  lay(tree: Tree): void;
  /** This was done there since. */
  touched(operations: readonly DiskOperation[]): void;
  /** Nobody knows what was done there since. */
  empty(): void;
}

export function createImageFolder(root: string): ImageFolder {
  const there = new Map<string, Buffer>();

  function empty(): void {
    there.clear();
    fs.rmSync(root, { recursive: true, force: true });
    fs.mkdirSync(root, { recursive: true });
  }

  empty();
  return {
    root,
    empty,
    lay({ files, folders }) {
      for (const folder of folders) fs.mkdirSync(path.join(root, folder), { recursive: true });
      for (const name of there.keys()) {
        if (files.has(name)) continue;
        fs.rmSync(path.join(root, name), { recursive: true, force: true });
        there.delete(name);
      }
      for (const [name, content] of files) {
        if (there.get(name) === content) continue;
        fs.writeFileSync(path.join(root, name), content);
        there.set(name, content);
      }
    },
    touched(operations) {
      const stale = Buffer.alloc(0);
      for (const operation of operations) {
        if (operation.kind === "folder" || operation.kind === "syncFolder") continue;
        if ("name" in operation) there.set(operation.name, stale);
        if (operation.kind === "rename") there.set(operation.to, stale);
      }
    },
  };
}

/** States of a history's disk at growing instants. */
export function createPlayback(history: StoreHistory, fileSystem: FileSystem): (instant: number) => DiskState {
  const state = createDiskState(history.base, fileSystem);
  let reached = 0;
  return (instant) => {
    for (; reached < instant; reached += 1) {
      const operation = history.operations[reached];
      if (operation) state.advance(operation);
    }
    return state;
  };
}

/** Opens the image and checks it. @throws AssertionError or whatever the engine says */
export async function checkStoreCut(
  { history, cut, tree, folder }: { history: StoreHistory; cut: StoreCut; tree: Tree; folder: ImageFolder },
  draw: Draw,
): Promise<void> {
  folder.lay(tree);
  if (cut.isFirst) return await checkFirstStart(history, cut.instant, folder);
  let recovered = await recover(folder.root);
  folder.touched(recovered.operations);
  if (cut.again) {
    const state = createDiskState(tree, cut.fileSystem);
    for (const operation of recovered.operations.slice(0, draw(recovered.operations.length + 1)))
      state.advance(operation);
    folder.lay(state.cut(draw.pick(fates), draw));
    recovered = await recover(folder.root);
    folder.touched(recovered.operations);
  }
  checkRows(history, cut.instant, recovered);
  if (!cut.goesOn) return;
  try {
    await checkGoesOn(folder, recovered);
  } finally {
    folder.empty();
  }
}

/** The commits that are there are the first ones, whole, in order, and all that were acknowledged are among them. */
function checkRows({ commits }: StoreHistory, instant: number, found: Recovered): void {
  const told = commits.filter(({ acknowledged }) => acknowledged <= instant).length;
  const begun = commits.filter((commit) => commit.begun <= instant).length;
  const count = found.marks.length;
  assert.ok(count >= told, `${told} commits were acknowledged, ${count} are there`);
  assert.ok(count <= begun, `${begun} commits had begun, ${count} are there`);
  const expected = commits.slice(0, count);
  const outline = (commit: { n: number; parts: number; digest: string }) =>
    `${commit.n} ${commit.parts} ${commit.digest}`;
  assert.deepEqual(found.marks.map(outline), expected.map(outline), "each commit is whole");
  assert.deepEqual(
    found.replies.map(({ key, digest }) => `${key} ${digest}`),
    expected.map(({ n, replyDigest }) => `images-${n} ${replyDigest}`),
    "each reply is stored byte for byte",
  );
  assert.equal(found.tally, count, "an updated row is that of the last commit");
  assert.deepEqual(
    found.auditSubjects,
    expected.map(({ n }) => String(n)),
    "the audit log is that of these commits",
  );
  assert.equal(found.auditBreaks, 0, "the audit log is one chain");
  assert.deepEqual(found.byIndex, found.byScan, "indices and tables agree");
}

/** Whatever was left of a first start, the next one finishes it. */
async function checkFirstStart(history: StoreHistory, instant: number, folder: ImageFolder): Promise<void> {
  try {
    await (await openImages(folder.root)).close();
    checkRows(history, instant, await recover(folder.root));
  } finally {
    folder.empty();
  }
}

async function checkGoesOn(folder: ImageFolder, found: Recovered): Promise<void> {
  for (const round of [1, 2]) {
    const store = await openImages(folder.root);
    try {
      await store.transaction(async (tx) => {
        await sql`insert into marks values (${100_000 + round}, 0, 'after')`.execute(tx);
      });
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from marks`.execute(store.db);
      assert.equal(rows[0]?.count, found.marks.length + round);
      const audit = await verifyAudit(store.db);
      assert.deepEqual(audit.ok && audit.entries, found.marks.length);
    } finally {
      await store.close();
    }
  }
}
