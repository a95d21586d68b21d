import { createHash, randomUUID } from "node:crypto";
import { wrapText } from "../../integrations/swift/composeMessage.ts";
import { hasErrors } from "../../integrations/swift/finding.ts";
import { correspondentsOf, fieldsOf, linesOf } from "../../integrations/swift/message.ts";
import { type CheckedMessage, readMessage } from "../../integrations/swift/readMessage.ts";
import { reissueMt700 } from "../../integrations/swift/reissueMt700.ts";
import { AppError } from "../../shared/errors.ts";
import { sameBic } from "../../shared/identifiers.ts";
import { recordAudit } from "../../store/audit.ts";
import { insertMessage } from "../../store/messages.ts";
import { findParticipant } from "../../store/parties.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";
import { faultsOfFindings, getCreditMessage, toMessageView } from "./queries.ts";

/** The envelope or the text block cannot be read, so no field can be trusted. */
function isMalformed({ type, message, findings }: CheckedMessage): boolean {
  const truncated = ["block_not_closed", "text_not_closed"];
  const broken = findings.some(({ severity, code }) => severity === "error" && truncated.includes(code));
  return type === null || fieldsOf(message).length === 0 || broken;
}

/** Reads a text that comes from outside. @throws AppError `message.malformed`, `message.invalid` */
function readChecked(text: string): CheckedMessage & { readonly type: string } {
  const checked = readMessage(text);
  const { type } = checked;
  const facts = { type, release: checked.release };
  const faults = faultsOfFindings(checked.findings);
  if (type === null || isMalformed(checked)) throw new AppError("message.malformed", facts, { faults });
  if (hasErrors(checked.findings)) throw new AppError("message.invalid", facts, { faults });
  return { ...checked, type };
}

export interface ReissueRequest {
  readonly reference: string;
  readonly weeks: number;
  readonly placeOfExpiry?: string | undefined;
  readonly parties: {
    readonly applicant: number;
    readonly beneficiary: number;
    readonly advisingBank: number;
    readonly nominatedBank: number;
    readonly secondAdvisingBank?: number | undefined;
  };
}

/** Width of a line of a name in fields 50 and 59. */
const nameWidth = 35;
const nameLinesMax = 3;

function keep(
  { context }: GatewayContext,
  caller: Caller,
  of: { text: string; ownBic: string | null; basedOn: string | null },
): Write {
  const { text } = of;
  const { message, type, release, findings } = readChecked(text);
  const { sender, receiver } = correspondentsOf(message);
  const isOwn = sender !== null && of.ownBic !== null && sameBic(sender, of.ownBic);
  const number = fieldsOf(message).find(({ tag }) => tag === "20");
  const row = {
    id: randomUUID(),
    organisationId: caller.organisationId,
    direction: isOwn ? ("outgoing" as const) : ("incoming" as const),
    type,
    release,
    reference: number === undefined ? null : (linesOf(number)[0] ?? null),
    sender,
    receiver,
    text,
    contentHash: createHash("sha256").update(text, "utf8").digest("hex"),
    findings,
    basedOn: of.basedOn,
    createdAtMs: context.clock.wallMs(),
  };
  const stored = { ...row, findings: [...findings], based_on: row.basedOn, created_at_ms: row.createdAtMs };
  const body = toMessageView(stored, caller);
  return {
    async commit(tx) {
      const { id, organisationId, createdAtMs: atMs } = row;
      if (!(await insertMessage(tx, row))) throw new AppError("message.duplicate", { reference: row.reference });
      await recordAudit(tx, { atMs, organisationId, userId: caller.userId, action: "message.kept", subject: id });
      return { status: 201, body };
    },
  };
}

async function partyOf({ store }: GatewayContext, participantId: number, pointer: string) {
  const party = await findParticipant(store.db, participantId);
  if (party) return party;
  throw new AppError("request.invalid", {}, { faults: [{ pointer, detail: "no such participant" }] });
}

async function bicOf(gateway: GatewayContext, participantId: number, pointer: string): Promise<string> {
  const { bic } = await partyOf(gateway, participantId, pointer);
  if (bic !== null) return bic;
  throw new AppError("request.invalid", {}, { faults: [{ pointer, detail: "this participant has no BIC" }] });
}

async function nameLines(gateway: GatewayContext, participantId: number, pointer: string): Promise<readonly string[]> {
  const { name, country } = await partyOf(gateway, participantId, pointer);
  return [...wrapText(name, nameWidth).slice(0, nameLinesMax), country];
}

export function createMessageCommands(gateway: GatewayContext) {
  const { store } = gateway;

  return {
    /**
     * Keeps a message in the caller's folder, text and findings as they are. What its own release forbids is refused
     * with every error and its place; what only today's release forbids is kept as a warning.
     */
    async receive(caller: Caller, text: string): Promise<Write> {
      const { bic } = await getOrganisation(store, caller.organisationId);
      return keep(gateway, caller, { text, ownBic: bic, basedOn: null });
    },

    /**
     * Sandbox only: the same deal as a new message of today's release, of the caller as issuing bank, with other dates
     * and parties. The original stays as it was.
     */
    async reissue(caller: Caller, messageId: string, request: ReissueRequest): Promise<Write> {
      const { message, terms } = await getCreditMessage(store, caller, messageId);
      const { bic: issuingBic } = await getOrganisation(store, caller.organisationId);
      if (issuingBic === null) throw new AppError("access.forbidden");
      const { parties, reference, weeks, placeOfExpiry } = request;
      if (terms.adviseThrough !== null && parties.secondAdvisingBank === undefined) {
        const detail = "field 57 names a second advising bank";
        throw new AppError("request.invalid", {}, { faults: [{ pointer: "/parties/secondAdvisingBank", detail }] });
      }
      const second = parties.secondAdvisingBank ?? parties.advisingBank;
      const { text, findings } = reissueMt700(message, {
        reference,
        weeks,
        issuingBic,
        advisingBic: await bicOf(gateway, parties.advisingBank, "/parties/advisingBank"),
        availableWithBic: await bicOf(gateway, parties.nominatedBank, "/parties/nominatedBank"),
        adviseThroughBic: await bicOf(gateway, second, "/parties/secondAdvisingBank"),
        applicantLines: await nameLines(gateway, parties.applicant, "/parties/applicant"),
        beneficiaryLines: await nameLines(gateway, parties.beneficiary, "/parties/beneficiary"),
        ...(placeOfExpiry !== undefined && { placeOfExpiry }),
      });
      if (hasErrors(findings)) {
        throw new AppError("message.not_writable", {}, { faults: faultsOfFindings(findings, "") });
      }
      return keep(gateway, caller, { text, ownBic: issuingBic, basedOn: messageId });
    },
  };
}
