import { Command } from "commander";
import type { AskOptions } from "./cli/ask.ts";
import { backUpFolder, runRestore, takeBackup } from "./cli/backups.ts";
import { reindexViews } from "./cli/reindex.ts";
import { verify } from "./cli/verify.ts";

const program = new Command("hansa").description("Tools beside the gateway");

function asking(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--url <url>", "the gateway", "http://localhost:8080")
    .option("--token <key>", "API key (HANSA_TOKEN)", process.env.HANSA_TOKEN);
}

asking("verify <deal>", "compare the gateway's view of a credit or escrow with the ledger").action(
  async (deal: string, options: AskOptions) => {
    process.exitCode = await verify(deal, options);
  },
);
asking(
  "backup",
  "have a running gateway back itself up, as the operator's admin; with --out, a folder that none works on",
)
  .option("--out <file>", "write the backup of a folder that no gateway works on to this file")
  .option("--data <folder>", "the folder (HANSA_DATA)")
  .option("--database-url <url>", "its PostgreSQL database, where it has one (HANSA_DATABASE_URL)")
  .action(async (options: AskOptions & { out?: string; data?: string; databaseUrl?: string }) => {
    process.exitCode = await (options.out === undefined ? takeBackup(options) : backUpFolder(options.out, options));
  });
program
  .command("restore <file>")
  .description("make a data folder out of a backup")
  .option("--data <folder>", "the new data folder", ".hansa")
  .option("--database-url <url>", "an empty PostgreSQL database instead of an embedded store; no setting names it")
  .action(async (file: string, options: { data: string; databaseUrl?: string }) => {
    process.exitCode = await runRestore(file, options);
  });
program
  .command("reindex")
  .description("make all views anew from the ledger and compare the event sequences with it, while no gateway runs")
  .option("--data <folder>", "the data folder (HANSA_DATA)")
  .option("--check", "only compare")
  .action(async (options: { data?: string; check?: boolean }) => {
    process.exitCode = await reindexViews(options);
  });
await program.parseAsync();
