import { expect } from "chai";
import { folderLostExitCode, watchFolder } from "../../src/folderWatch.ts";
import { createLogger } from "../../src/operations/logger.ts";

describe("the watch over the data folder", () => {
  let end = () => {};
  let lines: string[];
  let log: string[];
  afterEach(() => end());

  /** Watches a lock that says these things in turn, the last one for ever. */
  function watch(...says: (() => boolean)[]) {
    let looks = 0;
    const { promise: ended, resolve: exit } = Promise.withResolvers<number>();
    lines = [];
    log = [];
    const isLost = () => {
      looks += 1;
      return (says[looks - 1] ?? says.at(-1))?.() ?? false;
    };
    end = watchFolder(
      { isLost },
      {
        everyMs: 1,
        logger: createLogger("warn", { write: (line) => log.push(line) }),
        complain: (line) => lines.push(line),
        process: { exit: exit as never },
      },
    );
    // The watch alone keeps no process alive; a test needs something that does.
    const alive = setInterval(() => {}, 1_000);
    return { looks: () => looks, ended: ended.finally(() => clearInterval(alive)) };
  }

  const held = () => false;
  const lost = () => true;
  const unclear = (): boolean => {
    throw new Error("EIO");
  };

  it("ends the process with a code of its own once the lock is lost, and says why once", async () => {
    const { looks, ended } = watch(held, held, lost);
    expect(await ended).to.equal(folderLostExitCode);
    expect(looks()).to.equal(3);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^Ended at once: the data folder's file `lock` was removed or replaced/);
    expect(log.map((line) => JSON.parse(line) as object)).to.have.length(1);
    expect(JSON.parse(log[0] ?? "{}")).to.include({ level: "error", exitCode: folderLostExitCode });
  });

  it("does not take a folder that gives no answer for lost, says so once, and goes on asking", async () => {
    const { looks, ended } = watch(unclear, unclear, held, lost);
    expect(await ended).to.equal(folderLostExitCode);
    expect(looks()).to.equal(4);
    expect(log.map((line) => (JSON.parse(line) as { level: string }).level)).to.deep.equal(["warn", "error"]);
  });
});
