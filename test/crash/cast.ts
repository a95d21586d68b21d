/** The demo's parties as the driver speaks for them, after the demo has been played in a folder. */
import fs from "node:fs";
import path from "node:path";
import { startLife } from "./life.ts";

export const partyNames = ["issuer", "confirmer", "adviser", "nominated", "importer", "exporter", "arbiter"] as const;
export type PartyName = (typeof partyNames)[number];
export type Role = "maker" | "checker";

export interface Party {
  /** Id on the ledger. */
  readonly id: number;
  readonly tokens: Readonly<Partial<Record<Role, string>>>;
  /** What it has of each bank's money in EUR, minor units, by the bank's id on the ledger. */
  readonly balances: Readonly<Record<string, bigint>>;
}

export type Cast = Readonly<Record<PartyName, Party>>;

/** A folder with the finished demo, from which every round begins. */
export interface Prepared {
  readonly dataDir: string;
  readonly cast: Cast;
  copyTo(dataDir: string): void;
}

interface DemoUser {
  readonly party: PartyName;
  readonly role: string;
  readonly secret: string;
}

interface DemoReply {
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Plays the demo in `dataDir`, which is made, unless it was played there. */
export async function prepare(dataDir: string): Promise<Prepared> {
  fs.mkdirSync(dataDir, { recursive: true });
  if (!fs.existsSync(path.join(dataDir, "demo.finished"))) {
    const played = await startLife({ dataDir, once: true }).ended;
    if (played.code !== 0) throw new Error(`the demo did not end well\n${played.output}\n${played.errors}`);
  }
  const life = startLife({ dataDir, once: false, demo: false });
  const [, url = ""] = await life.seen(/Hansa runs on (\S+)/);
  const cast = await readCast(dataDir, url);
  life.kill("SIGINT", "gateway");
  await life.ended;
  return { dataDir, cast, copyTo: (target) => fs.cpSync(dataDir, target, { recursive: true }) };
}

async function readCast(dataDir: string, url: string): Promise<Cast> {
  const { users } = JSON.parse(fs.readFileSync(path.join(dataDir, "demo.json"), "utf8")) as { users: DemoUser[] };
  const lines = fs.readFileSync(path.join(dataDir, "demo.replies.jsonl"), "utf8").trimEnd().split("\n");
  const replies = new Map(lines.map((line) => JSON.parse(line) as DemoReply).map(({ key, body }) => [key, body]));
  const tokenOf = (party: PartyName, role: Role) => {
    const secret = users.find((user) => user.party === party && user.role === role)?.secret;
    return secret && `hansa_${String(replies.get(`accept.${party}.${role}`)?.["keyId"])}_${secret}`;
  };
  const parties = await Promise.all(
    partyNames.map(async (name): Promise<[PartyName, Party]> => {
      const maker = tokenOf(name, "maker") ?? "";
      const checker = tokenOf(name, "checker");
      const { organisation } = (await get(url, maker, "/v1/me")) as { organisation: { participantId: number } };
      const balances = await readBalances((target) => get(url, maker, target), "ledger");
      return [name, { id: organisation.participantId, tokens: { maker, ...(checker && { checker }) }, balances }];
    }),
  );
  return Object.fromEntries(parties) as Cast;
}

/** EUR by bank, minor units; accounts without money are left out. */
export async function readBalances(
  read: (target: string) => Promise<unknown>,
  source: "index" | "ledger",
): Promise<Record<string, bigint>> {
  const { items } = (await read(`/v1/accounts?source=${source}`)) as {
    items: { bank: number; balance: { amount: string } }[];
  };
  const amounts = items.map(({ bank, balance }): [string, bigint] => [String(bank), minorOf(balance.amount)]);
  return Object.fromEntries(amounts.filter(([, amount]) => amount !== 0n));
}

async function get(url: string, token: string, target: string): Promise<unknown> {
  const reply = await fetch(url + target, { headers: { authorization: `Bearer ${token}` } });
  if (!reply.ok) throw new Error(`${target}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** `"12.30"` is 1230. */
export function minorOf(amount: string): bigint {
  return BigInt(amount.replace(".", ""));
}

export function amountOf(minor: bigint): string {
  const digits = String(minor).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
