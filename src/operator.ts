import { randomUUID } from "node:crypto";
import path from "node:path";
import * as z from "zod";
import { commit, makeSalt } from "./chain/commitment.ts";
import { makeSealedKey } from "./chain/custody.ts";
import type { FoundingOperator } from "./chain/deploy.ts";
import { purposesOf } from "./domain/roles.ts";
import { formatToken, hashSecret, makeKeyId, makeSecret } from "./features/credentials.ts";
import type { Context } from "./shared/context.ts";
import { completeLei } from "./shared/identifiers.ts";
import { readTextFile, writeSecretFile } from "./shared/secretFile.ts";
import { acceptUser, findOperator, insertOrganisation, insertUser } from "./store/parties.ts";
import type { Store } from "./store/store.ts";

const roles = ["maker", "checker", "admin"] as const;

const OperatorFile = z.strictObject({
  organisationId: z.string(),
  users: z.array(z.strictObject({ role: z.enum(roles), userId: z.string(), keyId: z.string(), secret: z.string() })),
});
type OperatorFile = z.infer<typeof OperatorFile>;

export interface OperatorKeys {
  /** Bearer tokens by role; empty once their owners took the file with them. */
  readonly tokens: Readonly<Record<(typeof roles)[number], string>>;
  /** True when they were made just now and have not been shown yet. */
  readonly fresh: boolean;
}

const movedAway: OperatorKeys = { tokens: { maker: "", checker: "", admin: "" }, fresh: false };

/**
 * The founding operator: the only party that nobody invites. Its credentials are made once, written to a file that only
 * this user can read, and only then entered in the store, so that a crash in between changes nothing.
 */
export async function foundOperator(options: {
  context: Context;
  store: Store;
  dataDir: string;
  masterKey: Uint8Array;
}): Promise<{ founding: FoundingOperator; keys: OperatorKeys }> {
  const { context, store, dataDir, masterKey } = options;
  const file = path.join(dataDir, "operator.json");
  const stored = readTextFile(file);
  const entered = (await findOperator(store.db)) !== undefined;
  // New credentials would open nothing: the operator's keys are sealed under those that were moved away.
  if (stored === undefined && entered) return { founding: await readFounding(store), keys: movedAway };
  const credentials = stored === undefined ? makeCredentials() : OperatorFile.parse(JSON.parse(stored));
  if (stored === undefined) writeSecretFile(file, `${JSON.stringify(credentials, null, 2)}\n`);
  if (!entered) await enter(credentials, { context, store, masterKey });
  return {
    founding: await readFounding(store),
    keys: { tokens: tokensOf(credentials), fresh: stored === undefined },
  };
}

function makeCredentials(): OperatorFile {
  return {
    organisationId: randomUUID(),
    users: roles.map((role) => ({ role, userId: randomUUID(), keyId: makeKeyId(), secret: makeSecret() })),
  };
}

function tokensOf({ users }: OperatorFile): OperatorKeys["tokens"] {
  const tokens = users.map(({ role, keyId, secret }) => [role, formatToken(keyId, secret)]);
  return Object.fromEntries(tokens) as OperatorKeys["tokens"];
}

async function enter(
  { organisationId, users }: OperatorFile,
  { context, store, masterKey }: { context: Context; store: Store; masterKey: Uint8Array },
): Promise<void> {
  const createdAtMs = context.clock.wallMs();
  const leiSalt = makeSalt();
  const lei = completeLei("HANSATESTOPERATOR0") ?? "";
  const country = "DE";
  const sealed = users.map((user) => ({
    ...user,
    ...makeSealedKey({ credential: user.secret, masterKey, userId: user.userId }),
  }));
  await store.transaction(async (tx) => {
    const leiCommitment = commit("participant", `${lei}|${country}`, leiSalt);
    const name = "Hansa Sandbox Operator";
    const organisation = { id: organisationId, name, lei, bic: null, country, roles: ["operator"], leiSalt };
    await insertOrganisation(tx, { ...organisation, leiCommitment, createdAtMs });
    for (const { userId, role, keyId, secret, signer, sealed: sealedKey } of sealed) {
      const invitationHash = hashSecret(secret);
      const user = { id: userId, organisationId, name: `Operator's ${role}`, role, invitationHash, createdAtMs };
      await insertUser(tx, user);
      await acceptUser(tx, {
        userId,
        invitationHash,
        signer,
        sealedKey,
        keyId,
        secretHash: hashSecret(secret),
        createdAtMs,
      });
    }
  });
}

async function readFounding(store: Store): Promise<FoundingOperator> {
  const operator = await findOperator(store.db);
  if (!operator) throw new Error("invariant: the operator was entered");
  return {
    leiCommitment: operator.leiCommitment,
    country: operator.country,
    keys: operator.users.map(({ role, signer }) => ({ signer: signer ?? "", purposes: purposesOf(role) })),
  };
}
