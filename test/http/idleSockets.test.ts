import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { startTestServer, type TestServer } from "./testServer.ts";

const ping = defineEndpoint({
  method: "get",
  path: "/v1/ping",
  operationId: "ping",
  summary: "Answers.",
  tag: "ping",
  replies: { 200: z.strictObject({ ok: z.boolean() }) },
  handle: () => Promise.resolve({ status: 200, body: { ok: true } }),
});

/** Of this process's open files, so many stay for everything else. */
const spare = 500;

/** Ten thousand, or what the system lets one process open. */
function socketCount(): number {
  if (process.platform === "win32") return 2_000;
  const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return limit === "unlimited" ? 10_000 : Math.min(10_000, Number(limit) - spare);
}

describe("connections that say nothing", () => {
  const count = socketCount();
  let server: TestServer;
  let child: ChildProcess;

  before(async () => {
    // They outlast the test: nothing that is measured here is their time-out.
    server = await startTestServer([ping], { bounds: { headerMs: 60_000, requestMs: 60_000, connectionsMax: count } });
    const file = path.join(import.meta.dirname, "processes", "idleSockets.ts");
    child = fork(file, [String(server.port), String(count)], { execArgv: ["--import=tsx"] });
    const [message] = await once(child, "message");
    expect(message).to.equal(`open ${count}`);
  });
  after(async () => {
    child.disconnect();
    await once(child, "exit");
    await server.close();
  });

  it(`keep nobody out, ${count} of them, as many as there may be`, async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => server.call("GET", "/v1/ping")));
    expect(replies.map(({ status }) => status)).to.deep.equal(replies.map(() => 200));
  });
});
