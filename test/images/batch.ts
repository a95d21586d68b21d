/**
 * Batches of power cuts: one history from a seed, many cuts of it. What a batch found is one line of a results file;
 * the same seed and number of images gives the same cuts again.
 */
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createDraw } from "./draw.ts";
import { checkJournalCut, drawJournalCut } from "./journalImages.ts";
import { playLedger } from "./ledgerHistory.ts";
import { playStore, prepareStore, readTree, type StoreHistory } from "./storeHistory.ts";
import { checkStoreCut, createImageFolder, createPlayback, drawStoreCut } from "./storeImages.ts";

export interface Failure {
  /** Of the image within its batch. */
  readonly image: number;
  readonly cut: object;
  readonly error: string;
}

export interface Batch {
  readonly images: number;
  /** How many cuts came where, and how the unforced writes fared. */
  readonly cuts: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

interface Counted {
  readonly cuts: Record<string, number>;
  readonly failures: Failure[];
}

function count({ cuts }: Counted, name: string): void {
  cuts[name] = (cuts[name] ?? 0) + 1;
}

async function attempt(
  counted: Counted,
  image: { image: number; cut: object },
  check: () => Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    counted.failures.push({ ...image, error: String(error instanceof Error ? error.message : error).slice(0, 600) });
  }
}

/** `only` checks one image of the batch and none of the others. */
export async function runJournalBatch(seed: number, images: number, only?: number): Promise<Batch> {
  const counted: Counted = { cuts: {}, failures: [] };
  const history = await playLedger(createDraw(seed).fork("history"));
  for (let image = 0; image < images; image += 1) {
    const draw = createDraw(seed).fork(`image ${image}`);
    const cut = drawJournalCut(history, draw);
    if (only !== undefined && image !== only) continue;
    count(counted, cut.place);
    count(counted, `fate ${cut.fate}`);
    await attempt(counted, { image, cut }, () => checkJournalCut(history, cut, draw));
  }
  return { images, ...counted };
}

/** Where images lie: in memory where the system has such a folder, since nothing here needs a real disk. */
export function imageFolder(): string {
  return fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

/** What the recording says was done makes exactly the files that are there: nothing went past it. */
function assertWhole(history: StoreHistory, dataDir: string): void {
  const state = createPlayback(history, "strict")(history.operations.length);
  const recorded = state.cut("all", createDraw(0));
  const real = readTree(dataDir);
  const names = new Set([...recorded.files.keys(), ...real.files.keys()]);
  const differing = [...names].filter((name) => {
    const content = real.files.get(name);
    return !content || !recorded.files.get(name)?.equals(content);
  });
  if (differing.length > 0) throw new Error(`the recording missed what was done to ${differing.join(", ")}`);
}

/**
 * Makes a folder with a prepared store, from which the batches of a run begin.
 * @returns batches, and what removes everything again
 */
export async function openStoreBatches() {
  const scratch = fs.mkdtempSync(path.join(imageFolder(), "hansa-images-"));
  const prepared = path.join(scratch, "prepared");
  const base = await prepareStore(prepared);

  /** `isFirst`: the history begins with the very first start of an empty folder. */
  async function run(
    seed: number,
    images: number,
    { isFirst = false, only }: { isFirst?: boolean; only?: number } = {},
  ) {
    const counted: Counted = { cuts: {}, failures: [] };
    const dataDir = path.join(scratch, "history");
    fs.rmSync(dataDir, { recursive: true, force: true });
    if (isFirst) fs.mkdirSync(dataDir);
    else fs.cpSync(prepared, dataDir, { recursive: true });
    const draw = createDraw(seed).fork("history");
    const history = await playStore(dataDir, isFirst ? readTree(dataDir) : base, draw);
    assertWhole(history, dataDir);
    const folder = createImageFolder(path.join(scratch, "image"));
    const playbacks = {
      journalling: createPlayback(history, "journalling"),
      strict: createPlayback(history, "strict"),
    };
    const drawn = Array.from({ length: images }, (_, image) => {
      const own = createDraw(seed).fork(`image ${image}`);
      return { image, draw: own, cut: { ...drawStoreCut(history, own), isFirst } };
    });
    for (const { image, cut, draw: own } of drawn.sort((a, b) => a.cut.instant - b.cut.instant)) {
      if (only !== undefined && image !== only) continue;
      count(counted, cut.fileSystem);
      count(counted, `fate ${cut.fate}`);
      if (cut.again) count(counted, "cut again during recovery");
      const tree = playbacks[cut.fileSystem](cut.instant).cut(cut.fate, own);
      await attempt(counted, { image, cut }, () => checkStoreCut({ history, cut, tree, folder }, own));
    }
    const batch: Batch = { images, ...counted };
    return batch;
  }

  return { run, close: () => fs.rmSync(scratch, { recursive: true, force: true }) };
}
