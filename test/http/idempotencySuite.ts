import { expect } from "chai";
import * as z from "zod";
import { type Caller, defineEndpoint, type Endpoint, type Reply, type Write } from "../../src/features/endpoint.ts";
import type { IdempotencyPort } from "../../src/http/idempotency.ts";
import { AppError } from "../../src/shared/errors.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

export interface IdempotencyHarness {
  readonly port: IdempotencyPort;
  /** Two users of two organisations that the port's store knows. */
  readonly callers: readonly [Caller, Caller];
  close(): Promise<void>;
}

/** State that the endpoints below act on, instead of a database. */
interface Book {
  commits: number;
  taken: boolean;
  failNext: boolean;
  committed: number;
  handled: number;
  /** Runs inside `handle`, before it decides. */
  beforeHandling: () => Promise<void>;
  /** Runs when the only one was taken and that is committed. */
  afterTaking: () => void;
}

const Note = z.strictObject({ number: z.int(), state: z.string() });
const NoteRequest = z.strictObject({ text: z.string() });

/** A write whose commit makes this reply, and no SQL. */
function write(reply: () => Reply, more: Omit<Write, "commit"> = {}): Promise<Write> {
  return Promise.resolve({ commit: () => Promise.resolve().then(reply), ...more });
}

function endpointsOn(book: Book): readonly Endpoint[] {
  const shared = { method: "post", tag: "notes", replies: { 201: Note, 202: Note, 200: Note } } as const;
  const count = (state: string) => {
    book.commits += 1;
    return { status: 201, body: { number: book.commits, state }, headers: { Location: `/v1/notes/${book.commits}` } };
  };
  const addNote = defineEndpoint({
    ...shared,
    path: "/v1/notes",
    operationId: "addNote",
    summary: "Adds a note.",
    body: NoteRequest,
    errors: ["approval.wrong_state"],
    handle: () => {
      const commit = () => {
        if (book.failNext) throw new AppError("approval.wrong_state");
        return count("first");
      };
      const committed = () => {
        book.committed += 1;
      };
      return write(commit, { committed });
    },
  });
  const take = defineEndpoint({
    ...shared,
    path: "/v1/take",
    operationId: "take",
    summary: "Takes the only one.",
    errors: ["approval.wrong_state"],
    handle: async () => {
      book.handled += 1;
      await book.beforeHandling();
      if (book.taken) throw new AppError("approval.wrong_state");
      const commit = () => {
        book.taken = true;
        return { status: 202, body: { number: 1, state: "taken" } };
      };
      return write(commit, { committed: () => book.afterTaking() });
    },
  });
  const addOther = defineEndpoint({
    ...shared,
    path: "/v1/others",
    operationId: "addOther",
    summary: "Adds something else.",
    body: NoteRequest,
    handle: () => write(() => count("other")),
  });
  const accept = defineEndpoint({
    ...shared,
    path: "/v1/accept",
    operationId: "accept",
    summary: "Accepts an invitation.",
    access: "public",
    body: NoteRequest,
    handle: () => write(() => count("accepted")),
  });
  return [addNote, take, addOther, accept];
}

