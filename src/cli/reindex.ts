import { parseConfig } from "../config.ts";
import { createLogger } from "../operations/logger.ts";
import { runReindex } from "../reindexing.ts";
import { complain, explain, say } from "./say.ts";

const everyBlocks = 5_000;

/** 0 when sequences and ledger agree, 1 when they differ or it failed, 2 for a configuration that is none. */
export async function reindexViews(options: {
  readonly data?: string | undefined;
  readonly check?: boolean | undefined;
}): Promise<number> {
  const parsed = parseConfig(process.env, { data: options.data, demo: false });
  if (!parsed.ok) {
    for (const fault of parsed.faults) complain(fault);
    return 2;
  }
  let told = 0;
  try {
    const { blocks, differences } = await runReindex({
      config: parsed.config,
      logger: createLogger(parsed.config.logLevel),
      checkOnly: options.check ?? false,
      onProgress(done, of) {
        if (done - told < everyBlocks) return;
        told = done;
        say(`${done} of ${of} blocks`);
      },
    });
    for (const difference of differences) say(difference);
    const verdict = differences.length === 0 ? "the sequences agree with the ledger" : "the sequences differ";
    const compared = "compared with the sequences; the views were not, a full reindex makes those anew";
    say(`${blocks} blocks ${options.check ? compared : "read, views made anew"}; ${verdict}`);
    return differences.length === 0 ? 0 : 1;
  } catch (error) {
    complain(explain(error));
    return 1;
  }
}
