import { createDecipheriv, hkdfSync } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { sql } from "kysely";
import { openSealedKey } from "../../../src/chain/custody.ts";
import { hashSecret } from "../../../src/features/credentials.ts";
import { openLaneKey, openMasterKey } from "../../../src/keyFiles.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { migrations } from "../../../src/store/migrations/all.ts";
import { findOperator } from "../../../src/store/parties.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { makeSecret, startSystem, type TestParty, type TestSystem } from "../../fixtures/gateway.ts";

interface CustodyKey {
  readonly userId: string;
  readonly organisationId: string;
  readonly signer: string;
  readonly sealed: string;
}

/**
 * A thief has the whole data folder: the store, the lane's key and the master key. Only the users' own credentials are
 * missing, because they are nowhere but with the users (DESIGN §6).
 */
describe("custody of keys, with store, keystore and master key in a thief's hands", function custodySuite() {
  let system: TestSystem;
  let party: TestParty;
  let store: Store;
  let masterKey: Uint8Array;
  let keys: readonly CustodyKey[];

  before(async function stealFolder() {
    this.timeout(120_000);
    system = await startSystem();
    // A life that leaves traces: acts of two persons, rotation, a replayed reply, a proposal left open.
    const bank = await system.bank();
    party = await system.party({ roles: ["merchant"] });
    await system.deposit(bank, party, "10.00");
    const secret = makeSecret();
    const rotated = await system.as(party.maker).post<{ keyId: string }>("/v1/keys/rotate", { secret });
    expect(rotated.status).to.equal(201);
    party = { ...party, maker: { ...party.maker, secret, keyId: rotated.body.keyId } };
    await system.as(bank.maker).post("/v1/deposit-tokens", { currency: "EUR", entryLimitMinor: "100" });
    await system.stop();

    const { dataDir } = system;
    masterKey = openMasterKey({ dataDir, masterKeyFile: undefined });
    store = await openStore({ context: { logger: silentLogger }, dataDir: path.join(dataDir, "store"), migrations });
    const rows = await store.db
      .selectFrom("users")
      .select(["id", "organisation_id", "signer", "sealed_key"])
      .where("sealed_key", "is not", null)
      .execute();
    keys = rows.map((row) => ({
      userId: row.id,
      organisationId: row.organisation_id,
      signer: row.signer ?? "",
      sealed: row.sealed_key ?? "",
    }));
  });

  after(async () => {
    await store?.close();
    await system?.close();
  });

  /** Every value of every row, with every text inside its JSON, and every token of it that a secret could be. */
  async function storedValues(): Promise<Set<string>> {
    const found = new Set<string>();
    const { rows: tables } = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = 'public'`.execute(store.db);
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.table(name)} t`.execute(
        store.db,
      );
      for (const { row } of rows) collect(JSON.parse(row), found);
    }
    return found;
  }

  /** The keystore's files, whole and in parts. `operator.json` is the sandbox's own: it holds the operator's secrets. */
  function fileValues(): Set<string> {
    const found = new Set<string>();
    const names = readdirSync(system.dataDir).filter((name) => !name.startsWith("lock"));
    for (const name of names
      .map((entry) => path.join(system.dataDir, entry))
      .filter((file) => statSync(file).isFile())) {
      collect(readFileSync(name, "utf8"), found);
      collect(readFileSync(name, "latin1"), found);
    }
    return found;
  }

  async function everySecret(): Promise<readonly string[]> {
    const laneKey = openLaneKey({ dataDir: system.dataDir, masterKey });
    const master = Buffer.from(masterKey);
    const inHand = [
      "",
      laneKey,
      laneKey.slice(2),
      master.toString("hex"),
      master.toString("base64"),
      master.toString("latin1"),
    ];
    return [...new Set([...inHand, ...(await storedValues()), ...fileValues()])];
  }

  /** What the gateway's own code opens with this credential. */
  function opens({ sealed, userId }: CustodyKey, credential: string): string | undefined {
    try {
      return openSealedKey(sealed, { credential, masterKey, userId });
    } catch {
      return undefined;
    }
  }

  /**
   * A thief knows the code, and enters its key derivation where it likes: with a stored hash, say, in the place of what
   * it is the hash of. So the derivation is written out here, and each value is tried as text and as bytes.
   */
  function opensAnyhow(key: CustodyKey, stored: string): boolean {
    if (opens(key, stored) !== undefined) return true;
    const bytes = Buffer.from(key.sealed, "base64");
    const [salt, iv, tag, body] = [
      bytes.subarray(0, 16),
      bytes.subarray(16, 28),
      bytes.subarray(28, 44),
      bytes.subarray(44),
    ];
    return (["utf8", "hex", "base64"] as const).some((encoding) => {
      const material = Buffer.concat([Buffer.from(stored.replace(/^0x/, ""), encoding), masterKey]);
      const secret = Buffer.from(hkdfSync("sha256", material, salt, `hansa custody ${key.userId}`, 32));
      const decipher = createDecipheriv("aes-256-gcm", secret, iv, { authTagLength: 16 });
      decipher.setAuthTag(tag);
      try {
        decipher.update(body);
        decipher.final();
        return true;
      } catch {
        return false;
      }
    });
  }

  it("every party's user has a sealed key, and its own credential opens it", () => {
    const own = keys.find(({ userId }) => userId === party.maker.userId);
    expect(own, "the maker has a custody key").not.to.equal(undefined);
    if (!own) return;
    const opened = opens(own, party.maker.secret);
    expect(new Wallet(opened ?? "").address.toLowerCase()).to.equal(own.signer);
    expect(keys.length).to.equal(9);
  });

  it("no stored secret opens a key, except the operator's, whose credentials the sandbox keeps in a file", async () => {
    const secrets = await everySecret();
    for (const known of [hashSecret(party.maker.secret), keys[0]?.sealed, Buffer.from(masterKey).toString("hex")]) {
      expect(secrets, "the search sees rows and files").to.include(known);
    }
    const operator = await findOperator(store.db);
    const opened = keys.filter((key) => secrets.some((secret) => opensAnyhow(key, secret)));
    // The search does find what is there to be found.
    expect(opened.map(({ organisationId }) => organisationId)).to.deep.equal(Array(3).fill(operator?.id));
  });

  it("no stored value is a key that signs for a party, and the lane's key is nobody's", async () => {
    const signers = new Set(keys.map(({ signer }) => signer));
    const candidates = (await everySecret()).map(asPrivateKey).filter((key) => key !== undefined);
    expect(candidates.length, "there is something to try").to.be.greaterThan(50);
    const found = candidates
      .map((key) => new Wallet(key).address.toLowerCase())
      .filter((address) => signers.has(address));
    expect(found).to.deep.equal([]);
  });

  it("no credential of a user stands anywhere in the folder, not even as a part of something", async () => {
    const haystack = [...(await storedValues()), ...fileValues()].join("\n");
    for (const { secret } of [party.maker, party.checker, party.admin]) {
      expect(haystack.includes(secret)).to.equal(false);
      expect(haystack.includes(Buffer.from(secret, "base64url").toString("hex"))).to.equal(false);
    }
  });
});

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    into.add(value);
    for (const token of value.split(/[^A-Za-z0-9_+/=-]+/)) if (token.length >= 16) into.add(token);
    // Bytes that a bytea column shows as hex may be text: a stored reply, for one.
    if (/^\\x[0-9a-f]+$/.test(value)) collect(Buffer.from(value.slice(2), "hex").toString("utf8"), into);
  } else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) collect(inner, into);
}

/** A value that could be a private key, as hex. */
function asPrivateKey(value: string): string | undefined {
  const hex = value.replace(/^0x/, "");
  if (/^[0-9a-f]{64}$/i.test(hex) && !/^(0+|f+)$/i.test(hex)) return `0x${hex}`;
  const bytes = Buffer.from(value, "base64");
  return bytes.length === 32 && !bytes.every((byte) => byte === 0) ? `0x${bytes.toString("hex")}` : undefined;
}
