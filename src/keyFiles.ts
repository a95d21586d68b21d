import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { AppError } from "./shared/errors.ts";
import { readTextFile, writeSecretFile } from "./shared/secretFile.ts";

interface KeyPlaces {
  readonly dataDir: string;
  /** Where production has its own. */
  readonly masterKeyFile: string | undefined;
}

interface Making {
  /** Whether to make it where it is missing: at a first start only, or it would fit nothing that is there. */
  readonly create?: boolean;
}

/** The names of the key files. */
export function keyFilesOf({ dataDir, masterKeyFile }: KeyPlaces): { masterKey: string; laneKey: string } {
  return { masterKey: masterKeyFile ?? path.join(dataDir, "master.key"), laneKey: path.join(dataDir, "lane.key") };
}

/**
 * The master key: 32 bytes in hex, kept outside the store. The sandbox makes it in the data folder when told to;
 * production names a file of its own, and that is never made.
 * @throws AppError `start.master_key_missing`, `start.master_key_invalid`
 */
export function openMasterKey(options: KeyPlaces & Making): Uint8Array {
  const file = keyFilesOf(options).masterKey;
  if (options.create && !options.masterKeyFile && readTextFile(file) === undefined)
    writeSecretFile(file, `${randomBytes(32).toString("hex")}\n`);
  const text = readTextFile(file)?.trim();
  if (text === undefined) throw new AppError("start.master_key_missing", { file });
  const exposed = (fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077;
  if (!/^[0-9a-f]{64}$/.test(text) || (process.platform !== "win32" && exposed !== 0)) {
    throw new AppError("start.master_key_invalid", { file });
  }
  return new Uint8Array(Buffer.from(text, "hex"));
}

/**
 * The lane's key, random per data folder, sealed under the master key. It pays for transactions and has no rights; the
 * contracts stand at addresses that follow from it.
 * @throws AppError `start.lane_key_missing`, `start.key_does_not_open`
 */
export function openLaneKey(options: { dataDir: string; masterKey: Uint8Array } & Making): string {
  const file = path.join(options.dataDir, "lane.key");
  const stored = readTextFile(file);
  if (stored !== undefined) return unseal(stored.trim(), { masterKey: options.masterKey, file });
  if (!options.create) throw new AppError("start.lane_key_missing", { file });
  const key = `0x${randomBytes(32).toString("hex")}`;
  writeSecretFile(file, `${seal(key, options.masterKey)}\n`);
  return key;
}

const algorithm = "aes-256-gcm";
/** Said outright, or a shorter tag would be taken, and a short one can be guessed. */
const authTagLength = 16;

function seal(text: string, masterKey: Uint8Array): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, masterKey, iv, { authTagLength });
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
}

function unseal(sealed: string, { masterKey, file }: { masterKey: Uint8Array; file: string }): string {
  try {
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv(algorithm, masterKey, bytes.subarray(0, 12), { authTagLength });
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new AppError("start.key_does_not_open", { file }, { cause });
  }
}
