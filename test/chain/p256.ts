/** Keys on P-256 as hardware modules and authenticators hold them; the curve's arithmetic is Node's. */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { AbiCoder, hexlify, toBeHex } from "ethers";

const curve = "prime256v1";
const groupOrder = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export interface CurveKey {
  readonly scalar: bigint;
  /** `x ‖ y`, 64 bytes. */
  readonly point: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function makeCurveKey(): CurveKey {
  const pair = createECDH(curve);
  const point = pair.generateKeys();
  const coordinates = { x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
  // Node gives the scalar without leading zeros.
  const d = Buffer.from(pair.getPrivateKey("hex").padStart(64, "0"), "hex").toString("base64url");
  const privateKey = createPrivateKey({ key: { kty: "EC", crv: "P-256", ...coordinates, d }, format: "jwk" });
  return {
    scalar: BigInt(hexlify(pair.getPrivateKey())),
    point: hexlify(point.subarray(1)),
    privateKey,
    publicKey: createPublicKey(privateKey),
  };
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % groupOrder;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % groupOrder;
    square = (square * square) % groupOrder;
  }
  return result;
}

/** The ledger takes the lower of the two possible `s` only. */
function lower(s: bigint): bigint {
  return s > groupOrder / 2n ? groupOrder - s : s;
}

export function higher(signature: string): string {
  const s = BigInt(`0x${signature.slice(66)}`);
  return `${signature.slice(0, 66)}${toBeHex(groupOrder - s, 32).slice(2)}`;
}

/** `r ‖ s` over a digest that is signed as it is, as a hardware module does; Node would hash it once more. */
export function signPrehashed({ scalar }: CurveKey, digest: string): string {
  const once = createECDH(curve);
  const r = BigInt(hexlify(once.generateKeys().subarray(1, 33))) % groupOrder;
  const k = BigInt(hexlify(once.getPrivateKey()));
  const s = (power(k, groupOrder - 2n) * (BigInt(digest) + r * scalar)) % groupOrder;
  return `${toBeHex(r, 32)}${toBeHex(lower(s), 32).slice(2)}`;
}

/** What the authenticator says about the person. */
export const presence = { present: 0x01, verified: 0x05 } as const;

/** What an authenticator and the browser around it make of a challenge, as the ledger's verifier takes it. */
export function assertion({ privateKey }: CurveKey, challenge: string, flags: number = presence.verified): string {
  const relyingParty = createHash("sha256").update("bank.example").digest();
  const authenticatorData = Buffer.concat([relyingParty, Buffer.from([flags, 0, 0, 0, 7])]);
  const encoded = Buffer.from(challenge.slice(2), "hex").toString("base64url");
  const clientData = JSON.stringify({ type: "webauthn.get", challenge: encoded, origin: "https://bank.example" });
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
  const raw = sign("sha256", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const [r, s] = [hexlify(raw.subarray(0, 32)), toBeHex(lower(BigInt(hexlify(raw.subarray(32)))), 32)];
  const [challengeAt, typeAt] = [clientData.indexOf('"challenge"'), clientData.indexOf('"type"')];
  return AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"],
    [r, s, challengeAt, typeAt, authenticatorData, clientData],
  );
}
