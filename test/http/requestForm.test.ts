import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint, type Endpoint } from "../../src/features/endpoint.ts";
import { limits } from "../../src/shared/limits.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

const Party = z.strictObject({ name: z.string().max(2_000_000), country: z.string().length(2) });
const Draft = z.strictObject({
  reference: z.string(),
  parties: z.array(Party),
  payment: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("sight") }),
      z.strictObject({ kind: z.literal("deferred"), days: z.int() }),
    ])
    .optional(),
});

const createDraft = defineEndpoint({
  method: "post",
  path: "/v1/drafts",
  operationId: "createDraft",
  summary: "Creates a draft.",
  tag: "drafts",
  body: Draft,
  replies: { 201: z.strictObject({ reference: z.string() }) },
  handle: async ({ body }) => ({ commit: async () => ({ status: 201, body: { reference: body.reference } }) }),
});

const listDrafts = defineEndpoint({
  method: "get",
  path: "/v1/drafts/{draftId}/lines",
  operationId: "listDraftLines",
  summary: "Lists lines.",
  tag: "drafts",
  params: z.strictObject({ draftId: z.string().regex(/^d\d+$|^.*\0.*$/) }),
  query: z.strictObject({ limit: z.coerce.number().int().max(limits.pageSizeMax).optional() }),
  replies: { 200: z.strictObject({ draftId: z.string(), limit: z.number().nullable() }) },
  handle: async ({ params, query }) => ({
    status: 200,
    body: { draftId: params.draftId, limit: query.limit ?? null },
  }),
});

const deleteDraft = defineEndpoint({
  method: "delete",
  path: "/v1/drafts/{draftId}",
  operationId: "deleteDraft",
  summary: "Deletes a draft.",
  tag: "drafts",
  params: z.strictObject({ draftId: z.string() }),
  replies: { 204: z.undefined() },
  handle: async () => ({ commit: async () => ({ status: 204 }) }),
});

const good = { reference: "LC1", parties: [{ name: "A", country: "DE" }] };

