import { resealKey } from "../../chain/custody.ts";
import { AppError } from "../../shared/errors.ts";
import { recordAudit } from "../../store/audit.ts";
import { insertApiKey, isSecretUsed, replaceSealedKey } from "../../store/parties.ts";
import { hashSecret } from "../credentials.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { ownUser } from "./queries.ts";

/**
 * Id of the API key that a rotation makes: the first 16 hex digits of the secret's SHA-256. The client can compute it,
 * so a lost reply does not lock the user out when its old key has ended.
 */
export function rotatedKeyId(secret: string): string {
  return hashSecret(secret).slice(0, 16);
}

/**
 * A user changes its own credential: its custody key is sealed anew under the new secret, which takes the present one
 * to open, and all its other API keys end. The key on the ledger stays the same.
 * @throws AppError `request.invalid` when the secret was used before, `access.unauthenticated` when another rotation
 * or the end of this user came first.
 */
export async function rotateKey(gateway: GatewayContext, caller: Caller, secret: string): Promise<Write> {
  const { context, masterKey, store } = gateway;
  const { organisationId, userId } = caller;
  const { sealed_key: sealed } = await ownUser(store, caller, userId);
  if (sealed === null) throw new AppError("access.forbidden");
  const keyId = rotatedKeyId(secret);
  const secretHash = hashSecret(secret);
  if (await isSecretUsed(store.db, { keyId, userId, secretHash })) {
    const faults = [{ pointer: "/secret", detail: "was used before" }];
    throw new AppError("request.invalid", { in: "body" }, { faults });
  }
  const owner = { masterKey, userId };
  const to = resealKey(sealed, { ...owner, credential: caller.secret }, { ...owner, credential: secret });
  return {
    async commit(tx) {
      const atMs = context.clock.wallMs();
      if (!(await replaceSealedKey(tx, userId, { from: sealed, to }))) throw new AppError("access.unauthenticated");
      await insertApiKey(tx, { keyId, userId, secretHash, createdAtMs: atMs });
      await recordAudit(tx, { atMs, organisationId, userId, action: "key.rotated", subject: userId });
      return { status: 201, body: { keyId } };
    },
  };
}
