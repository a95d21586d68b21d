/** How much slower the slowest hundredth of the list's pages is with a million credits than with ten thousand. */
import { inTurn, quantile, registerBench } from "../../scripts/benches.ts";
import { inParallel } from "./client.ts";
import { type CreditGateway, copyWithCredits, creditIdOf, cursorAfter, openCreditGateway } from "./manyCredits.ts";
import { type PreparedFolder, prepareFolder } from "./preparedFolder.ts";

const connections = 4;
const few = 10_000;

interface Population extends CreditGateway {
  readonly credits: number;
}

async function populate(credits: number): Promise<Population> {
  return { credits, ...(await openCreditGateway(await copyWithCredits(credits), connections)) };
}

let opened: Promise<{ folder: PreparedFolder; few: Population; many: Population }> | undefined;

async function open(short: boolean) {
  const folder = await prepareFolder();
  return { folder, few: await populate(few), many: await populate(short ? 100_000 : 1_000_000) };
}

/** Pages from the beginning and from anywhere, of one party, in one status, and a credit looked up by its reference. */
function paths({ bank, seller, arbiter }: PreparedFolder, credits: number, nth: number): string {
  const any = 1 + Math.floor(Math.random() * credits);
  const kinds = [
    "",
    `cursor=${cursorAfter(bank, creditIdOf(any))}`,
    `party=${seller.id}`,
    `party=${arbiter.id}`,
    `reference=B${any}`,
  ];
  return `/v1/credits?limit=50&${kinds[nth % kinds.length]}`;
}

/** Milliseconds. Ends early where reads are so slow that no more of them are needed to see it. */
async function slowestHundredth(
  folder: PreparedFolder,
  { client, credits }: Population,
  { reads, limitMs }: { reads: number; limitMs: number },
): Promise<number> {
  const times: number[] = [];
  const beganMs = performance.now();
  await inParallel(connections, reads, async (nth) => {
    const startedMs = performance.now();
    if (startedMs - beganMs > limitMs) return;
    await client.read(paths(folder, credits, nth));
    times.push(performance.now() - startedMs);
  });
  return quantile(times, 0.99);
}

registerBench({
  name: "list-growth",
  figures: [
    {
      name: "p99",
      subject: "1,000,000 credits (100,000 with --short)",
      baseline: "10,000 credits",
      unit: "ms",
      target: { atMost: 1.5 },
    },
  ],
  rounds: 7,
  shortRounds: 1,
  async run({ short, round }) {
    opened ??= open(short);
    const { folder, few: small, many } = await opened;
    const extent = short ? { reads: 400, limitMs: 4_000 } : { reads: 2_000, limitMs: 30_000 };
    if (round === 0) for (const one of [small, many]) await slowestHundredth(folder, one, extent);
    const p99 = await inTurn(
      round,
      () => slowestHundredth(folder, many, extent),
      () => slowestHundredth(folder, small, extent),
    );
    return { p99 };
  },
  async close() {
    const populations = await opened;
    await populations?.few.close();
    await populations?.many.close();
  },
});
