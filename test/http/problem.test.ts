import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint, type Endpoint } from "../../src/features/endpoint.ts";
import { errorsMarkdown } from "../../src/http/errorPages.ts";
import { problemSchema } from "../../src/http/problem.ts";
import { type Code, codes } from "../../src/shared/errors/codes.ts";
import { AppError } from "../../src/shared/errors.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

function failing(operationId: string, thrown: unknown, errors: readonly Code[] = []): Endpoint {
  return defineEndpoint({
    method: "get",
    path: `/v1/${operationId}`,
    operationId,
    summary: "Fails.",
    tag: "test",
    replies: { 200: z.strictObject({ a: z.string() }) },
    errors,
    handle: () => Promise.reject(thrown),
  });
}

function replying(operationId: string, reply: { status: number; body?: unknown; contentType?: string }): Endpoint {
  return { ...failing(operationId, undefined), handle: async () => reply };
}

const endpoints = [
  failing("known", new AppError("approval.wrong_state", { state: "lapsed" }), ["approval.wrong_state"]),
  failing("undeclared", new AppError("approval.wrong_state")),
  failing("down", new AppError("chain.unavailable")),
  failing("unexpected", new Error("password=hunter2 at /srv/secret")),
  failing("odd", "a string"),
  replying("wrongStatus", { status: 202, body: { a: "x" } }),
  replying("wrongBody", { status: 200, body: { a: 1 } }),
  replying("hiddenField", { status: 200, body: { a: "x", b: "y" } }),
  replying("wrongMedia", { status: 200, body: "a", contentType: "text/csv" }),
  { ...replying("plain", { status: 200, body: { a: "x", b: "y" } }), replies: { 200: z.object({ a: z.string() }) } },
];

describe("problems", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(endpoints);
  });
  after(() => server.close());

  it("carry every member of RFC 9457, the code, the facts and the request's id", async () => {
    const response = await server.call("GET", "/v1/known", { headers: { "Request-Id": "request-0001" } });
    const problem = await problemOf(response);
    expect(problemSchema.parse(problem)).to.deep.equal({
      type: "/errors/approval.wrong_state",
      title: codes["approval.wrong_state"].title,
      status: 409,
      detail: codes["approval.wrong_state"].page,
      code: "approval.wrong_state",
      instance: "request-0001",
      facts: { state: "lapsed" },
      retryable: false,
    });
    expect(response.headers.get("request-id")).to.equal("request-0001");
    expect(response.headers.get("retry-after")).to.equal(null);
  });

  it("say when to come back while a part is out of service (503)", async () => {
    const response = await server.call("GET", "/v1/down");
    expect(response.headers.get("retry-after")).to.match(/^\d+$/);
    expect((await problemOf(response)).retryable).to.equal(true);
  });

  for (const path of ["unexpected", "odd"]) {
    it(`say nothing about a fault of ours (500) and log it with the request's id: ${path}`, async () => {
      const response = await server.call("GET", `/v1/${path}`);
      const text = await response.clone().text();
      const problem = await problemOf(response);
      expect([problem.status, problem.code, problem.facts]).to.deep.equal([500, "internal.unexpected", {}]);
      expect(text).not.to.match(/hunter2|secret|string/);
      const line = server.logger.lines.find((entry) => entry.facts.requestId === problem.instance);
      expect(line?.level).to.equal("error");
    });
  }

  it("answer an address that does not exist (404)", async () => {
    for (const path of ["/v1/nothing", "/v1/known/", "/V1/known", "/assets/x.js"]) {
      expect((await problemOf(await server.call("GET", path))).code, path).to.equal("request.not_found");
    }
  });

  it("answer a method that is not served, and name those that are (405)", async () => {
    for (const [path, method] of [
      ["/v1/known", "PUT"],
      ["/v1/known", "PATCH"],
      ["/livez", "POST"],
      ["/openapi.json", "DELETE"],
    ] as const) {
      const response = await server.call(method, path);
      expect(response.headers.get("allow"), path).to.equal("GET, HEAD");
      expect((await problemOf(response)).code).to.equal("request.method_not_allowed");
    }
  });

  describe("in strict mode", () => {
    for (const [path, pattern] of [
      ["undeclared", /code approval.wrong_state is not declared/],
      ["wrongStatus", /status 202 is not declared/],
      ["wrongBody", /does not fit its schema/],
      ["hiddenField", /does not fit its schema/],
      ["plain", /fields that its schema does not show/],
      ["wrongMedia", /media type/],
    ] as const) {
      it(`an answer that the endpoint does not declare is a 500 that says so: ${path}`, async () => {
        const problem = await problemOf(await server.call("GET", `/v1/${path}`));
        expect(problem.status).to.equal(500);
        expect(problem.facts.violation).to.match(pattern);
      });
    }
  });

  it("are not replaced outside strict mode", async () => {
    const lenient = await startTestServer(endpoints, { strict: false });
    expect((await lenient.call("GET", "/v1/undeclared")).status).to.equal(409);
    expect((await lenient.call("GET", "/v1/wrongStatus")).status).to.equal(202);
    await lenient.close();
  });

  it("have a page for each code, an index and a chapter in the documents", async () => {
    const index = await (await fetch(`${server.url}/errors`)).text();
    const markdown = errorsMarkdown();
    for (const [code, row] of Object.entries(codes)) {
      const page = await fetch(`${server.url}/errors/${code}`);
      expect([page.status, page.headers.get("content-type")]).to.deep.equal([200, "text/html; charset=utf-8"]);
      expect(await page.text())
        .to.contain(code)
        .and.to.contain(String(row.status));
      expect(index).to.contain(`/errors/${code}`);
      expect(markdown).to.contain(`## ${code}\n`);
    }
    for (const code of ["no.such_code", "constructor", "<script>"]) {
      expect((await fetch(`${server.url}/errors/${encodeURIComponent(code)}`)).status).to.equal(404);
    }
  });
});
