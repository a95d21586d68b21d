import * as z from "zod";
import { type Member, type PartEntry, readArchive, sha256Of } from "./backupArchive.ts";
import { AppError } from "./shared/errors.ts";
import { AppliedMigration, TableDescription } from "./store/backup.ts";

/**
 * How a backup is laid out, in this order: `hansa-backup.json` (what it is), `store/<table>/<n>.ndjson.gz` (a row is an
 * array of texts and nulls), `ledger.journal/<n>.gz`, `files/<name>`, `manifest.json`, and the manifest's SHA-256.
 */
export const formatName = "hansa-backup";
export const formatVersion = 1;
export const memberNames = {
  format: "hansa-backup.json",
  manifest: "manifest.json",
  manifestHash: "manifest.sha256",
  journal: "ledger.journal",
} as const;

export function tableMember(table: string, number: number): string {
  return `store/${table}/${String(number).padStart(6, "0")}.ndjson.gz`;
}

export function journalMember(number: number): string {
  return `${memberNames.journal}/${String(number).padStart(6, "0")}.gz`;
}

export function fileMember(name: string): string {
  return `files/${name}`;
}

/** What a member holds, by its name. */
export function readMemberName(
  name: string,
): { kind: "table"; table: string } | { kind: "journal" } | { kind: "file"; file: string } | undefined {
  const table = /^store\/([^/]+)\/\d+\.ndjson\.gz$/.exec(name)?.[1];
  if (table !== undefined) return { kind: "table", table };
  if (/^ledger\.journal\/\d+\.gz$/.test(name)) return { kind: "journal" };
  const file = /^files\/([a-z][a-z0-9.]*)$/.exec(name)?.[1];
  return file === undefined ? undefined : { kind: "file", file };
}

const count = z.int().nonnegative();

export const Manifest = z.strictObject({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  createdAt: z.iso.datetime(),
  engine: z.enum(["pglite", "postgres"]),
  migrations: z.array(AppliedMigration),
  tables: z.array(TableDescription.extend({ rows: count })),
  /** Null for a store that was never bound to a ledger. `block` is the store's last one. */
  ledger: z.strictObject({ chainId: count, genesisHash: z.string(), block: z.int() }).nullable(),
  /** Null where the ledger is elsewhere. */
  journal: z.strictObject({ bytes: count, lastBlock: count, genesisHash: z.string() }).nullable(),
  parts: z.array(z.strictObject({ name: z.string(), bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type Manifest = z.infer<typeof Manifest>;

/** The first member. */
const Format = z.object({ format: z.literal(formatName), version: z.int() });

/**
 * Reads the whole file and believes nothing before it has seen every byte.
 * @throws AppError `backup.not_a_backup`, `backup.newer_format`, `backup.truncated`, `backup.altered` with the `part`
 */
export async function verifyArchive(file: string): Promise<Manifest> {
  const parts: PartEntry[] = [];
  let manifest: Buffer | undefined;
  let manifestHash: string | undefined;
  for await (const { name, bytes } of readArchive(file)) {
    if (parts.length === 0) checkFormat({ name, bytes });
    if (manifestHash !== undefined) throw new AppError("backup.altered", { part: name });
    if (manifest !== undefined) manifestHash = Buffer.from(bytes).toString("latin1").trim();
    else if (name === memberNames.manifest) manifest = Buffer.from(bytes);
    else parts.push({ name, bytes: bytes.length, sha256: sha256Of(bytes) });
  }
  if (manifest === undefined || manifestHash === undefined) throw new AppError("backup.truncated");
  if (sha256Of(manifest) !== manifestHash) throw new AppError("backup.altered", { part: memberNames.manifest });
  const parsed = Manifest.safeParse(JSON.parse(manifest.toString("utf8")));
  if (!parsed.success) throw new AppError("backup.altered", { part: memberNames.manifest }, { cause: parsed.error });
  compareParts(parsed.data.parts, parts);
  return parsed.data;
}

function checkFormat({ name, bytes }: Member): void {
  const format = name === memberNames.format ? Format.safeParse(parseJson(bytes)) : undefined;
  if (!format?.success) throw new AppError("backup.not_a_backup");
  if (format.data.version > formatVersion) throw new AppError("backup.newer_format", { version: format.data.version });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function compareParts(wanted: readonly PartEntry[], found: readonly PartEntry[]): void {
  for (const [index, { name, sha256 }] of wanted.entries()) {
    const part = found[index];
    if (part?.name !== name || part.sha256 !== sha256) throw new AppError("backup.altered", { part: name });
  }
  const more = found[wanted.length];
  if (more) throw new AppError("backup.altered", { part: more.name });
}
