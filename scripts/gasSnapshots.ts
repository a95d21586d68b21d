/** What each act costs, as committed numbers. Only tests without random input are measured: others would drift. */
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { root } from "./command.ts";

async function run(options: { snapshot?: boolean; snapshotCheck?: boolean }): Promise<boolean> {
  const { default: hardhat } = await import("hardhat");
  const testFiles = globSync("test/contracts/gas/*.t.sol", { cwd: root }).sort();
  const result = (await hardhat.tasks.getTask(["test", "solidity"]).run({ testFiles, ...options })) as {
    success: boolean;
  };
  return result.success;
}

/** False when a number differs. Hardhat takes an absent baseline for a match, so absence is asked for first. */
export async function checkGasSnapshots(): Promise<boolean> {
  return existsSync(join(root, ".gas-snapshot")) && (await run({ snapshotCheck: true }));
}

/** Writes the numbers anew. */
export async function writeGasSnapshots(): Promise<boolean> {
  return await run({ snapshot: true });
}
