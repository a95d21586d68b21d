import { once } from "node:events";
import net from "node:net";
import { expect } from "chai";
import pg from "pg";
import { createLeadership } from "../../src/store/leadership.ts";
import { openSession } from "../../src/store/session.ts";
import { describeRace, endSessions } from "../races/raceDatabase.ts";

// Long enough for a machine that is busy with other tests, short enough to wait for.
const limitMs = 1_000;
const beatMs = 400;
const lockKey = 42;
/** As long as the server keeps a session that says nothing. */
const silentMs = 4 * beatMs;

/** Resolves when the server has ended a session that says nothing for so long. */
async function endOfSilentSession(connectionString: string, idleMs: number): Promise<void> {
  const client = new pg.Client({ connectionString, options: `-c idle_session_timeout=${idleMs}` });
  client.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  await client.connect();
  await ended;
}

/** A wire between gateway and server that can go silent, as a cut cable or a full firewall does: nobody is told. */
async function openWire(databaseUrl: string) {
  const server = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let isSilent = false;
  const listener = net.createServer((near) => {
    const far = net.connect(Number(server.port), server.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes: Buffer) => isSilent || to.write(bytes));
      from.on("close", () => isSilent || to.destroy());
      from.on("error", () => undefined);
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const url = new URL(databaseUrl);
  url.port = String(typeof address === "object" ? address?.port : 0);
  return {
    url: url.href,
    silence() {
      isSilent = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

describeRace("the connection that holds the locks of leaders", (database) => {
  it("is known to be lost when the server ends it, for every name at once, and the next lead has a new one", async () => {
    const store = await database.open();
    const leadership = createLeadership(store);
    const leases = [await leadership.acquire("lane"), await leadership.acquire("indexer")];
    expect((await database.query(endSessions)).length, "one connection for all names").to.equal(1);
    // The server tells it, and the next use finds out at the latest.
    const again = await leadership.acquire("other").catch(() => leadership.acquire("other"));
    expect(again?.epoch).to.equal(1);
    expect(leases.map((lease) => lease && leadership.isLost(lease))).to.deep.equal([true, true]);
    expect(again && leadership.isLost(again)).to.equal(false);
    expect((await leadership.acquire("lane"))?.epoch).to.equal(2);
  });

  it("gives a lock to one gateway at a time, and with the end of its store to the next", async () => {
    const [one, two] = [await database.open(), await database.open()];
    const [first, second] = [createLeadership(one), createLeadership(two)];
    const lease = await first.acquire("lane");
    expect(lease?.epoch).to.equal(1);
    expect(await second.acquire("lane")).to.equal(undefined);
    expect((await second.acquire("indexer"))?.epoch, "another name is free").to.equal(1);
    if (lease) await first.release(lease);
    expect((await second.acquire("lane"))?.epoch).to.equal(2);
    await two.close();
    expect((await first.acquire("lane"))?.epoch).to.equal(3);
    expect((await first.acquire("indexer"))?.epoch).to.equal(2);
  });

  it("is apart from the connections for everything else", async () => {
    const store = await database.open();
    const leadership = createLeadership(store);
    const { promise, resolve } = Promise.withResolvers<void>();
    const busy = Array.from({ length: 9 }, () => store.transaction(() => promise));
    expect(await leadership.acquire("lane")).to.deep.equal({ name: "lane", epoch: 1 });
    resolve();
    await Promise.all(busy);
  });

  it("ends on both sides when the wire goes silent: the gateway knows, and the server gives the lock to another", async () => {
    const wire = await openWire(database.url);
    try {
      const session = await openSession({ databaseUrl: wire.url, limitMs, beatMs });
      await session.query("select pg_try_advisory_lock($1)", [lockKey]);
      wire.silence();
      // Waits in the server until the silent session is ended there.
      await database.query("select pg_advisory_lock($1)", [lockKey]);
      await session.ended;
      expect(session.isEnded()).to.equal(true);
      const failure: unknown = await session.query("select 1").catch((error: unknown) => error);
      expect(failure).to.have.property("code", "store.unavailable");
    } finally {
      wire.close();
    }
  });

  it("lives on while nobody uses it, and after a statement that was wrong", async () => {
    const session = await openSession({ databaseUrl: database.url, limitMs, beatMs });
    const failure: unknown = await session.query("select 1 / 0").catch((error: unknown) => error);
    expect(failure).to.have.property("code", "22012");
    await session.query("select pg_try_advisory_lock($1)", [lockKey]);
    await endOfSilentSession(database.url, 2 * silentMs);
    const [row] = await session.query("select count(*) as held from pg_locks where locktype = 'advisory'");
    expect(row?.["held"]).to.equal(1);
    await session.close();
    await session.close();
  });

  it("is refused where nobody listens", async () => {
    const closed = net.createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const address = closed.address();
    const url = new URL(database.url);
    url.port = String(typeof address === "object" ? address?.port : 0);
    closed.close();
    await once(closed, "close");
    const failure: unknown = await openSession({ databaseUrl: url.href, limitMs }).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "store.unavailable");
  });
});
