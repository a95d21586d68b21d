import { randomUUID } from "node:crypto";
import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall, letterBytes } from "../../chain/contractSet.ts";
import { makeSealedKey } from "../../chain/custody.ts";
import { needsFourEyes, purposesOf, rolesToBits } from "../../domain/roles.ts";
import { AppError, type Fault } from "../../shared/errors.ts";
import { bicCountry, checkLei, isBic, isCountry } from "../../shared/identifiers.ts";
import { recordAudit } from "../../store/audit.ts";
import {
  acceptUser,
  findInvitedUser,
  findOrganisation,
  insertOrganisation,
  insertUser,
  listUsers,
} from "../../store/parties.ts";
import { hashSecret, makeKeyId } from "../credentials.ts";
import type { Caller, UserRole, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";

export interface InvitedParty {
  readonly name: string;
  readonly lei: string;
  readonly bic?: string | undefined;
  readonly country: string;
  readonly roles: readonly string[];
  readonly users: readonly { readonly name: string; readonly role: UserRole; readonly invitation: string }[];
}

/** Users that a party needs before it can act on the ledger. */
function missingUsers({ roles, users }: InvitedParty): UserRole[] {
  const needed: UserRole[] = needsFourEyes(roles) ? ["maker", "checker", "admin"] : ["maker", "admin"];
  return needed.filter((role) => !users.some((user) => user.role === role));
}

function faultsOf(party: InvitedParty): Fault[] {
  const faults: Fault[] = [];
  const lei = checkLei(party.lei);
  if (!lei.ok) faults.push({ pointer: "/lei", detail: lei.fault });
  if (!isCountry(party.country)) faults.push({ pointer: "/country", detail: "no ISO 3166 country" });
  if (party.bic !== undefined && (!isBic(party.bic) || bicCountry(party.bic) !== party.country)) {
    faults.push({ pointer: "/bic", detail: "no BIC of this country" });
  }
  if (party.roles.includes("bank") && party.bic === undefined)
    faults.push({ pointer: "/bic", detail: "a bank has one" });
  for (const role of missingUsers(party)) faults.push({ pointer: "/users", detail: `a ${role} is missing` });
  return faults;
}

/** How a party comes in, before the ledger knows it. */
export function createEntryCommands({ context, store, masterKey }: GatewayContext) {
  return {
    /** The operator enters a party and its first users. Each user makes its own credential when it accepts. */
    invite(caller: Caller, party: InvitedParty): Write {
      const faults = faultsOf(party);
      if (faults.length > 0) throw new AppError("request.invalid", {}, { faults });
      const organisationId = randomUUID();
      const leiSalt = makeSalt();
      // The country is part of it: a branch in another country is another bank (U03).
      const leiCommitment = commit("participant", `${party.lei}|${party.country}`, leiSalt);
      const users = party.users.map((user) => ({ id: randomUUID(), ...user }));
      return {
        async commit(tx) {
          const createdAtMs = context.clock.wallMs();
          const { name, lei, country, roles } = party;
          const bic = party.bic ?? null;
          await insertOrganisation(tx, {
            id: organisationId,
            name,
            lei,
            bic,
            country,
            roles,
            leiSalt,
            leiCommitment,
            createdAtMs,
          });
          for (const { id, name: userName, role, invitation } of users) {
            const invitationHash = hashSecret(invitation);
            await insertUser(tx, { id, organisationId, name: userName, role, invitationHash, createdAtMs });
          }
          await recordAudit(tx, {
            atMs: createdAtMs,
            organisationId: caller.organisationId,
            userId: caller.userId,
            action: "participant.invited",
            subject: organisationId,
          });
          const invited = users.map(({ id, role }) => ({ userId: id, role }));
          return { status: 201, body: { organisationId, users: invited } };
        },
      };
    },

    /** An invited user takes its place: its key is made here and sealed under the secret that only it knows. */
    async accept(body: { userId: string; invitation: string; secret: string }): Promise<Write> {
      const invitationHash = hashSecret(body.invitation);
      const user = await findInvitedUser(store.db, body.userId, invitationHash);
      if (!user) throw new AppError("invitation.not_open");
      const keyId = makeKeyId();
      const { signer, sealed } = makeSealedKey({ credential: body.secret, masterKey, userId: user.id });
      return {
        async commit(tx) {
          const createdAtMs = context.clock.wallMs();
          const secretHash = hashSecret(body.secret);
          const key = { userId: user.id, invitationHash, signer, sealedKey: sealed, keyId, secretHash, createdAtMs };
          if (!(await acceptUser(tx, key))) throw new AppError("invitation.not_open");
          const { organisation_id: organisationId } = user;
          const action = "invitation.accepted";
          await recordAudit(tx, { atMs: createdAtMs, organisationId, userId: user.id, action, subject: user.id });
          return { status: 201, body: { keyId, userId: user.id, organisationId, role: user.role, signer } };
        },
      };
    },
  };
}

/** What a regulator decides about the banks of its country. */
export function createMoratoriumCommands({ acts, addresses }: GatewayContext) {
  return {
    /** From now until `until` (RFC 3339, whole seconds) the bank's deposit money is neither created nor redeemed. */
    declare(caller: Caller, bank: number, { until, reason }: { until: string; reason: string }): Promise<Write> {
      const args = [bank, Date.parse(until) / 1_000, commit("reason", reason, makeSalt())];
      return acts.propose(caller, {
        kind: "moratorium.declare",
        subject: String(bank),
        summary: { bank, until, reason },
        calls: [
          {
            target: addresses.ParticipantRegistry,
            data: encodeCall("ParticipantRegistry", "declareMoratorium", args),
          },
        ],
      });
    },

    /** Ends a moratorium before its time. */
    lift(caller: Caller, bank: number, reason: string): Promise<Write> {
      const args = [bank, commit("reason", reason, makeSalt())];
      return acts.propose(caller, {
        kind: "moratorium.lift",
        subject: String(bank),
        summary: { bank, reason },
        calls: [
          { target: addresses.ParticipantRegistry, data: encodeCall("ParticipantRegistry", "liftMoratorium", args) },
        ],
      });
    },
  };
}

/** What the operator does on the ledger. */
export function createAdmissionCommands({ store, acts, addresses }: GatewayContext) {
  return {
    /** The operator admits a party whose founding users have all made their keys. */
    async admit(caller: Caller, organisationId: string): Promise<Write> {
      const organisation = await findOrganisation(store.db, organisationId);
      if (!organisation) throw new AppError("request.not_found");
      const users = await listUsers(store.db, organisationId);
      const invited = users.filter(({ status }) => status === "invited");
      if (organisation.status !== "invited" || invited.length > 0) {
        throw new AppError("participant.wrong_state", { status: organisation.status, invited: invited.length });
      }
      const keys = users
        .filter(({ role, signer }) => signer !== null && purposesOf(role) > 0)
        .map(({ role, signer }) => ({ signer: signer ?? "", purposes: purposesOf(role) }));
      const country = letterBytes(organisation.country);
      const roles = rolesToBits(organisation.roles);
      return acts.propose(caller, {
        kind: "participant.admit",
        subject: organisationId,
        summary: { organisationId, country: organisation.country, roles: organisation.roles, keys: keys.length },
        calls: [
          {
            target: addresses.ParticipantRegistry,
            data: encodeCall("ParticipantRegistry", "admit", [organisation.lei_commitment, country, roles, keys]),
          },
        ],
      });
    },

    /** The operator suspends a participant, or ends its suspension: no new deals, live ones go on. */
    changeStanding(
      caller: Caller,
      participantId: number,
      change: { suspend: boolean; reason: string },
    ): Promise<Write> {
      const reasonHash = commit("reason", change.reason, makeSalt());
      const fn = change.suspend ? "suspend" : "reinstate";
      return acts.propose(caller, {
        kind: `participant.${fn}`,
        subject: String(participantId),
        summary: { participantId, reason: change.reason },
        calls: [
          {
            target: addresses.ParticipantRegistry,
            data: encodeCall("ParticipantRegistry", fn, [participantId, reasonHash]),
          },
        ],
      });
    },
  };
}
