/** The campaign over images: batches of fixed seeds and sizes, each done once for a version of the code. */
import { join } from "node:path";
import { codeVersion, openResults, type Stamp, stampNow } from "../crash/results.ts";
import { type Batch, openStoreBatches, runJournalBatch } from "./batch.ts";

type Kind = "journal" | "store" | "store first start";

export interface BatchLine extends Stamp, Batch {
  readonly kind: Kind;
  readonly seed: number;
  readonly seconds: number;
}

interface Planned {
  readonly kind: Kind;
  readonly seed: number;
  readonly images: number;
}

export interface ImagesOptions {
  readonly file: string;
  /** The first batch's seed; the others follow. */
  readonly seed: number;
  readonly journalImages: number;
  readonly storeImages: number;
  readonly say: (line: string) => void;
}

const sizes = { journal: 200, store: 100, first: 10 };
/** Every so many batches of the store one begins with an empty folder. */
const firstStartEvery = 5;

/** Batches that together have these many images. */
export function planBatches({ seed, journalImages, storeImages }: ImagesOptions): readonly Planned[] {
  const plan: Planned[] = [];
  for (let left = journalImages, next = seed; left > 0; left -= sizes.journal, next += 1) {
    plan.push({ kind: "journal", seed: next, images: Math.min(left, sizes.journal) });
  }
  for (let left = storeImages, next = seed; left > 0; next += 1) {
    const isFirst = (next - seed) % firstStartEvery === firstStartEvery - 1;
    const images = Math.min(left, isFirst ? sizes.first : sizes.store);
    plan.push({ kind: isFirst ? "store first start" : "store", seed: next, images });
    left -= images;
  }
  return plan;
}

/** Runs what is missing. @returns how many images failed, of all lines of this code version */
export async function runImages(options: ImagesOptions): Promise<number> {
  const code = codeVersion();
  const results = openResults<BatchLine>(options.file, code);
  const isDone = ({ kind, seed, images }: Planned) =>
    results.lines.some((line) => line.kind === kind && line.seed === seed && line.images === images);
  const store = createLazy(async () => {
    const batches = await openStoreBatches();
    // Also when the campaign is interrupted.
    process.once("exit", batches.close);
    return batches;
  });
  try {
    for (const planned of planBatches(options)) {
      if (isDone(planned)) continue;
      const { kind, seed, images } = planned;
      const begun = performance.now();
      const batch =
        kind === "journal"
          ? await runJournalBatch(seed, images)
          : await (await store.get()).run(seed, images, { isFirst: kind === "store first start" });
      const seconds = Math.round((performance.now() - begun) / 100) / 10;
      results.append({ ...stampNow(code), kind, seed, seconds, ...batch });
      options.say(`${kind}, seed ${seed}: ${images} images in ${seconds} s, ${batch.failures.length} failures`);
      for (const { image, cut, error } of batch.failures)
        options.say(`  image ${image} ${JSON.stringify(cut)}: ${error}`);
    }
  } finally {
    (await store.opened())?.close();
  }
  return results.lines.reduce((sum, { failures }) => sum + failures.length, 0);
}

function createLazy<T>(open: () => Promise<T>) {
  let opened: Promise<T> | undefined;
  return {
    get() {
      opened ??= open();
      return opened;
    },
    opened: async () => opened,
  };
}

/** Images by kind, of what the file says of this code version. */
export function summaryOfImages(file: string): readonly string[] {
  const { lines } = openResults<BatchLine>(file, codeVersion());
  const kinds = [...Map.groupBy(lines, ({ kind }) => kind)].map(([kind, own]) => {
    const images = own.reduce((sum, line) => sum + line.images, 0);
    const failures = own.reduce((sum, line) => sum + line.failures.length, 0);
    return `  ${kind.padEnd(20)} ${images} images, ${failures} failures`;
  });
  return [`${lines.reduce((sum, line) => sum + line.images, 0)} images`, ...kinds];
}

export const imagesFile = join("docs", "assurance", "images.jsonl");