describe("the form of a request", () => {
  let server: TestServer;
  let serial = 0;
  const post = (options: object) => {
    serial += 1;
    return server.call("POST", "/v1/drafts", { key: `form-${serial.toString().padStart(6, "0")}`, ...options });
  };

  before(async () => {
    const endpoints: readonly Endpoint[] = [createDraft, listDrafts, deleteDraft];
    server = await startTestServer(endpoints);
  });
  after(() => server.close());

  it("lets good requests through", async () => {
    expect((await post({ json: good })).status).to.equal(201);
    const listed = await server.call("GET", "/v1/drafts/d1/lines?limit=7");
    expect(await listed.json()).to.deep.equal({ draftId: "d1", limit: 7 });
    const deleted = await server.call("DELETE", "/v1/drafts/d1", { key: "delete-0001" });
    expect([deleted.status, await deleted.text()]).to.deep.equal([204, ""]);
  });

  for (const [what, json, pointers] of [
    [
      "unknown keys, at every depth",
      { ...good, extra: 1, parties: [{ ...good.parties[0], "a/b~": 1 }] },
      ["/parties/0/a~1b~0", "/extra"],
    ],
    ["a wrong type", { ...good, reference: 5 }, ["/reference"]],
    ["a missing field", { reference: "x" }, ["/parties"]],
    ["a wrong alternative", { ...good, payment: { kind: "deferred", days: 1.5 } }, ["/payment/days"]],
    ["no object", [], [""]],
  ] as const) {
    it(`refuses ${what} with a pointer to each fault (400)`, async () => {
      const problem = await problemOf(await post({ json }));
      expect([problem.status, problem.code, problem.facts.in]).to.deep.equal([400, "request.invalid", "body"]);
      expect(problem.errors?.map((fault) => fault.pointer)).to.deep.equal(pointers);
    });
  }

  it("never echoes a value that it refuses", async () => {
    const secret = "hunter2-very-secret";
    const response = await post({
      json: { ...good, parties: [{ name: 5, country: secret }], payment: { kind: secret } },
    });
    expect(response.status).to.equal(400);
    expect(await response.text()).not.to.contain(secret);
  });

  it("refuses an empty body where one is needed (400)", async () => {
    expect((await problemOf(await post({}))).code).to.equal("request.invalid");
  });

  it("refuses a body where none is taken (400)", async () => {
    const response = await server.call("DELETE", "/v1/drafts/d1", { key: "delete-0002", json: {} });
    expect((await problemOf(response)).code).to.equal("request.invalid");
  });

  for (const [what, body] of [
    ["is cut off", '{"reference":'],
    ["has a key twice", '{"reference":"a","reference":"b","parties":[]}'],
    ["names __proto__", '{"__proto__":{},"reference":"a","parties":[]}'],
    ["is nested too deep", `{"reference":${"[".repeat(40)}${"]".repeat(40)}}`],
  ] as const) {
    it(`refuses JSON that ${what} (400)`, async () => {
      const problem = await problemOf(await post({ body }));
      expect([problem.status, problem.code]).to.deep.equal([400, "request.malformed_json"]);
    });
  }

  describe("size", () => {
    const sized = (bytes: number) => {
      const frame = JSON.stringify({ ...good, parties: [{ name: "", country: "DE" }] }).length;
      return JSON.stringify({ ...good, parties: [{ name: "x".repeat(bytes - frame), country: "DE" }] });
    };

    it("takes exactly 1 MiB", async () => {
      expect((await post({ body: sized(limits.bodyBytes) })).status).to.equal(201);
    });

    it("refuses one byte more (413)", async () => {
      const problem = await problemOf(await post({ body: sized(limits.bodyBytes + 1) }));
      expect([problem.status, problem.code]).to.deep.equal([413, "request.too_large"]);
    });

    it("refuses a declared length above 1 MiB before anything of it is sent (413)", async () => {
      const socket = connect(server.port, "127.0.0.1");
      socket.write(
        "POST /v1/drafts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maker-key\r\nIdempotency-Key: 12345678\r\n" +
          `Content-Type: application/json\r\nContent-Length: ${limits.bodyBytes + 1}\r\n\r\n`,
      );
      const [head] = (await once(socket, "data")) as [Buffer];
      expect(head.toString()).to.match(/^HTTP\/1\.1 413 /);
      socket.destroy();
    });

    it("refuses one byte more that comes in chunks without a length (413)", async () => {
      const text = sized(limits.bodyBytes + 1);
      const response = await fetch(`${server.url}/v1/drafts`, {
        method: "POST",
        headers: {
          Authorization: "Bearer maker-key",
          "Content-Type": "application/json",
          "Idempotency-Key": "chunked-0001",
        },
        body: new Blob([text]).stream(),
        duplex: "half",
      } as RequestInit);
      expect((await problemOf(response)).code).to.equal("request.too_large");
    });
  });

  for (const headers of [
    { "Content-Type": "text/plain" },
    { "Content-Type": "application/json; charset=iso-8859-1" },
    { "Content-Encoding": "gzip" },
  ]) {
    it(`refuses ${Object.values(headers)[0]} (415)`, async () => {
      const problem = await problemOf(await post({ json: good, headers }));
      expect([problem.status, problem.code]).to.deep.equal([415, "request.unsupported_media_type"]);
    });
  }

  it("takes application/json with charset=utf-8", async () => {
    const headers = { "Content-Type": 'application/json; charset="UTF-8"' };
    expect((await post({ json: good, headers })).status).to.equal(201);
  });

  for (const [what, path, part] of [
    ["a path that does not fit", "/v1/drafts/x1/lines", "path"],
    ["a path that is not percent-encoding", "/v1/drafts/%E0%A4%A/lines", "path"],
    ["NUL in the path", "/v1/drafts/d%00/lines", "path"],
    ["an unknown query parameter", "/v1/drafts/d1/lines?page=2", "query"],
    ["__proto__ as a query parameter", "/v1/drafts/d1/lines?__proto__=2", "query"],
    ["a query parameter given twice", "/v1/drafts/d1/lines?limit=1&limit=2", "query"],
    ["a query parameter out of bounds", "/v1/drafts/d1/lines?limit=100000", "query"],
  ] as const) {
    it(`refuses ${what} (400)`, async () => {
      const problem = await problemOf(await server.call("GET", path));
      expect([problem.status, problem.code, problem.facts.in]).to.deep.equal([400, "request.invalid", part]);
    });
  }

  it("demands an Idempotency-Key of POST and DELETE (400)", async () => {
    for (const response of [
      await server.call("POST", "/v1/drafts", { json: good }),
      await server.call("DELETE", "/v1/drafts/d1"),
    ]) {
      const problem = await problemOf(response);
      expect([problem.status, problem.code]).to.deep.equal([400, "idempotency.key_missing"]);
    }
  });

  for (const [what, key] of [
    ["too short", "1234567"],
    ["too long", "x".repeat(129)],
    ["not ASCII", "clé-0000001"],
  ] as const) {
    it(`refuses an Idempotency-Key that is ${what} (400)`, async () => {
      const problem = await problemOf(await server.call("POST", "/v1/drafts", { json: good, key }));
      expect([problem.status, problem.code, problem.facts.in]).to.deep.equal([400, "request.invalid", "header"]);
    });
  }

  it("takes Idempotency-Keys of 8 and of 128 characters", async () => {
    expect((await post({ json: good, key: "x".repeat(8) })).status).to.equal(201);
    expect((await post({ json: good, key: "x".repeat(128) })).status).to.equal(201);
  });

  it("does not start with a request schema that lets unknown keys pass", async () => {
    const loose = [
      { ...createDraft, body: z.object({ a: z.string() }) },
      { ...createDraft, body: z.strictObject({ type: z.string(), list: z.array(z.object({ a: z.string() })) }) },
      { ...createDraft, query: z.looseObject({}) },
    ];
    for (const endpoint of loose) {
      const failed = await startTestServer([endpoint]).then(
        () => "started",
        (error: Error) => error.message,
      );
      expect(failed).to.match(/unknown keys/);
    }
  });
});
