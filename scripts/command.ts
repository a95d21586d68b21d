import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where tsx's loader lies, for `node --import`. */
const tsxLoader = import.meta.resolve("tsx");

const running = new Set<ChildProcess>();

/** What this process started ends with it, each child by its own process id. */
function endChildren(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal);
}

let watching = false;

function endChildrenWithUs(): void {
  if (watching) return;
  watching = true;
  process.once("exit", () => endChildren("SIGTERM"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      endChildren(signal);
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
}

export interface Command {
  /** A file that the running Node runs. */
  readonly file: string;
  /** Lets Node read TypeScript, by tsx. */
  readonly loader?: boolean;
  /** Further flags of Node. */
  readonly nodeFlags?: readonly string[];
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Ends the command when it takes longer. */
  readonly timeoutMs?: number;
  /** Takes what the command prints, instead of our own output. */
  readonly outputFile?: string;
}

/** Runs a command with our output. @returns its exit code; 124 when its time was over, 128 when a signal ended it. */
export function runCommand(command: Command): Promise<number> {
  const { file, loader = false, nodeFlags = [], arguments: given = [], env = {} } = command;
  const { folder = root, timeoutMs, outputFile } = command;
  const output = outputFile === undefined ? "inherit" : openSync(outputFile, "w");
  const child = spawn(process.execPath, [...nodeFlags, ...(loader ? ["--import", tsxLoader] : []), file, ...given], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output],
  });
  endChildrenWithUs();
  running.add(child);
  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          child.kill("SIGTERM");
          setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
        }, timeoutMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (typeof output === "number") closeSync(output);
      resolve(timedOut ? 124 : (code ?? 128));
    });
  });
}

/** The file behind a package's command, so that no shell and no `.cmd` stands between. */
export function binOf(packageName: string, command = packageName, folder = root): string {
  const packageFolder = join(folder, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  const path = typeof bin === "string" ? bin : bin[command];
  if (path === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(packageFolder, path);
}
