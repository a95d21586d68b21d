import { type Command, runCommand } from "./command.ts";

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed and why, to be told once more at the end. */
  readonly failures?: readonly string[];
}

/** Runs checks one after the other, shows each with its time, and keeps count. */
export interface Tally {
  /** A command passes with exit code 0. */
  command(name: string, command: Command): Promise<void>;
  /** A step of our own passes when it does not throw. */
  step(name: string, work: () => Promise<Count | undefined>): Promise<void>;
  skip(name: string, why: string): void;
  /** Prints what failed and, as the very last line, the count. @returns exit code */
  close(): number;
}

export function createTally(write: (text: string) => void = (text) => process.stdout.write(text)): Tally {
  let total = { passed: 0, failed: 0 };
  const failed: string[] = [];
  const reasons: string[] = [];

  function add(name: string, count: Count, startedAt: number): void {
    total = { passed: total.passed + count.passed, failed: total.failed + count.failed };
    if (count.failed > 0) failed.push(name);
    reasons.push(...(count.failures ?? []));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    write(`--- ${name}: ${count.failed > 0 ? "FAILED" : "passed"} (${seconds} s)\n`);
  }

  const tally: Tally = {
    command: (name, command) =>
      tally.step(name, async () => {
        const code = await runCommand(command);
        return code === 0 ? undefined : { passed: 0, failed: 1 };
      }),
    async step(name, work) {
      write(`\n--- ${name}\n`);
      const startedAt = performance.now();
      try {
        add(name, (await work()) ?? { passed: 1, failed: 0 }, startedAt);
      } catch (error) {
        write(`${error instanceof Error ? error.stack : String(error)}\n`);
        add(name, { passed: 0, failed: 1 }, startedAt);
      }
    },
    skip(name, why) {
      write(`\n--- ${name}: not run, ${why}\n`);
    },
    close() {
      for (const reason of reasons) write(`\nFailed: ${reason}\n`);
      if (failed.length > 0) write(`\nFailed: ${failed.join(", ")}\n`);
      write(`\n${total.passed} passed, ${total.failed} failed\n`);
      return total.failed === 0 && total.passed > 0 ? 0 : 1;
    },
  };
  return tally;
}
