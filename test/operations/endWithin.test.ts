import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

/** A process that has ended but for something that keeps it alive, and one in which nothing does. */
const program = fileURLToPath(new URL("./processes/leftOpen.ts", import.meta.url));

function run(...words: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), program, ...words], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stderr };
}

describe("a process that does not end by itself", function endSuite() {
  this.timeout(120_000);

  it("is ended by force after its time, with its own exit code, and says so", () => {
    const { status, stderr } = run("socket");
    expect(status).to.equal(7);
    const words = "What was left open did not end within 0.05 seconds: ended by force. What was acknowledged is kept.";
    expect(stderr).to.match(new RegExp(`^${words} Open: .*TCPServerWrap`));
  });

  it("is not kept alive by the watch when nothing else is open, and nothing is said", () => {
    expect(run("nothing")).to.deep.equal({ status: 7, stderr: "" });
  });
});
