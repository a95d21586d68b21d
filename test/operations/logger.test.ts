import { expect } from "chai";
import pg from "pg";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { createLogger } from "../../src/operations/logger.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { openStage } from "../../src/shared/tracing.ts";
import { startTestServer } from "../http/testServer.ts";

/** Everything that was written, and the same as parsed lines. */
function record(level = "debug") {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void lines.push(line) });
  return {
    logger,
    text: () => lines.join(""),
    lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Secrets as they might come into a log, each with a way in. */
const planted: Readonly<Record<string, object>> = {
  "a bearer key in a text": { error: "refused Authorization: Bearer hansa_0123456789abcdef_planted-secret" },
  "an API key": { given: "hansa_0123456789abcdef_planted-secret" },
  "credentials in an address": { endpoint: "https://planted:planted-secret@node.example/x" },
  "a provider's key in a path": { cause: "fetch https://node.example/v3/planted-secret failed" },
  "a provider's key in a query": { cause: "fetch https://node.example?apikey=planted-secret failed" },
  "a database address": { cause: "connect postgres://hansa:planted-secret@db/hansa" },
  "a field that is secret by its name": {
    request: { Secret: "planted-secret", headers: { cookie: "planted-secret" } },
  },
  "a party's name": { party: { name: "planted-secret" } },
  "a text, deep inside": { a: { b: { c: { text: "planted-secret" } } } },
  "something far too deep": { a: { b: { c: { d: { e: { f: { g: { h: "planted-secret" } } } } } } } },
  "bytes of a document": { attached: Buffer.from("planted-secret") },
  "long sealed content": { attached: Buffer.from("planted-secret".repeat(20)).toString("base64") },
  "signed bytes": { transaction: `0x${Buffer.from("planted-secret".repeat(20)).toString("hex")}` },
  "a database's quotation": {
    err: Object.assign(new Error('invalid input syntax for type json: "planted-secret"'), { code: "22P02" }),
  },
  "a database's detail": {
    err: Object.assign(new pg.DatabaseError("duplicate key value violates unique constraint", 10, "error"), {
      code: "23505",
      detail: "Key (name)=(planted-secret) already exists.",
      where: "COPY parties, line 1: planted-secret",
    }),
  },
  "a statement's values": {
    err: Object.assign(new Error("failed"), { query: "select $1", params: ["planted-secret"] }),
  },
  "a parser's quotation": { err: new SyntaxError('Unexpected token, "planted-secret" is not valid JSON') },
  "the text of such an error": {
    error: String(new SyntaxError('Unexpected token, "planted-secret" is not valid JSON')),
  },
  "a cause of a cause": {
    err: new AppError(
      "chain.unavailable",
      {},
      {
        cause: new TypeError("fetch failed", {
          cause: new Error("POST https://u:planted-secret@node.example/ failed"),
        }),
      },
    ),
  },
};

describe("the log", () => {
  for (const [what, facts] of Object.entries(planted)) {
    it(`does not hold ${what}`, () => {
      const { logger, text } = record();
      logger.error(facts, "something failed");
      expect(text()).to.contain("something failed");
      expect(text()).not.to.contain("planted-secret");
      expect(text()).not.to.contain(Buffer.from("planted-secret").toString("base64").slice(0, 16));
      expect(text()).not.to.contain(Buffer.from("planted-secret").toString("hex"));
    });
  }

  it("keeps what helps to find a fault: codes, ids, hashes, places and the message of our own errors", () => {
    const { logger, lines } = record();
    const hash = `0x${"ab".repeat(32)}`;
    const constraint = "transactions_status_check";
    const cause = Object.assign(new Error('violates check constraint "x"'), {
      code: "23514",
      constraint,
      table: "transactions",
    });
    logger.error(
      { err: new AppError("store.unavailable", { limitMs: 5 }, { cause }), hash, transactionId: "t-1", block: 7 },
      "failed",
    );
    const [line] = lines();
    expect(line).to.deep.include({
      level: "error",
      msg: "failed",
      hash,
      transactionId: "t-1",
      block: 7,
      pid: process.pid,
    });
    const err = line?.err as Record<string, unknown>;
    expect(err).to.deep.include({ type: "AppError", code: "store.unavailable", facts: { limitMs: 5 } });
    expect(err.message).to.be.a("string").that.is.not.empty;
    expect((err.stack as string[])[0]).to.match(/^at .*logger\.test\.ts/);
    expect(err.cause).to.deep.include({ type: "Error", code: "23514", constraint, table: "transactions" });
    expect(line?.time).to.match(/^\d{4}-\d\d-\d\dT/);
  });

  it("keeps what a database calls a thing of the schema, also in the text of an error", () => {
    const { logger, lines } = record();
    const error = String(new Error('null value in column "number" of relation "lanes" violates not-null constraint'));
    logger.warn({ error }, "failed");
    expect(lines()[0]?.error).to.equal(
      "Error: null value in column number of relation lanes violates not-null constraint",
    );
  });

  it("says in each line of a request or a transaction which request and which trace it is", () => {
    const { logger, lines } = record();
    const traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    openStage("request", { traceParent, requestId: "request-1" }).run(() => logger.warn({ operation: "x" }, "within"));
    logger.warn({}, "outside");
    expect(lines()[0]).to.deep.include({ requestId: "request-1", traceId: traceParent.slice(3, 35), operation: "x" });
    expect(lines()[1]).not.to.have.any.keys("requestId", "traceId");
  });

  it("survives what cannot be written as JSON", () => {
    const { logger, text } = record();
    const circle: Record<string, unknown> = { amount: 10n };
    circle.self = circle;
    logger.info({ circle, missing: undefined, nothing: null }, "odd");
    expect(text()).to.contain('"amount":"10"');
  });

  it("holds nothing of what callers send, over requests that succeed, are refused and fail", async () => {
    const { logger, text, lines } = record();
    const context = { logger, clock: createFixedClock(0), shutdown: createShutdown() };
    const failures: readonly unknown[] = [
      Object.assign(new Error('invalid input syntax for type json: "planted-text of planted-party"'), {
        code: "22P02",
      }),
      new SyntaxError('Unexpected token, "planted-text" is not valid JSON'),
      new AppError(
        "chain.unavailable",
        {},
        { cause: new Error("https://planted-user:planted-pass@node.example/planted-key") },
      ),
      new TypeError("cannot seal", { cause: { secret: "planted-secret", text: "planted-text" } }),
    ];
    let calls = 0;
    const act = defineEndpoint({
      method: "post",
      path: "/v1/documents/{documentId}",
      operationId: "act",
      summary: "Acts.",
      tag: "test",
      params: z.strictObject({ documentId: z.string().max(40) }),
      body: z.strictObject({ text: z.string(), party: z.string() }),
      replies: { 200: z.strictObject({}) },
      errors: ["chain.unavailable"],
      handle: () => {
        const failure = failures[calls++ - 1];
        logger.info({ operation: "act" }, "the handler runs");
        return failure === undefined ? Promise.resolve({ status: 200, body: {} }) : Promise.reject(failure);
      },
    });
    const accept = defineEndpoint({
      ...act,
      path: "/v1/invitations/{documentId}",
      operationId: "acceptInvitation",
      access: "public",
      handle: () => Promise.resolve({ status: 200, body: {} }),
    });
    const server = await startTestServer([act, accept], { context });
    const json = { text: "planted-text", party: "planted-party" };
    for (let index = 0; index <= failures.length; index += 1) {
      await server.call("POST", "/v1/documents/d-1?q=planted-query", { key: `planted-key-${index}`, json });
      await server.call("POST", "/v1/documents/d-1", { key: `planted-key-b${index}`, json });
    }
    await server.call("POST", "/v1/invitations/planted-invitation", { as: null, json });
    await server.call("POST", "/v1/documents/d-2", {
      as: "hansa_0123456789abcdef_planted-secret",
      key: "planted-key-9",
      json,
    });
    await server.call("POST", "/v1/documents/d-3", { key: "planted-key-10", body: '{"text":"planted-text' });
    await server.call("POST", "/v1/documents/d-4", { key: "planted-key-11", json: { text: 5, "planted-field": 1 } });
    await server.call("GET", "/v1/planted-path?x=planted-query");
    await server.close();
    expect(lines().filter(({ msg }) => msg === "request failed").length).to.equal(failures.length);
    expect(text()).not.to.contain("planted");
    const [inside] = lines().filter(({ msg }) => msg === "the handler runs");
    expect(inside?.requestId).to.be.a("string");
    expect(inside?.traceId).to.match(/^[0-9a-f]{32}$/);
    expect(lines().every(({ requestId, traceId }) => Boolean(requestId) && Boolean(traceId))).to.equal(true);
  });
});
