import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openSealedKey } from "../src/chain/custody.ts";
import { createAuthenticator } from "../src/features/credentials.ts";
import { foundOperator } from "../src/operator.ts";
import { createFixedClock } from "../src/shared/clock.ts";
import { silentLogger } from "../src/shared/context.ts";
import { createShutdown } from "../src/shared/shutdown.ts";
import type { Store } from "../src/store/store.ts";
import { describeStore } from "./fixtures/database.ts";

const context = { logger: silentLogger, clock: createFixedClock(1_790_000_000_000), shutdown: createShutdown() };
const masterKey = new Uint8Array(32).fill(7);

describeStore("the founding operator", (fixture) => {
  let dataDir = "";

  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-operator-"));
  });
  afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

  const found = (store: Store = fixture.store) => foundOperator({ context, store, dataDir, masterKey });
  const file = () => path.join(dataDir, "operator.json");
  const users = () => fixture.store.db.selectFrom("users").selectAll().orderBy("role").execute();

  it("has a maker, a checker and an administrator, each with a key and purposes of its own", async () => {
    const { founding, keys } = await found();
    expect(keys.fresh).to.equal(true);
    const rows = await users();
    expect(rows.map(({ role }) => role)).to.deep.equal(["admin", "checker", "maker"]);
    expect(new Set(rows.map(({ signer }) => signer)).size).to.equal(3);
    const purposes = { maker: 1 | 4, checker: 2 | 4, admin: 8 };
    for (const { role, signer } of rows) {
      const expected = { signer, purposes: purposes[role as keyof typeof purposes] };
      expect(founding.keys, role).to.deep.include(expected);
    }
    expect(founding.country).to.equal("DE");
    const organisations = await fixture.store.db.selectFrom("organisations").selectAll().execute();
    expect(organisations).to.have.length(1);
    expect(organisations[0]).to.deep.include({ lei_commitment: founding.leiCommitment, roles: ["operator"] });
  });

  it("signs in with its tokens, and each token opens its own user's key and no other's", async () => {
    const { keys } = await found();
    const authenticate = createAuthenticator(fixture.store);
    const rows = await users();
    for (const [role, token] of Object.entries(keys.tokens)) {
      const caller = await authenticate(token);
      expect(caller, role).to.include({ role });
      for (const row of rows) {
        const owner = { credential: caller?.secret ?? "", masterKey, userId: row.id };
        const open = () => openSealedKey(row.sealed_key ?? "", owner);
        if (row.role === role) expect(open()).to.match(/^0x[0-9a-f]{64}$/);
        else expect(open).to.throw();
      }
    }
  });

  it("keeps its secrets in a file for this user only, and none of them in the store", async () => {
    const { keys } = await found();
    if (process.platform !== "win32") expect(fs.statSync(file()).mode & 0o777).to.equal(0o600);
    const stored = JSON.stringify([
      await users(),
      await fixture.store.db.selectFrom("api_keys").selectAll().execute(),
      await fixture.store.db.selectFrom("organisations").selectAll().execute(),
    ]);
    for (const token of Object.values(keys.tokens)) {
      const secret = token.split("_").slice(2).join("_");
      expect(secret).to.have.length.greaterThan(42);
      expect(stored.includes(secret)).to.equal(false);
    }
  });

  it("is the same at every later start", async () => {
    const first = await found();
    const again = await found();
    expect(again).to.deep.equal({ founding: first.founding, keys: { ...first.keys, fresh: false } });
    expect(await users()).to.have.length(3);
  });

  it("is entered with the credentials of its file when power was cut between the two", async () => {
    const failing = { ...fixture.store, transaction: () => Promise.reject(new Error("a power cut")) };
    const failure: unknown = await found(failing).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "a power cut");
    const written = fs.readFileSync(file(), "utf8");
    expect(await users()).to.deep.equal([]);
    const { keys } = await found();
    expect(fs.readFileSync(file(), "utf8")).to.equal(written);
    expect(await createAuthenticator(fixture.store)(keys.tokens.maker)).to.include({ role: "maker" });
  });

  it("makes no new credentials when the file was moved to its owners: they would open nothing", async () => {
    const { founding, keys } = await found();
    fs.rmSync(file());
    const later = await found();
    expect(later.founding).to.deep.equal(founding);
    expect(later.keys).to.deep.equal({ tokens: { maker: "", checker: "", admin: "" }, fresh: false });
    expect(fs.existsSync(file())).to.equal(false);
    expect(await createAuthenticator(fixture.store)(keys.tokens.checker), "the owners' own still do").to.include({
      ...{ role: "checker" },
    });
  });

  it("is another one in another folder", async () => {
    const { founding } = await found();
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-operator-"));
    try {
      await fixture.store.transaction(async (tx) => {
        for (const table of ["api_keys", "users", "organisations"] as const) await tx.deleteFrom(table).execute();
      });
      const other = await foundOperator({ context, store: fixture.store, dataDir: elsewhere, masterKey });
      expect(other.founding.leiCommitment).not.to.equal(founding.leiCommitment);
      expect(other.founding.keys.map(({ signer }) => signer)).not.to.have.members(
        founding.keys.map(({ signer }) => signer),
      );
    } finally {
      fs.rmSync(elsewhere, { recursive: true });
    }
  });
});
