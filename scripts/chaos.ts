/**
 * `npm run chaos`: kills the real gateway and ledger at every failpoint and at any instant, and checks what they left.
 * `npm run chaos -- images`: power cuts over images of journal and store, without starting processes. Both append what
 * they find to docs/assurance, and go on where they stopped as long as the code is the same.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ChaosOptions, runChaos, summary } from "../test/crash/campaign.ts";
import { killLeftOvers } from "../test/crash/life.ts";
import { isDrivenPlace } from "../test/crash/schedule.ts";
import { imagesFile, runImages, summaryOfImages } from "../test/images/campaign.ts";
import { root } from "./command.ts";

const usage = `npm run chaos [-- options]           kills of real processes
  --rounds <n>        sweeps; each kills 26 times, every failpoint of an act once with either victim (20); every fifth
                      adds a story of the demo and one over a ledger outside, with the failpoints that only it passes
  --seed <n>          of the first sweep; the others follow (1)
  --only <failpoint>  kills at this place only; "anywhere" for any instant; one that only a ledger outside passes comes
                      with the whole story over it
  --at-once <n>       rounds at a time (2)
  --file <name>       results (docs/assurance/chaos.jsonl)
  --summary           only counts what the results say of this code
npm run chaos -- images [options]    power cuts over images
  --journal <n>       images of the ledger's journal (8500)
  --store <n>         images of the store (1500)
  --seed <n>, --file <name>, --summary   as above (docs/assurance/images.jsonl)
`;

const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ rounds: text, seed: text, only: text, "at-once": text, file: text, journal: text, store: text },
    ...{ summary: { type: "boolean" }, help: { type: "boolean" } },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);
const count = (given: string | undefined, otherwise: number) => (given === undefined ? otherwise : Number(given));

async function kill(): Promise<boolean> {
  const file = values.file ?? join(root, "docs", "assurance", "chaos.jsonl");
  const { only } = values;
  if (only !== undefined && only !== "anywhere" && !isDrivenPlace(only))
    throw new Error(`${only} is no place that the campaign passes`);
  const sweeps = count(values.rounds, 20);
  const options: ChaosOptions = {
    ...{ file, seed: count(values.seed, 1), sweeps, only, say },
    atOnce: count(values["at-once"], 2),
  };
  const isWell = values.summary || (await runChaos(options));
  for (const line of summary(file)) say(line);
  return isWell;
}

async function cut(): Promise<boolean> {
  const file = values.file ?? join(root, imagesFile);
  const images = { journalImages: count(values.journal, 8_500), storeImages: count(values.store, 1_500) };
  const failed = values.summary ? 0 : await runImages({ file, seed: count(values.seed, 1), ...images, say });
  for (const line of summaryOfImages(file)) say(line);
  return failed === 0;
}

if (values.help || positionals.length > 1 || (positionals[0] ?? "images") !== "images") {
  say(usage);
  process.exit(values.help ? 0 : 2);
}
// Whoever is being killed on purpose is a group of its own, which a terminal's Ctrl-C does not reach.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    killLeftOvers();
    process.exit(130);
  });
}
const isWell = positionals[0] === "images" ? await cut() : await kill();
process.exit(isWell ? 0 : 1);
