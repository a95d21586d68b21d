import { expect } from "chai";
import * as z from "zod";
import { createBatchEndpoints } from "../../src/features/batch/endpoints.ts";
import { type Caller, defineEndpoint, type Endpoint } from "../../src/features/endpoint.ts";
import { AppError } from "../../src/shared/errors.ts";
import { limits } from "../../src/shared/limits.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

/** Like an act's reply, as far as a batch looks at it. */
const ActLike = z.strictObject({ orderId: z.string(), transaction: z.null(), text: z.string() });
const Text = z.strictObject({ text: z.string().max(2_000_000), more: z.record(z.string(), z.unknown()).optional() });

interface Result {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly replayed: boolean;
}

describe("POST /v1/batch", () => {
  let server: TestServer;
  let serial = 0;
  /** Texts in the order in which they were committed. */
  let committed: string[];
  let callers: Caller[];
  let laterHandled: PromiseWithResolvers<void>;

  const act = { method: "post", tag: "acts", replies: { 202: ActLike } } as const;
  const commitText = (text: string) => ({
    commit: () => {
      if (text === "refused in the commit") throw new AppError("queue.full", { scope: "all", retryAfterSeconds: 5 });
      committed.push(text);
      const orderId = `order-${committed.length}`;
      return Promise.resolve({ status: 202, body: { orderId, transaction: null, text } });
    },
  });
  const endpoints: readonly Endpoint[] = [
    defineEndpoint({
      ...act,
      path: "/v1/acts",
      operationId: "act",
      summary: "Acts.",
      body: Text,
      errors: ["approval.wrong_state"],
      handle: async ({ caller, body }) => {
        callers.push(caller);
        if (body.text === "refused") throw new AppError("approval.wrong_state");
        if (body.text === "broken") throw new Error("a fault of ours");
        if (body.text === "later") laterHandled.resolve();
        // Handled after one that comes behind it, so that order is not an accident.
        if (body.text === "slow") await laterHandled.promise;
        return commitText(body.text);
      },
    }),
    defineEndpoint({
      ...act,
      path: "/v1/acts/{actId}/close",
      operationId: "closeAct",
      summary: "Closes an act.",
      params: z.strictObject({ actId: z.string().regex(/^[a-z ]+$/) }),
      handle: ({ params }) => Promise.resolve(commitText(params.actId)),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/checkers-only",
      operationId: "checkersOnly",
      summary: "Nothing for makers.",
      roles: ["checker"],
      handle: () => Promise.resolve(commitText("checked")),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/public",
      operationId: "publicAct",
      summary: "Anybody's.",
      access: "public",
      handle: () => Promise.resolve(commitText("public")),
    }),
    defineEndpoint({
      method: "post",
      tag: "acts",
      path: "/v1/no-act",
      operationId: "noAct",
      summary: "A write that is no act.",
      replies: { 202: z.strictObject({ text: z.string() }) },
      handle: () => Promise.resolve({ commit: () => Promise.resolve({ status: 202, body: { text: "no act" } }) }),
    }),
    ...createBatchEndpoints(),
  ];

  before(async () => {
    server = await startTestServer(endpoints, {
      settled: (_caller, firsts) =>
        Promise.resolve(firsts.map((first) => ({ ...first, body: { ...(first.body as object), text: "settled" } }))),
    });
  });
  beforeEach(() => {
    committed = [];
    callers = [];
    laterHandled = Promise.withResolvers();
  });
  after(() => server.close());

  const nextKey = () => {
    serial += 1;
    return `batch-key-${serial.toString().padStart(5, "0")}`;
  };
  const entry = (text: string, idempotencyKey = nextKey(), path = "/v1/acts") => ({
    path,
    body: { text },
    idempotencyKey,
  });
  async function batch(acts: readonly object[], more: object = {}, headers = {}): Promise<readonly Result[]> {
    const reply = await server.call("POST", "/v1/batch", { json: { acts, ...more }, headers });
    expect(reply.status, await reply.clone().text()).to.equal(200);
    return ((await reply.json()) as { results: Result[] }).results;
  }
  const codesIn = (results: readonly Result[]) =>
    results.map(({ status, body }) => [status, body["code"] ?? body["text"]]);

  it("does acts in their order and answers each in its place, without a key of its own", async () => {
    const texts = ["slow", "later", ...Array.from({ length: 118 }, (_, index) => `text ${index}`)];
    const results = await batch(texts.map((text) => entry(text)));
    expect(results.map(({ status, body, replayed }) => [status, body["text"], replayed])).to.deep.equal(
      texts.map((text) => [202, text, false]),
    );
    expect(committed).to.deep.equal(texts);
  });

  it("lets an entry that fails change nothing for the others, whatever its fault", async () => {
    const results = await batch([
      entry("first"),
      entry("refused"),
      entry("refused in the commit"),
      entry("broken"),
      { path: "/v1/acts", body: { txt: 1 }, idempotencyKey: nextKey() },
      { path: "/v1/acts/Not%20Allowed/close", idempotencyKey: nextKey() },
      { path: "/v1/acts/an%20id/close", idempotencyKey: nextKey() },
      { path: "/v1/acts/an%20id/close", body: {}, idempotencyKey: nextKey() },
      { path: "/v1/checkers-only", idempotencyKey: nextKey() },
      entry("last"),
    ]);
    expect(codesIn(results)).to.deep.equal([
      [202, "first"],
      [409, "approval.wrong_state"],
      [429, "queue.full"],
      [500, "internal.unexpected"],
      [400, "request.invalid"],
      [400, "request.invalid"],
      [202, "an id"],
      [400, "request.invalid"],
      [403, "access.forbidden"],
      [202, "last"],
    ]);
    expect(committed).to.deep.equal(["first", "an id", "last"]);
    expect(results[4]?.body["errors"]).to.deep.equal([
      { pointer: "/text", detail: "Invalid input: expected string, received undefined" },
      { pointer: "/txt", detail: "This field is not known here." },
    ]);
  });

  it("knows no other batch in it, nothing public, nothing that is no act, and no query", async () => {
    const paths = [
      "/v1/batch",
      "/v1/public",
      "/v1/no-act",
      "/v1/nowhere",
      "/v1/acts?x=1",
      "/v1/acts/",
      "acts",
      "/v1/acts/%ff/close",
    ];
    const results = await batch(paths.map((path) => ({ path, body: { text: "a" }, idempotencyKey: nextKey() })));
    expect(codesIn(results)).to.deep.equal(paths.map(() => [404, "request.not_found"]));
    expect(committed).to.deep.equal([]);
  });

  it("can be sent again: what was done is replayed, what was refused is tried again", async () => {
    const acts = [entry("one"), entry("refused"), entry("two")];
    const first = await batch(acts);
    const again = await batch(acts);
    expect(again.map(({ replayed }) => replayed)).to.deep.equal([true, false, true]);
    expect(again.map(({ status, body }) => [status, body["orderId"]])).to.deep.equal(
      first.map(({ status, body }) => [status, body["orderId"]]),
    );
    expect(committed).to.deep.equal(["one", "two"]);
  });

  it("replays single requests, and single requests replay it, however their JSON is written", async () => {
    const [single, batched] = [nextKey(), nextKey()];
    const pretty = '{\n  "more": {"b": 1, "a": [2]},\n  "text": "alone"\n}';
    const alone = await server.call("POST", "/v1/acts", { key: single, body: pretty });
    expect(alone.status).to.equal(202);
    const [replayed, fresh] = await batch([
      { path: "/v1/acts", body: { text: "alone", more: { a: [2], b: 1 } }, idempotencyKey: single },
      { path: "/v1/acts", body: { text: "batched", more: { a: [2], b: 1 } }, idempotencyKey: batched },
    ]);
    expect(replayed).to.deep.equal({ status: 202, body: await alone.json(), replayed: true });
    const after = await server.call("POST", "/v1/acts", { key: batched, body: pretty.replace("alone", "batched") });
    expect([after.status, after.headers.get("idempotency-replayed")]).to.deep.equal([202, "true"]);
    expect(await after.json()).to.deep.equal(fresh?.body);
    expect(committed).to.deep.equal(["alone", "batched"]);
  });

  it("answers a key that comes twice by its first act, or as reused when it asks for something else", async () => {
    const key = nextKey();
    const results = await batch([entry("first", key), entry("between"), entry("first", key), entry("other", key)]);
    expect(results.map(({ status, replayed }) => [status, replayed])).to.deep.equal([
      [202, false],
      [202, false],
      [202, true],
      [422, false],
    ]);
    expect(results[2]?.body).to.deep.equal(results[0]?.body);
    expect(results[3]?.body["code"]).to.equal("idempotency.key_reused");
    expect(committed).to.deep.equal(["first", "between"]);
  });

  it("keeps the keys of two organisations, and of two users of one, apart", async () => {
    const key = nextKey();
    await batch([entry("mine", key)]);
    for (const as of ["viewer-key", "merchant-key"]) {
      const reply = await server.call("POST", "/v1/batch", { as, json: { acts: [entry("theirs", key)] } });
      const { results } = (await reply.json()) as { results: Result[] };
      expect(codesIn(results)).to.deep.equal([[202, "theirs"]]);
    }
    expect(committed).to.deep.equal(["mine", "theirs", "theirs"]);
  });

  it("authenticates once, and passes on the wish not to be simulated", async () => {
    await batch([entry("a"), entry("b")]);
    await batch([entry("c")], { simulate: false });
    expect(callers.map((caller) => caller.withoutSimulation ?? false)).to.deep.equal([false, false, true]);
    expect(new Set(callers.map(({ userId }) => userId)).size).to.equal(1);
  });

  it("waits with Prefer for all that was committed", async () => {
    const results = await batch([entry("a"), entry("refused"), entry("b")], {}, { Prefer: "wait=3" });
    expect(codesIn(results)).to.deep.equal([
      [202, "settled"],
      [409, "approval.wrong_state"],
      [202, "settled"],
    ]);
  });

  it("takes five hundred acts and more than one MiB, but not more of either than it says", async () => {
    const acts = Array.from({ length: limits.actsPerBatch }, () => entry("x".repeat(3_000)));
    expect((await batch(acts)).filter(({ status }) => status === 202)).to.have.length(limits.actsPerBatch);
    const tooMany = await problemOf(await server.call("POST", "/v1/batch", { json: { acts: [...acts, entry("x")] } }));
    expect([tooMany.status, tooMany.code, tooMany.errors?.[0]?.pointer]).to.deep.equal([
      400,
      "request.invalid",
      "/acts",
    ]);
    const tooLong = { acts: [entry("x".repeat(limits.batchBodyBytes))] };
    const tooLarge = await problemOf(await server.call("POST", "/v1/batch", { json: tooLong }));
    expect([tooLarge.status, tooLarge.code, tooLarge.facts["bytesMax"]]).to.deep.equal([
      413,
      "request.too_large",
      limits.batchBodyBytes,
    ]);
  });

  const malformed: readonly (readonly [string, object, string])[] = [
    ["no acts", { acts: [] }, "/acts"],
    ["a key that is too short", { acts: [entry("a", "short")] }, "/acts/0/idempotencyKey"],
    ["a key that is no ASCII", { acts: [entry("a", "schlüssel-1")] }, "/acts/0/idempotencyKey"],
    ["no key", { acts: [{ path: "/v1/acts", body: { text: "a" } }] }, "/acts/0/idempotencyKey"],
    ["an unknown field", { acts: [{ ...entry("a"), method: "DELETE" }] }, "/acts/0/method"],
  ];
  for (const [what, json, pointer] of malformed) {
    it(`refuses ${what} as a whole (400)`, async () => {
      const problem = await problemOf(await server.call("POST", "/v1/batch", { json }));
      expect([problem.status, problem.code]).to.deep.equal([400, "request.invalid"]);
      expect(problem.errors?.map((fault) => fault.pointer)).to.deep.equal([pointer]);
      expect(committed).to.deep.equal([]);
    });
  }

  it("needs credentials (401) and JSON (415)", async () => {
    const acts = [entry("a")];
    expect((await server.call("POST", "/v1/batch", { as: null, json: { acts } })).status).to.equal(401);
    const text = await server.call("POST", "/v1/batch", { body: "a", headers: { "Content-Type": "text/plain" } });
    expect(text.status).to.equal(415);
    expect((await server.call("GET", "/v1/batch")).status).to.equal(405);
  });
});
