import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint, type Endpoint } from "../../src/features/endpoint.ts";
import { decodeCursor, encodeCursor, PageQuery, pageOf } from "../../src/features/schemas.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

/** Pages of two out of ten numbers. */
function numbers(path: string, operationId: string): Endpoint {
  return defineEndpoint({
    method: "get",
    tag: "numbers",
    path,
    operationId,
    summary: "Numbers.",
    query: PageQuery,
    replies: { 200: pageOf(z.int()) },
    handle: ({ query }) => {
      const after = Number(decodeCursor(query.cursor) ?? 0);
      const nextCursor = after + 2 < 10 ? encodeCursor(after + 2) : null;
      return Promise.resolve({ status: 200, body: { items: [after + 1, after + 2], nextCursor } });
    },
  });
}

describe("cursors", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer([numbers("/v1/numbers", "listNumbers"), numbers("/v1/others", "listOthers")]);
  });
  after(() => server.close());

  interface Page {
    readonly items: number[];
    readonly nextCursor: string | null;
  }
  const list = (path: string, cursor: string, as = "maker-key") =>
    server.call("GET", `${path}?cursor=${encodeURIComponent(cursor)}`, { as });

  it("lead through a list to its end, for every user of the organisation", async () => {
    const seen: number[] = [];
    let page = (await (await server.call("GET", "/v1/numbers")).json()) as Page;
    for (
      ;
      page.nextCursor !== null;
      page = (await (await list("/v1/numbers", page.nextCursor, "viewer-key")).json()) as Page
    ) {
      seen.push(...page.items);
    }
    expect([...seen, ...page.items]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("are refused where they were not issued: another organisation, another list, a changed or an invented one", async () => {
    const { nextCursor } = (await (await server.call("GET", "/v1/numbers")).json()) as Page;
    const cursor = nextCursor ?? "";
    const refused = [
      await list("/v1/numbers", cursor, "merchant-key"),
      await list("/v1/others", cursor),
      await list("/v1/numbers", cursor.replace(/^./, "A")),
      await list("/v1/numbers", encodeCursor(4)),
      await list("/v1/numbers", `${cursor}.x`),
      await list("/v1/numbers", ""),
      await list("/v1/numbers", "%00"),
    ];
    const codes = await Promise.all(refused.map(async (reply) => (await problemOf(reply)).code));
    expect(codes).to.deep.equal(codes.map(() => "request.cursor_invalid"));
    expect((await list("/v1/numbers", cursor)).status).to.equal(200);
  });
});
