import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parseConfig } from "../../src/config.ts";
import { type Gateway, openGateway } from "../../src/gateway.ts";
import { createLogger } from "../../src/operations/logger.ts";
import { completeLei } from "../../src/shared/identifiers.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { createApi } from "../fixtures/api.ts";
import { genesisSeconds, makeSecret } from "../fixtures/gateway.ts";

/** Words that callers send and that no log may hold. */
const words = {
  party: "Planted-Party GmbH",
  user: "Planted-User",
  document: "planted text of a document",
  documentName: "planted-name.pdf",
  message: "PLANTED GOODS",
  reason: "planted reason",
};

describe("the log of a whole gateway", function suite() {
  this.timeout(120_000);
  let dataDir: string;
  let lock: Awaited<ReturnType<typeof lockFolder>>;
  let gateway: Gateway;
  const written: string[] = [];

  before(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "hansa-logs-"));
    lock = await lockFolder(dataDir);
    const parsed = parseConfig({ HANSA_PORT: "0", HANSA_LOG_LEVEL: "debug" }, { data: dataDir, demo: false });
    if (!parsed.ok) throw new Error(parsed.faults.join("\n"));
    const logger = createLogger("debug", { write: (line: string) => void written.push(line) });
    gateway = await openGateway({ config: parsed.config, logger, genesisSeconds, onProgress: () => {} });
  });
  after(async () => {
    await gateway?.close();
    lock?.release();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("holds no key, invitation, name or text, over acts, refusals and the end of it all", async () => {
    const { url, operator } = gateway;
    const operatorMaker = createApi(url, operator.tokens.maker);
    const invitations = { maker: makeSecret(), checker: makeSecret(), admin: makeSecret() };
    const users = (["maker", "checker", "admin"] as const).map((role) => ({
      ...{ name: `${words.user} ${role}`, role, invitation: invitations[role] },
    }));
    const lei = completeLei(randomBytes(9).toString("hex").toUpperCase());
    const party = { name: words.party, lei, country: "NL", roles: ["merchant"], users };
    const invited = await operatorMaker.post<{ organisationId: string; users: { userId: string; role: string }[] }>(
      "/v1/participants",
      party,
    );
    expect(invited.status, invited.text).to.equal(201);
    const secret = makeSecret();
    const [maker] = invited.body.users;
    const acceptance = { userId: maker?.userId ?? "", invitation: invitations.maker, secret };
    const accepted = await createApi(url, null).post<{ keyId: string }>("/v1/invitations/accept", acceptance);
    expect(accepted.status, accepted.text).to.equal(201);
    const token = `hansa_${accepted.body.keyId}_${secret}`;
    const merchant = createApi(url, token);
    const contentBase64 = Buffer.from(words.document).toString("base64");
    const document = {
      kind: "commercial_invoice",
      name: words.documentName,
      mediaType: "application/pdf",
      contentBase64,
    };
    const text = `{4:\n:20:${words.message}\n-}`;
    const replies = [
      await merchant.post("/v1/documents", document),
      await merchant.post("/v1/documents", { ...document, [words.document]: 1 }),
      await merchant.post("/v1/messages", { direction: "received", text }),
      await operatorMaker.post("/v1/participants", party),
      await operatorMaker.post(`/v1/organisations/${invited.body.organisationId}/admit`, undefined, { wait: 20 }),
      await operatorMaker.post("/v1/approvals/00000000-0000-4000-8000-000000000000/reject", { reason: words.reason }),
      await createApi(url, `${token}x`).get("/v1/me"),
      await createApi(url, null).post("/v1/invitations/accept", { ...acceptance, invitation: makeSecret() }),
    ];
    const statuses = replies.map(({ status }) => status);
    expect(
      statuses.some((status) => status < 300) && statuses.some((status) => status >= 400),
      String(statuses),
    ).to.equal(true);
    expect(
      statuses.filter((status) => status >= 500),
      String(statuses),
    ).to.deep.equal([]);
    await gateway.close();

    const log = written.join("");
    expect(log).to.contain('"operation":"keepDocument"');
    const keys = Object.values(operator.tokens).map((key) => key.split("_").at(-1) ?? "");
    for (const planted of [...Object.values(words), ...Object.values(invitations), secret, contentBase64, ...keys]) {
      expect(log, planted).not.to.contain(planted);
    }
    expect(log).not.to.match(/Planted|planted/);
    const requests = written.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
    expect(requests.every(({ requestId, traceId }) => requestId && /^[0-9a-f]{32}$/.test(traceId))).to.equal(true);
  });
});
