import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startTestServer, type TestServer } from "./testServer.ts";

describe("the portal's files", () => {
  let folder: string;
  let server: TestServer;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "hansa-portal-"));
    await mkdir(path.join(folder, "dist", "assets"), { recursive: true });
    await writeFile(path.join(folder, "dist", "index.html"), "<!doctype html><title>portal</title>");
    await writeFile(path.join(folder, "dist", "favicon.svg"), "<svg/>");
    await writeFile(path.join(folder, "dist", "assets", "app-1a2b.js"), "1;");
    await writeFile(path.join(folder, "dist", ".secret"), "no");
    await writeFile(path.join(folder, "outside.txt"), "no");
    server = await startTestServer([], { portalDir: path.join(folder, "dist") });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it("answer the page at / and at every address below /app, never from a cache", async () => {
    for (const address of ["/", "/app", "/app/", "/app/deals/7?tab=documents"]) {
      const response = await fetch(server.url + address);
      expect([response.status, response.headers.get("cache-control")], address).to.deep.equal([200, "no-cache"]);
      expect(await response.text()).to.contain("<title>portal");
    }
  });

  it("are kept for ever when their name carries their hash", async () => {
    const response = await fetch(`${server.url}/assets/app-1a2b.js`);
    expect(response.headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
    expect((await fetch(`${server.url}/favicon.svg`)).headers.get("cache-control")).to.equal("no-cache");
  });

  it("are missing (404) while the portal is not built", async () => {
    const unbuilt = await startTestServer([], { portalDir: path.join(folder, "nowhere") });
    for (const address of ["/", "/app/x", "/assets/a.js"]) {
      expect((await fetch(unbuilt.url + address)).status, address).to.equal(404);
    }
    await unbuilt.close();
  });

  it("are nothing else than what lies in the folder", async () => {
    for (const address of [
      "/assets/other.js",
      "/.secret",
      "/..%2foutside.txt",
      "/assets/..%2f..%2foutside.txt",
      "/v1/x",
    ]) {
      const { status } = await fetch(server.url + address);
      expect([403, 404], address).to.include(status);
    }
  });
});
