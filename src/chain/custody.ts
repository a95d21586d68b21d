import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Wallet } from "ethers";
import { invariant } from "../shared/errors.ts";

/**
 * Custody of a user's signing key. The key is sealed under a secret derived from two things: the user's own credential,
 * which is in no store and comes only with the user's request, and the master key. So the store, the keystore and the
 * master key together cannot sign (docs/architecture.md).
 */
export interface SealedKey {
  readonly signer: string;
  /** base64: salt(16) ‖ iv(12) ‖ tag(16) ‖ ciphertext(32). */
  readonly sealed: string;
}

interface Unsealing {
  readonly credential: string;
  readonly masterKey: Uint8Array;
  readonly userId: string;
}

const algorithm = "aes-256-gcm";
/** Said outright, or a shorter tag would be taken, and a short one can be guessed. */
const authTagLength = 16;

function sealingKey({ credential, masterKey, userId }: Unsealing, salt: Uint8Array): Uint8Array {
  // Of a fixed length, so that what ends the credential never begins the master key.
  invariant(masterKey.length === 32, "a master key has 32 bytes");
  const material = Buffer.concat([Buffer.from(credential, "utf8"), masterKey]);
  return new Uint8Array(hkdfSync("sha256", material, salt, `hansa custody ${userId}`, 32));
}

function seal(privateKey: string, owner: Unsealing): string {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, sealingKey(owner, salt), iv, { authTagLength });
  const body = Buffer.concat([cipher.update(Buffer.from(privateKey.slice(2), "hex")), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), body]).toString("base64");
}

/** Makes a new signing key for a user and seals it. */
export function makeSealedKey(owner: Unsealing): SealedKey {
  const wallet = Wallet.createRandom();
  return { signer: wallet.address.toLowerCase(), sealed: seal(wallet.privateKey, owner) };
}

/** Opens a sealed key for the length of one request. Throws when the credential or the master key is another. */
export function openSealedKey(sealed: string, owner: Unsealing): string {
  const bytes = Buffer.from(sealed, "base64");
  const key = sealingKey(owner, bytes.subarray(0, 16));
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(16, 28), { authTagLength });
  decipher.setAuthTag(bytes.subarray(28, 44));
  return `0x${Buffer.concat([decipher.update(bytes.subarray(44)), decipher.final()]).toString("hex")}`;
}

/** Seals the same key under the user's next credential. */
export function resealKey(sealed: string, from: Unsealing, to: Unsealing): string {
  return seal(openSealedKey(sealed, from), to);
}
