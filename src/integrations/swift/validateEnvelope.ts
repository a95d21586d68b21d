/** Checks the blocks of a message and the form of its headers. */
import { isBic } from "../../shared/identifiers.ts";
import type { Finding } from "./finding.ts";
import { applicationHeaderOf, basicHeaderOf, bicOfTerminal, type Part, type SwiftMessage } from "./message.ts";

type EnvelopeFault = Pick<Finding, "code" | "message"> & Partial<Finding>;

/** A finding that belongs to no field. */
export function envelopeFinding(place: Pick<Finding, "offset" | "line">, fault: EnvelopeFault): Finding {
  const { offset, line } = place;
  return { severity: "error", field: null, occurrence: 1, offset, line, ...fault };
}

function blockIdOf(part: Part): string | undefined {
  if (part.kind === "outside") return undefined;
  return part.kind === "text" ? "4" : part.id;
}

/** Each block once and in order; blocks 1, 2 and 4 are needed. `first` gets the first block of each id. */
function checkBlocks(message: SwiftMessage, first: Map<string, Part>): Finding[] {
  const findings: Finding[] = [];
  let latest = "";
  for (const part of message.parts) {
    const id = blockIdOf(part);
    if (id === undefined) continue;
    if (first.has(id)) {
      findings.push(envelopeFinding(part, { code: "block_repeated", message: `Block ${id} stands more than once` }));
      continue;
    }
    if (id < latest)
      findings.push(envelopeFinding(part, { code: "block_order", message: `Block ${id} stands too late` }));
    first.set(id, part);
    if (id > latest) latest = id;
  }
  const start = message.parts[0] ?? { offset: 0, line: 1 };
  for (const id of ["1", "2", "4"].filter((needed) => !first.has(needed))) {
    findings.push(envelopeFinding(start, { code: "block_missing", message: `Block ${id} is missing` }));
  }
  return findings;
}

/** A header without its form is an error; a terminal of no valid BIC is a warning, since the network delivered it. */
function checkHeader(block: Part, id: string, terminal: string | undefined): Finding[] {
  if (terminal === undefined) {
    const message = `Block ${id} does not have the form of a FIN header`;
    return [envelopeFinding(block, { code: "header_malformed", message })];
  }
  if (isBic(bicOfTerminal(terminal))) return [];
  const message = `The terminal ${terminal} in block ${id} does not belong to a valid BIC`;
  return [envelopeFinding(block, { code: "header_bic", message, severity: "warning" })];
}

/** The findings on a message's blocks and headers. */
export function validateEnvelope(message: SwiftMessage): Finding[] {
  const first = new Map<string, Part>();
  const findings = checkBlocks(message, first);
  const terminals = { "1": basicHeaderOf(message)?.terminal, "2": applicationHeaderOf(message)?.terminal };
  for (const [id, terminal] of Object.entries(terminals)) {
    const block = first.get(id);
    if (block !== undefined) findings.push(...checkHeader(block, id, terminal));
  }
  return findings;
}
