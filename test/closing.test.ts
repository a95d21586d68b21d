import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parseConfig } from "../src/config.ts";
import { openGateway } from "../src/gateway.ts";
import { silentLogger } from "../src/shared/context.ts";
import { genesisSeconds } from "./fixtures/gateway.ts";

describe("a gateway that is closed", () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "hansa-closing-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }));

  async function unclosedOf(options: { closeMs?: number }): Promise<readonly string[]> {
    const parsed = parseConfig({ HANSA_PORT: "0", HANSA_LOG_LEVEL: "silent" }, { data: dataDir, demo: false });
    if (!parsed.ok) throw new Error(parsed.faults.join("\n"));
    let unclosed: readonly string[] = [];
    const gateway = await openGateway({
      ...{ config: parsed.config, logger: silentLogger, genesisSeconds, onProgress: () => {}, ...options },
      onUnclosed: (names) => {
        unclosed = names;
      },
    });
    await gateway.close();
    return unclosed;
  }

  it("names a store that is not closed in time, so that its folder is not given to another", async () => {
    expect(await unclosedOf({ closeMs: 0 })).to.include("store");
  });

  it("names nothing when everything was closed", async () => {
    expect(await unclosedOf({})).to.deep.equal([]);
  });
});
