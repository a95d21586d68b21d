import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { commit } from "../../../src/chain/commitment.ts";
import type { DocumentView } from "../../../src/features/documents/queries.ts";
import { limits } from "../../../src/shared/limits.ts";
import { pointersOf, refusal } from "../../fixtures/api.ts";
import { describeGateway, type TestParty } from "../../fixtures/gateway.ts";

const secret = "A TEXT THAT STANDS NOWHERE ON THE DISK 7f3a";

describeGateway("Documents, over HTTP", (fixture) => {
  let owner: TestParty;
  let stranger: TestParty;

  before(async () => {
    owner = await fixture.system.party({ roles: ["merchant"] });
    stranger = await fixture.system.party({ roles: ["merchant"] });
  });

  function keep(content: string | Uint8Array, change: object = {}) {
    const contentBase64 = Buffer.from(content).toString("base64");
    const body = { kind: "other", name: `${secret}.pdf`, mediaType: "application/pdf", contentBase64, ...change };
    return fixture.system.as(owner.maker).post<DocumentView>("/v1/documents", body);
  }

  it("are kept with a commitment that their reader can check, and given back byte for byte", async () => {
    const content = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const { status, body } = await keep(content);
    expect(status).to.equal(201);
    expect(body).to.include({ sizeBytes: 256, mediaType: "application/pdf" });
    const view = await fixture.system.as(owner.maker).get<DocumentView>(`/v1/documents/${body.id}`);
    expect(view.body).to.deep.equal({ ...body, name: `${secret}.pdf` });
    expect(body.commitment).to.equal(commit("document", content, body.salt));
    const headers = { authorization: `Bearer ${owner.maker.token}` };
    const reply = await fetch(`${fixture.system.url}/v1/documents/${body.id}/content`, { headers });
    expect(Buffer.compare(Buffer.from(await reply.arrayBuffer()), content)).to.equal(0);
    expect(reply.headers.get("content-type"), "never what an uploader chose").to.equal("application/octet-stream");
    expect(reply.headers.get("content-disposition")).to.match(/^attachment; filename\*=UTF-8''A%20TEXT/);
  });

  it("do not exist for others", async () => {
    const { body } = await keep("one");
    const other = fixture.system.as(stranger.maker);
    expect((await other.get(`/v1/documents/${body.id}`)).status).to.equal(404);
    expect((await other.get(`/v1/documents/${body.id}/content`)).status).to.equal(404);
    expect((await other.get<{ items: unknown[] }>("/v1/documents")).body.items).to.deep.equal([]);
  });

  it("are refused when they are too large, empty or not base64", async () => {
    expect(refusal(await keep(new Uint8Array(limits.documentBytes + 1)))).to.deep.equal([413, "document.too_large"]);
    for (const contentBase64 of ["QUI", "QUJD\n", "####"]) {
      const reply = await keep("", { contentBase64 });
      expect(refusal(reply)).to.deep.equal([400, "request.invalid"]);
      expect(pointersOf(reply)).to.deep.equal(["/contentBase64"]);
    }
  });

  it("stand nowhere in the data folder in clear: neither content nor name", async () => {
    expect((await keep(secret)).status).to.equal(201);
    await fixture.system.stop();
    const files = await readdir(fixture.system.dataDir, { recursive: true, withFileTypes: true });
    let bytes = 0;
    for (const file of files.filter((entry) => entry.isFile())) {
      const content = await readFile(path.join(file.parentPath, file.name));
      bytes += content.length;
      expect(content.includes(secret), file.name).to.equal(false);
    }
    expect(bytes, "something was looked at").to.be.greaterThan(1_000_000);
  });
});
