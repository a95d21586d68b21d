import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

const Seen = z.strictObject({ userId: z.string(), authorization: z.string().nullable() });
const shared = { method: "get", summary: "Shows the caller.", tag: "test", replies: { 200: Seen } } as const;

const whoAmI = defineEndpoint({
  ...shared,
  path: "/v1/me",
  operationId: "whoAmI",
  handle: async ({ caller, headers }) => ({
    status: 200,
    body: { userId: caller.userId, authorization: headers.authorization ?? null },
  }),
});
const makersOfBanks = defineEndpoint({
  ...shared,
  path: "/v1/makers-of-banks",
  operationId: "makersOfBanks",
  roles: ["maker"],
  organisationRoles: ["bank", "operator"],
  handle: async ({ caller }) => ({ status: 200, body: { userId: caller.userId, authorization: null } }),
});
const open = defineEndpoint({
  ...shared,
  path: "/v1/open",
  operationId: "open",
  access: "public",
  handle: async ({ caller }) => ({ status: 200, body: { userId: caller.userId, authorization: null } }),
});

describe("access", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer([whoAmI, makersOfBanks, open]);
  });
  after(() => server.close());

  it("gives the handler the user of the key, and never the key itself among the headers", async () => {
    const response = await server.call("GET", "/v1/me");
    expect(await response.json()).to.deep.equal({ userId: "user-1", authorization: null });
  });

  for (const [what, options] of [
    ["no credentials", { as: null }],
    ["an unknown key", { as: "nobody" }],
    ["another scheme", { as: null, headers: { Authorization: "Basic bWFrZXIta2V5" } }],
    ["a key of a kilobyte", { as: "k".repeat(1024) }],
    ["two words", { as: null, headers: { Authorization: "Bearer maker-key more" } }],
  ] as const) {
    it(`refuses ${what} (401) and names the scheme`, async () => {
      const response = await server.call("GET", "/v1/me", options);
      expect(response.headers.get("www-authenticate")).to.equal('Bearer realm="hansa"');
      const problem = await problemOf(response);
      expect([problem.status, problem.code]).to.deep.equal([401, "access.unauthenticated"]);
    });
  }

  for (const as of ["viewer-key", "merchant-key"]) {
    it(`refuses ${as} where the role is not allowed (403)`, async () => {
      const problem = await problemOf(await server.call("GET", "/v1/makers-of-banks", { as }));
      expect([problem.status, problem.code]).to.deep.equal([403, "access.forbidden"]);
    });
  }

  it("lets an allowed role of an allowed organisation in", async () => {
    expect((await server.call("GET", "/v1/makers-of-banks")).status).to.equal(200);
  });

  it("serves public endpoints without credentials, and without looking at any", async () => {
    for (const as of [null, "nobody", "maker-key"]) {
      const response = await server.call("GET", "/v1/open", { as });
      expect((await response.json()).userId).to.equal("");
    }
  });
});
