// @ts-check
/**
 * `prestart` and `pretest`: makes sure that a fitting Node and the modules of the lock file are here. Plain
 * JavaScript without dependencies, because it runs before anything is installed, on any Node from 18 on.
 */
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { failureOfFileSystem, SetupFailure } from "./bootstrap/failures.mjs";

const file = fileURLToPath(import.meta.url);

/** Folder of package.json. */
export const root = dirname(dirname(file));

/** Whether this Node can at least set Hansa up. @param {string} version such as 18.0.0 */
export function runsSetUp(version) {
  return Number.parseInt(version, 10) >= 18;
}

/** Prepares the clone, or ends the process with one message and exit code 2. @returns {Promise<string>} the Node to use */
export async function bootstrap() {
  try {
    if (!runsSetUp(process.versions.node)) throw new SetupFailure("nodeTooOld", { version: process.versions.node });
    // Loaded late: what lies behind does not load in Nodes that are too old.
    const { prepare } = await import("./bootstrap/prepare.mjs");
    return await prepare(root);
  } catch (caught) {
    const error = failureOfFileSystem(caught);
    const text = error instanceof SetupFailure ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`\n${text}\n`);
    process.exit(2);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === file) await bootstrap();
