import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Ending, startLife } from "./crash/life.ts";
import { createApi } from "./fixtures/api.ts";

const serving = /Hansa runs on (http:\/\/127\.0\.0\.1:\d+)/;

describe("the process on a folder from which a part was lost", function lostPartsSuite() {
  this.timeout(120_000);
  let whole = "";
  let dataDir = "";
  let token = "";

  before(async () => {
    whole = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-lost-"));
    dataDir = path.join(whole, "data");
    const life = startLife({ dataDir, once: false, demo: false });
    const [, key = ""] = await life.seen(/ maker +(\S+)/);
    token = key;
    await life.seen(serving);
    life.kill("SIGTERM", "gateway");
    expect((await life.ended).code).to.equal(0);
  });
  after(() => fs.rmSync(whole, { recursive: true, force: true }));

  /** Every file beside the store, whose engine writes when it only looks, and whether there is a store. */
  function contents(): Readonly<Record<string, string>> {
    const names = fs.readdirSync(dataDir).filter((name) => !name.startsWith("lock"));
    return Object.fromEntries(
      names.map((name) => [name, name === "store" ? "" : fs.readFileSync(path.join(dataDir, name), "latin1")]),
    );
  }

  /** Starts without this part, puts it back and sees that all is as it was. */
  async function startWithout(part: string): Promise<Ending> {
    const complete = contents();
    const aside = path.join(whole, part);
    fs.renameSync(path.join(dataDir, part), aside);
    const { [part]: _, ...rest } = complete;
    const ending = await startLife({ dataDir, once: false, demo: false }).ended;
    expect(contents(), "nothing was made and nothing changed").to.deep.equal(rest);
    fs.renameSync(aside, path.join(dataDir, part));
    return ending;
  }

  const refusals = [
    ["store", "The store that belongs to this ledger is missing (start.store_lost)", "ledger.journal"],
    ["master.key", "The master key's file is missing (start.master_key_missing)", "master.key"],
    ["lane.key", "`lane.key` is missing (start.lane_key_missing)", "lane.key"],
  ] as const;

  for (const [part, sentence, named] of refusals) {
    it(`refuses to start without ${part}, says which file, and changes nothing`, async () => {
      const { code, output, errors } = await startWithout(part);
      expect(code, output).to.equal(1);
      expect(errors).to.include(sentence);
      expect(errors).to.include(path.join(dataDir, named));
      expect(output).not.to.match(serving);
    });
  }

  it("serves the same operator when every part is back in its place", async () => {
    const life = startLife({ dataDir, once: false, demo: false });
    const [, url = ""] = await life.seen(serving);
    const reply = await createApi(url, token).get("/v1/me");
    expect(reply.status, reply.text).to.equal(200);
    life.kill("SIGTERM", "gateway");
    expect((await life.ended).code).to.equal(0);
  });
});
