import { report } from "./zz_stmt.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { Wallet, hexlify, randomBytes, Transaction } from "ethers";
import { deploySystem } from "../../src/chain/deploy.ts";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import { createLedgerReads } from "../../src/chain/ledgerReads.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { encodeExecute, nonceFor, signOrder } from "../../src/chain/orders.ts";
import { rolesToBits } from "../../src/domain/roles.ts";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { createIndexer } from "../../src/chain/indexing/indexer.ts";
import { createClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore } from "../../src/store/store.ts";
import { foundingOf, makeKey } from "../chain/chainFixture.ts";
import { quantity } from "../../src/chain/rpc.ts";

const N = Number(process.env.N ?? 1500);
const K = Number(process.env.K ?? 1);
const rounds = Number(process.env.ROUNDS ?? 3);
const dataDir = await mkdtemp(join(tmpdir(), "ixbench-"));
const context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
const ledger = await startLedger({ context, dataDir, genesisSeconds: Math.floor(Date.now() / 1000) - 1000 });
const rpc = createRpc({ url: ledger.url });
const chainId = Number(await rpc.call<string>("eth_chainId"));
const operator = { maker: makeKey(), checker: makeKey(), admin: makeKey() };
const founding = foundingOf(operator);
const addresses = await deploySystem({ rpc, chainId, deployerKey: makeKey().key, operator: founding, onProgress() {} });
const reads = createLedgerReads({ rpc });
const registry = addresses.ParticipantRegistry;
const operatorAccount = await reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [1] });
const relayer = new Wallet(makeKey().key);
let nonce = 0;
const deadline = Math.floor(Date.now() / 1000) + 86400 * 3;
async function raw(account: string, calls: { target: string; data: string }[], keys: { key: string }[]) {
  const order = { account, calls, nonce: nonceFor(randomUUID()), deadline };
  const approvals = await Promise.all(keys.map(({ key }) => signOrder(order, chainId, key)));
  const t = Transaction.from({ type: 0, chainId, nonce: nonce++, gasLimit: 12_000_000, gasPrice: 0, to: account, data: encodeExecute(order, approvals), value: 0 });
  t.signature = relayer.signingKey.sign(t.unsignedHash);
  return t.serialized;
}
const send = async (r: string) => { const h = await rpc.call<string>("eth_sendRawTransaction", [r]); const rec = await rpc.call<any>("eth_getTransactionReceipt", [h]); if (rec.status !== "0x1") throw new Error("failed " + JSON.stringify(rec)); return rec; };
const ops = [operator.maker, operator.checker];
const leis = [founding.leiCommitment, hexlify(randomBytes(32)), hexlify(randomBytes(32))];
const bankKeys = { maker: makeKey(), checker: makeKey(), admin: makeKey() };
const keysOf = (k: typeof bankKeys) => [{ signer: k.maker.address, purposes: 5 }, { signer: k.checker.address, purposes: 6 }, { signer: k.admin.address, purposes: 8 }];
await send(await raw(operatorAccount, [{ target: registry, data: encodeCall("ParticipantRegistry", "admit", [leis[1], "0x4e4c", rolesToBits(["bank"]), keysOf(bankKeys)]) }], ops));
const mk = { maker: makeKey(), checker: makeKey(), admin: makeKey() };
await send(await raw(operatorAccount, [{ target: registry, data: encodeCall("ParticipantRegistry", "admit", [leis[2], "0x4e4c", rolesToBits(["merchant"]), keysOf(mk)]) }], ops));
const bank = await reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [2] });
const merchant = await reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [3] });
await send(await raw(operatorAccount, [{ target: addresses.DepositTokenFactory, data: encodeCall("DepositTokenFactory", "listCurrency", ["0x455552", 2]) }], ops));
await send(await raw(bank, [{ target: addresses.DepositTokenFactory, data: encodeCall("DepositTokenFactory", "create", ["0x455552"]) }], [bankKeys.maker, bankKeys.checker]));
const token = await reads.read<string>("DepositTokenFactory", addresses.DepositTokenFactory, { fn: "tokenOf", args: [2, "0x455552"] });
const raws: string[] = [];
for (let i = 0; i < N; i++) raws.push(await raw(bank, Array.from({ length: K }, () => ({ target: token, data: encodeCall("DepositToken", "createByEntry", [merchant, 5n, hexlify(randomBytes(32))]) })), [bankKeys.maker, bankKeys.checker]));
for (let i = 0; i < raws.length; i += 100) await rpc.batch(raws.slice(i, i + 100).map((r) => ({ method: "eth_sendRawTransaction", params: [r] })));
const head = Number(await rpc.call<string>("eth_blockNumber"));
console.log("head", head);
async function fetchRaw() {
  const t = performance.now(); let logs = 0;
  for (let n = 0; n <= head; n += 100) {
    const blocks = (await rpc.batch(Array.from({ length: Math.min(100, head - n + 1) }, (_, i) => ({ method: "eth_getBlockByNumber", params: [quantity(n + i), false] })))) as any[];
    const receipts = (await rpc.batch(blocks.flatMap((b) => b.transactions).map((h: string) => ({ method: "eth_getTransactionReceipt", params: [h] })))) as any[];
    for (const r of receipts) logs += r.logs.length;
  }
  const s = (performance.now() - t) / 1000; return { s, rate: logs / s, logs };
}
async function indexAll(mode: "full" | "off") {
  const dir = await mkdtemp(join(tmpdir(), "ixstore-"));
  const store = await openStore({ context, migrations, dataDir: join(dir, "store") });
  await store.transaction(async (tx) => {
    for (const [i, lei] of leis.map((l, i) => [i + 1, l] as const)) await tx.insertInto("organisations").values({ id: `o${i}`, name: "x", lei: `L${i}`, bic: null, country: "NL", roles: "[]", lei_salt: `s${i}`, lei_commitment: lei, status: "invited", participant_id: null, account: null, created_at_ms: 0 }).execute();
  });
  const ended = Promise.withResolvers<void>();
  let commits = 0;
  const t = performance.now();
  const bs = createBlockStore(store);
  let dbMs = 0;
  const indexer = createIndexer({ context, source: createSingleSource(rpc), book: createAddressBook(addresses, { accounts: [], tokens: [] }), store: { ...bs, async commitBlocks(...a) { const x = performance.now(); await bs.commitBlocks(...a); dbMs += performance.now() - x; } }, leadership: createLeadership(store), finality: { kind: "instant" }, verify: { mode, headerKind: mode === "off" ? "none" : "ethereum" }, isWhole: true, onAdvanced() { commits++; if (indexer.state().indexed === head) ended.resolve(); } });
  indexer.start(); await ended.promise;
  const s = (performance.now() - t) / 1000;
  await indexer.stop();
  const rows = Number((await store.db.selectFrom("postings").select((q) => q.fn.countAll().as("n")).executeTakeFirstOrThrow()).n);
  const events = Number((await store.db.selectFrom("events").select((q) => q.fn.countAll().as("n")).executeTakeFirstOrThrow()).n);
  await store.close(); await rm(dir, { recursive: true });
  return { s, commits, dbMs: Math.round(dbMs), rows, events };
}
import { createRangeReader } from "../../src/chain/indexing/rangeReader.ts";
import { createReadAhead } from "../../src/chain/indexing/readAhead.ts";
import { decodeRange } from "../../src/chain/indexing/decodeRange.ts";
async function readOnly(mode: "full" | "off", decode: boolean) {
  const t = performance.now(); let dec = 0; let all: any[] = [];
  const ahead = createReadAhead(createRangeReader({ mode, headerKind: mode === "off" ? "none" : "ethereum", source: createSingleSource(rpc), mayReorganise: false, onFault(f) { console.log(f); } }));
  const book = createAddressBook(addresses, { accounts: [], tokens: [] });
  let next = 0;
  while (next <= head) { const r = await ahead.next({ from: next, head, final: -1 }); next += r.blocks.length; if (decode) { const x = performance.now(); all.push(...decodeRange(r.blocks, book, new Map())); dec += performance.now() - x; } }
  return { s: (performance.now() - t) / 1000, dec: Math.round(dec), all };
}
async function dbOnly(all: any[]) {
  const store = await openStore({ context, migrations });
  const bs = createBlockStore(store); const lease = (await createLeadership(store).acquire("indexer"))!;
  await store.transaction(async (tx) => {
    for (const [i, lei] of leis.map((l, i) => [i + 1, l] as const)) await tx.insertInto("organisations").values({ id: `o${i}`, name: "x", lei: `L${i}`, bic: null, country: "NL", roles: "[]", lei_salt: `s${i}`, lei_commitment: lei, status: "invited", participant_id: null, account: null, created_at_ms: 0 }).execute();
  });
  const { createCommits } = await import("../../src/chain/indexing/commits.ts");
  report(); console.log("----"); const c = createCommits(); const t = performance.now(); let n = 0;
  for (const part of c.partsOf(all)) { await c.tried(() => bs.commitBlocks(lease, part, 1e15)); n++; }
  const s = (performance.now() - t) / 1000; report();
  // raw: the same rows of the three big tables, unnest, 1000 to a commit
  const { sql } = await import("kysely");
  const ev = await store.db.selectFrom("events").selectAll().execute(); const po = await store.db.selectFrom("postings").selectAll().execute(); const bl = await store.db.selectFrom("blocks").selectAll().execute();
  await store.transaction(async (tx) => { await sql`create table raw_events (like events including all); create table raw_postings (like postings including all); create table raw_blocks (like blocks including all)`.execute(tx); });
  const t2 = performance.now();
  const cols = (rows: any[], k: string, f = (x: any) => x) => rows.map((r) => f(r[k]));
  for (let i = 0; i < ev.length; i += 1000) { const r = ev.slice(i, i + 1000); await store.transaction(async (tx) => { await sql`insert into raw_events (organisation_id, sequence, type, subject, data, block_number, block_hash, log_index, occurred_at) select * from unnest(${cols(r, "organisation_id")}::text[], ${cols(r, "sequence")}::bigint[], ${cols(r, "type")}::text[], ${cols(r, "subject")}::text[], ${cols(r, "data", JSON.stringify)}::jsonb[], ${cols(r, "block_number")}::bigint[], ${cols(r, "block_hash")}::text[], ${cols(r, "log_index")}::int[], ${cols(r, "occurred_at")}::bigint[])`.execute(tx); }); }
  for (let i = 0; i < po.length; i += 1000) { const r = po.slice(i, i + 1000); await store.transaction(async (tx) => { await sql`insert into raw_postings select * from unnest(${cols(r, "token")}::text[], ${cols(r, "holder")}::text[], ${cols(r, "block_number")}::bigint[], ${cols(r, "log_index")}::int[], ${cols(r, "amount")}::numeric[], ${cols(r, "balance")}::numeric[], ${cols(r, "counterparty")}::text[], ${cols(r, "ground")}::text[], ${cols(r, "reference")}::text[], ${cols(r, "transaction_hash")}::text[], ${cols(r, "booked_at")}::bigint[])`.execute(tx); }); }
  for (let i = 0; i < bl.length; i += 1000) { const r = bl.slice(i, i + 1000); await store.transaction(async (tx) => { await sql`insert into raw_blocks select * from unnest(${cols(r, "number")}::bigint[], ${cols(r, "hash")}::text[], ${cols(r, "parent_hash")}::text[], ${cols(r, "timestamp")}::bigint[])`.execute(tx); }); }
  const rawS = (performance.now() - t2) / 1000; const rows = ev.length + po.length + bl.length; report();
  await store.close(); return { s, n, rows, rate: Math.round(rows / s), rawRate: Math.round(rows / rawS), r3: (rawS / s).toFixed(2) };
}
for (let r = 0; r < rounds; r++) {
  const a = await fetchRaw(); const ro = await readOnly("off", false); const rf = await readOnly("full", false); const rd = await readOnly("full", true); const db = await dbOnly(rd.all);
  console.log("raw", a.s.toFixed(3), "read off", ro.s.toFixed(3), "read full", rf.s.toFixed(3), "full+decode", rd.s.toFixed(3), "decode", rd.dec, "db", JSON.stringify(db));
}
for (let r = 0; r < Number(process.env.FULL ?? 0); r++) {
  const a = await fetchRaw(); const f = await indexAll("full"); const o = await indexAll("off");
  console.log("raw", a.s.toFixed(2), "full", f.s.toFixed(2), "ratio", (a.s / f.s).toFixed(2), "off", o.s.toFixed(2), "ratio", (a.s / o.s).toFixed(2), "logs", a.logs, JSON.stringify(f));
}
await context.shutdown.close(); await rm(dataDir, { recursive: true }); process.exit(0);
