/**
 * One life of a real program, `src/main.ts start` on a data folder or `src/cli.ts`, as the only leader of its process
 * group, so that a signal can be given to it alone or to everything that it started, as a terminal does.
 */
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const programs = {
  gateway: fileURLToPath(new URL("../../src/main.ts", import.meta.url)),
  tools: fileURLToPath(new URL("../../src/cli.ts", import.meta.url)),
} as const;
const loader = import.meta.resolve("tsx");
/** Orphans end when their channel closes; one that is there after so long was left behind. */
const orphanMs = 10_000;
const lookMs = 20;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export interface Life {
  /** Resolves when standard output has matched; rejects with everything that was printed when it ended without. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** The ledger is a child of the gateway; nothing happens while there is none. */
  kill(signal: NodeJS.Signals, whom: "gateway" | "ledger" | "group"): void;
  /** The gateway's end, told when nothing that it started is left either. */
  readonly ended: Promise<Ending>;
}

export interface LifeOptions {
  readonly dataDir: string;
  /** Ends after the demo. */
  readonly once: boolean;
  /** Without it no demo is played. */
  readonly demo?: boolean;
  /** `HANSA_…` settings; none is inherited. */
  readonly settings?: Readonly<Record<string, string>>;
}

const living = new Set<number>();

export function startLife({ dataDir, once, demo = true, settings = {} }: LifeOptions): Life {
  const flags = ["--data", dataDir, "--port", "0", ...(once ? ["--once"] : []), ...(demo ? [] : ["--no-demo"])];
  return startProgram("gateway", ["start", ...flags], settings);
}

/** `hansa reindex` on a folder. */
export function startReindex(dataDir: string, settings: Readonly<Record<string, string>> = {}): Life {
  return startProgram("tools", ["reindex", "--data", dataDir], settings);
}

function startProgram(
  program: keyof typeof programs,
  words: readonly string[],
  settings: Readonly<Record<string, string>>,
): Life {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HANSA_"));
  const child = spawn(process.execPath, ["--import", loader, programs[program], ...words], {
    detached: true,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("the program did not start");
  living.add(pid);

  let output = "";
  let errors = "";
  let isOver = false;
  const lookers = new Set<() => void>();
  const look = () => {
    for (const looker of [...lookers]) looker();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });

  const closed = new Promise<Omit<Ending, "output" | "errors">>((resolve) => {
    // "close" comes when both streams have ended too.
    child.once("close", (code, signal) => {
      isOver = true;
      look();
      resolve({ code, signal });
    });
  });

  return {
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const looker = () => {
          const match = pattern.exec(output);
          if (!match && !isOver) return;
          lookers.delete(looker);
          if (match) resolve(match);
          else reject(new Error(`${pattern} was not printed.\n${output}\n${errors}`));
        };
        lookers.add(looker);
        looker();
      }),
    kill(signal, whom) {
      if (isOver) return;
      if (whom === "group") process.kill(-pid, signal);
      else if (whom === "gateway") process.kill(pid, signal);
      else for (const member of membersOf(pid)) if (member !== pid) process.kill(member, signal);
    },
    ended: closed.then(async (ending) => {
      // Not a fault by itself, since nothing is lost by it; what was open is worth knowing.
      const [forced] = /^.* ended by force\..*$/m.exec(errors) ?? [];
      if (forced) process.stdout.write(`${forced}\n`);
      await groupEnded(pid);
      living.delete(pid);
      return { ...ending, output, errors };
    }),
  };
}

/** For the end of a failed test: nothing that was started here outlives it. */
export function killLeftOvers(): void {
  for (const group of living) {
    if (membersOf(group).length > 0) process.kill(-group, "SIGKILL");
  }
  living.clear();
}

/** The kernel tells nobody of an orphan's end, so it is looked for. */
async function groupEnded(group: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < orphanMs; waitedMs += lookMs) {
    if (membersOf(group).length === 0) return;
    await delay(lookMs);
  }
  throw new Error(`processes outlived their parent: ${membersOf(group).join(", ")}`);
}

/** Living processes of a group. A zombie has ended; where nobody collects orphans it stays for ever. */
function membersOf(group: number): readonly number[] {
  const rows = process.platform === "linux" ? readProc() : readPs();
  return rows.filter(([, of, state]) => Number(of) === group && !/^[ZX]/.test(state)).map(([pid]) => Number(pid));
}

type ProcessRow = readonly [pid: string, group: string, state: string];

function readProc(): readonly ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): ProcessRow[] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // pid (name) state parent group …; the name may hold anything.
        const [state = "", , group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [[pid, group, state]];
      } catch {
        return [];
      }
    });
}

function readPs(): readonly ProcessRow[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,pgid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid = "", group = "", state = ""] = line.trim().split(/\s+/);
    return [pid, group, state];
  });
}
