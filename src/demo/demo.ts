import fs from "node:fs";
import path from "node:path";
import { createClock } from "../shared/clock.ts";
import { readTextFile, writeSecretFile } from "../shared/secretFile.ts";
import { createBook } from "./book.ts";
import { createApi } from "./client.ts";
import { playCredit } from "./creditStory.ts";
import { playEscrow } from "./escrowStory.ts";
import { playOpening } from "./opening.ts";
import { type PartyName, parties } from "./parties.ts";
import { playPayment } from "./paymentStory.ts";
import { reconcile } from "./reconcile.ts";
import { playRedemption } from "./redemptionStory.ts";
import { type DemoFile, makeDemoFile, parseDemoFile } from "./secrets.ts";
import { createStage, type Stage } from "./stage.ts";

/** The demo of one data folder: plays until it has finished once. */
export interface DemoPlay {
  /** Time of the ledger's first block, seconds. */
  readonly genesisSeconds: number;
  play(options: {
    url: string;
    operatorTokens: Readonly<Record<"maker" | "checker" | "admin", string>>;
    say: (line: string) => void;
  }): Promise<void>;
}

/**
 * Opens the demo of a data folder, or plans it. It is resumed after a crash by playing it from the beginning: every
 * request carries the same idempotency key, so what was done is answered and not done again.
 */
export function openDemo(dataDir: string, nowSeconds: number): DemoPlay {
  const file = path.join(dataDir, "demo.json");
  const finished = path.join(dataDir, "demo.finished");
  const replies = path.join(dataDir, "demo.replies.jsonl");
  const stored = readTextFile(file);
  const demo = stored === undefined ? makeDemoFile(nowSeconds) : parseDemoFile(stored);
  if (stored === undefined) writeSecretFile(file, `${JSON.stringify(demo, null, 2)}\n`);
  return {
    genesisSeconds: demo.plan.genesisSeconds,
    async play({ url, operatorTokens, say }) {
      if (readTextFile(finished) !== undefined) {
        say("The demo was played before; its deals are still there.");
        return;
      }
      // What was acknowledged must be found again after any crash: this is the list to compare with.
      const api = createApi(url, (reply) => fs.appendFileSync(replies, `${JSON.stringify(reply)}\n`, { mode: 0o600 }));
      const stage = createStage({ api, plan: demo.plan, say, operatorTokens });
      await playStory(stage, demo);
      showKeys(stage);
      writeSecretFile(finished, "finished\n");
    },
  };
}

async function playStory(stage: Stage, demo: DemoFile): Promise<void> {
  const book = createBook();
  const ids = await playOpening(stage, demo);
  await playCredit(stage, ids, book);
  await playEscrow(stage, ids, book);
  await playPayment(stage, ids, book);
  await playRedemption(stage, ids, book);
  await stage.moveToInstant(Math.floor(createClock().wallMs() / 1000));
  await reconcile(stage, ids, book);
}

function showKeys(stage: Stage): void {
  stage.say("\nAPI keys of the demo, to sign in to the portal (kept in the data folder):");
  const line = (party: PartyName, role: "maker" | "checker") =>
    stage.say(`  ${parties[party].name.padEnd(37)} ${role.padEnd(8)} ${stage.token(party, role)}`);
  for (const party of ["issuer", "confirmer", "exporter", "importer"] as const) line(party, "maker");
  line("issuer", "checker");
}
