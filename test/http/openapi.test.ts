import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { writeOpenApi } from "../../src/http/openapi.ts";
import { startTestServer } from "./testServer.ts";

const Money = z.strictObject({ amount: z.string(), currency: z.string().length(3) }).meta({ id: "Money" });
const info = { title: "Hansa", version: "0.1.0", tags: { accounts: "Deposit accounts." } };

const pay = defineEndpoint({
  method: "post",
  path: "/v1/accounts/{accountId}/payments",
  operationId: "pay",
  summary: "Pays.",
  tag: "accounts",
  roles: ["maker"],
  params: z.strictObject({ accountId: z.string() }),
  query: z.strictObject({ dryRun: z.enum(["true", "false"]).optional() }),
  body: z.strictObject({ amount: Money, note: z.string().nullable().optional() }),
  replies: { 202: z.strictObject({ amount: Money }) },
  errors: ["approval.wrong_state"],
  handle: async ({ body }) => ({ commit: async () => ({ status: 202, body: { amount: body.amount } }) }),
});
const statement = defineEndpoint({
  method: "get",
  path: "/v1/accounts/{accountId}/statement",
  operationId: "statement",
  summary: "A statement.",
  tag: "accounts",
  access: "public",
  params: z.strictObject({ accountId: z.string() }),
  replies: { 200: "text/csv" },
  handle: async () => ({ status: 200, body: "a,b", contentType: "text/csv" }),
});
const close = defineEndpoint({
  method: "delete",
  path: "/v1/accounts/{accountId}",
  operationId: "closeAccount",
  summary: "Closes.",
  tag: "accounts",
  params: z.strictObject({ accountId: z.string() }),
  replies: { 204: z.undefined() },
  handle: async () => ({ commit: async () => ({ status: 204 }) }),
});
const endpoints = [pay, statement, close];

// biome-ignore lint/suspicious/noExplicitAny: the document is read as plain JSON, member by member.
type Json = any;
const documentOf = (): Json => JSON.parse(JSON.stringify(writeOpenApi(endpoints, info)));

describe("the OpenAPI document", () => {
  it("is of version 3.1 and describes each endpoint by the schemas that validate it", () => {
    const document = documentOf();
    expect(document.openapi).to.match(/^3\.1\./);
    const operation = document.paths["/v1/accounts/{accountId}/payments"].post;
    expect(operation.operationId).to.equal("pay");
    const body = operation.requestBody.content["application/json"].schema;
    expect(body.additionalProperties).to.equal(false);
    expect(body.required).to.deep.equal(["amount"]);
    expect(body.properties.amount).to.deep.equal({ $ref: "#/components/schemas/Money" });
    expect(body.properties.note.type).to.deep.equal(["string", "null"]);
    expect(document.components.schemas).to.include.keys("Money", "Problem");
    expect(document.tags).to.deep.equal([{ name: "accounts", description: "Deposit accounts." }]);
    expect(operation.tags).to.deep.equal(["accounts"]);
    expect(document.info).not.to.have.property("tags");
  });

  it("demands a key of those who call and an Idempotency-Key of those who write", () => {
    const document = documentOf();
    const { post } = document.paths["/v1/accounts/{accountId}/payments"];
    const headers = post.parameters.filter((parameter: Json) => parameter.in === "header");
    expect(headers.map(({ name, required }: Json) => [name, required])).to.deep.equal([
      ["Idempotency-Key", true],
      ["Prefer", false],
    ]);
    expect(post.security).to.deep.equal([{ apiKey: [] }]);
    const { get } = document.paths["/v1/accounts/{accountId}/statement"];
    expect(get.security).to.deep.equal([]);
    expect(get.parameters.map((parameter: Json) => parameter.in)).to.deep.equal(["path"]);
  });

  it("names each code that an endpoint can answer at its status", () => {
    const { responses } = documentOf().paths["/v1/accounts/{accountId}/payments"].post;
    expect(Object.keys(responses)).to.include.members(["202", "400", "401", "403", "404", "409", "413", "415", "422"]);
    expect(responses["409"].description).to.contain("approval.wrong_state");
    expect(responses["409"].content["application/problem+json"].schema.$ref).to.equal("#/components/schemas/Problem");
  });

  it("shows replies that are text, and replies without a body", () => {
    const { paths } = documentOf();
    expect(paths["/v1/accounts/{accountId}/statement"].get.responses["200"].content).to.have.key("text/csv");
    expect(paths["/v1/accounts/{accountId}"].delete.responses["204"].content).to.equal(undefined);
  });

  it("is served, and shown in a browser by files of this server only", async () => {
    const server = await startTestServer(endpoints);
    const served = await (await fetch(`${server.url}/openapi.json`)).json();
    expect(Object.keys(served.paths)).to.have.length(3);

    const page = await fetch(`${server.url}/docs`);
    const html = await page.text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(addresses).to.have.length(4);
    for (const address of addresses) {
      expect(address.startsWith("/docs/")).to.equal(true);
      const file = await fetch(server.url + address);
      expect([file.status, (await file.bytes()).length > 0], address).to.deep.equal([200, true]);
    }
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).to.contain("script-src 'self'").and.not.to.contain("unsafe");
    expect(html).not.to.match(/<script>|<style|style="|onload=/);
    await server.close();
  });
});
