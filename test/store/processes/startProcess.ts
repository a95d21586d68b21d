import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface StartedProcess {
  readonly pid: number;
  nextLine(): Promise<string>;
  send(line: string): void;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs one of this folder's programs in a process of its own. */
export function startProcess(program: string, parameters: readonly string[]): StartedProcess {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", file, ...parameters], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { stdin, stdout, pid } = child;
  if (!stdin || !stdout || pid === undefined) throw new Error(`${program} did not start`);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid,
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended`);
      return value;
    },
    send: (line) => void stdin.write(`${line}\n`),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    },
  };
}