/** What `Idempotency-Key` promises, through HTTP, on any implementation of the port. */
export function describeIdempotency(name: string, open: () => Promise<IdempotencyHarness>): void {
  describe(`Idempotency-Key on ${name}`, () => {
    let harness: IdempotencyHarness;
    let server: TestServer;
    let book: Book;
    const call = (path: string, key: string | undefined, options: object = {}) =>
      server.call("POST", path, { as: "first-key", ...(key !== undefined && { key }), ...options });

    before(async () => {
      harness = await open();
      const [first, second] = harness.callers;
      const known: Readonly<Record<string, Caller>> = {
        "first-key": first,
        "second-key": second,
      };
      book = {
        commits: 0,
        taken: false,
        failNext: false,
        committed: 0,
        handled: 0,
        beforeHandling: async () => {},
        afterTaking: () => {},
      };
      server = await startTestServer(endpointsOn(book), {
        settled: (_caller, firsts, timeoutMs) =>
          Promise.resolve(
            firsts.map(({ body }) => {
              const { number, state } = Note.parse(body);
              const settled = { status: 200, body: { number, state: `settled within ${timeoutMs} ms` } };
              return state === "taken" ? undefined : settled;
            }),
          ),
        idempotency: harness.port,
        authenticate: async (token) => known[token],
      });
    });
    after(async () => {
      await server.close();
      await harness.close();
    });

    it("replays the stored reply byte for byte, with its headers, and does nothing again", async () => {
      const json = { text: "a" };
      const first = await call("/v1/notes", "replay-0001", { json });
      const again = await call("/v1/notes", "replay-0001", { json });
      expect([first.status, again.status]).to.deep.equal([201, 201]);
      expect(first.headers.get("idempotency-replayed")).to.equal(null);
      expect(again.headers.get("idempotency-replayed")).to.equal("true");
      expect(again.headers.get("location")).to.equal("/v1/notes/1");
      expect(await again.text()).to.equal(await first.text());
      expect([book.commits, book.committed]).to.deep.equal([1, 1]);
    });

    for (const [what, path, json] of [
      ["body", "/v1/notes", { text: "other" }],
      ["path", "/v1/others", { text: "original" }],
    ] as const) {
      it(`refuses a used key with another ${what} (422)`, async () => {
        await call("/v1/notes", `reuse-${what}`, { json: { text: "original" } });
        const problem = await problemOf(await call(path, `reuse-${what}`, { json }));
        expect([problem.status, problem.code]).to.deep.equal([422, "idempotency.key_reused"]);
      });
    }

    it("keeps the keys of two users apart", async () => {
      const json = { text: "b" };
      const first = await call("/v1/notes", "same-key-0001", { json });
      const second = await call("/v1/notes", "same-key-0001", { json, as: "second-key" });
      expect(second.headers.get("idempotency-replayed")).to.equal(null);
      expect(await second.text()).not.to.equal(await first.text());
    });

    it("stores no refusal, so the same key may succeed later", async () => {
      book.failNext = true;
      const refused = await call("/v1/notes", "refused-0001", { json: { text: "c" } });
      book.failNext = false;
      const done = await call("/v1/notes", "refused-0001", { json: { text: "c" } });
      expect([refused.status, done.status]).to.deep.equal([409, 201]);
      expect(done.headers.get("idempotency-replayed")).to.equal(null);
    });

    it("does one of many simultaneous calls and gives all of them its reply", async () => {
      const json = { text: "d" };
      const replies = await Promise.all(Array.from({ length: 6 }, () => call("/v1/notes", "parallel-0001", { json })));
      const bodies = new Set(await Promise.all(replies.map((reply) => reply.text())));
      const fresh = replies.filter((reply) => reply.headers.get("idempotency-replayed") === null);
      expect([bodies.size, fresh.length]).to.deep.equal([1, 1]);
    });

    it("replays although the state has moved on, also to a call that was already being handled", async () => {
      const bothHandled = Promise.withResolvers<void>();
      const taken = Promise.withResolvers<void>();
      book.afterTaking = taken.resolve;
      book.beforeHandling = async () => {
        // The second one, whichever call it is, goes on only when the first is done.
        if (book.handled === 2) {
          bothHandled.resolve();
          await taken.promise;
        } else await bothHandled.promise;
      };
      const both = await Promise.all([call("/v1/take", "take-0001"), call("/v1/take", "take-0001")]);
      const texts = await Promise.all(both.map((reply) => reply.text()));
      expect(texts[1]).to.equal(texts[0]);
      const replayed = both.map((reply) => reply.headers.get("idempotency-replayed"));
      expect(replayed).to.have.members([null, "true"]);

      book.beforeHandling = async () => {};
      const later = await call("/v1/take", "take-0001");
      expect([later.status, await later.text()]).to.deep.equal([202, texts[0]]);
      expect(book.handled, "a replay is not handled again").to.equal(2);
      expect((await call("/v1/take", "take-0002")).status).to.equal(409);
      const waiting = await call("/v1/take", "take-0001", { headers: { Prefer: "wait=1" } });
      expect([waiting.status, waiting.headers.get("preference-applied")]).to.deep.equal([202, null]);
    });

    it("waits with Prefer, also on a replay, and keeps the first reply as the stored one", async () => {
      const json = { text: "e" };
      const headers = { Prefer: "respond-async, wait=7" };
      const first = await call("/v1/notes", "waiting-0001", { json, headers });
      expect([first.status, first.headers.get("preference-applied")]).to.deep.equal([200, "wait=7"]);
      expect((await first.json()).state).to.equal("settled within 7000 ms");
      const again = await call("/v1/notes", "waiting-0001", { json, headers: { Prefer: "wait=999" } });
      expect([again.status, again.headers.get("preference-applied")]).to.deep.equal([200, "wait=30"]);
      expect(again.headers.get("idempotency-replayed")).to.equal("true");
      const stored = await call("/v1/notes", "waiting-0001", { json });
      expect([stored.status, (await stored.json()).state]).to.deep.equal([201, "first"]);
    });

    it("does the same public request once, with or without a key, and lets no stranger's key collide", async () => {
      const first = await call("/v1/accept", undefined, { json: { text: "token-1" }, as: null });
      const again = await call("/v1/accept", undefined, { json: { text: "token-1" }, as: null });
      expect(await again.text()).to.equal(await first.text());
      const mine = await call("/v1/accept", "everybody", { json: { text: "token-2" }, as: null });
      const theirs = await call("/v1/accept", "everybody", { json: { text: "token-3" }, as: null });
      expect([mine.status, theirs.status]).to.deep.equal([201, 201]);
      expect(await theirs.text()).not.to.equal(await mine.text());
    });
  });
}
