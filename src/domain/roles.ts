/** Roles of a participant on the ledger, in the order of their bits (contracts/libraries/Roles.sol). */
export const participantRoles = [
  "merchant",
  "bank",
  "carrier",
  "insurer",
  "inspector",
  "arbiter",
  "regulator",
  "operator",
] as const;
export type ParticipantRole = (typeof participantRoles)[number];

export function rolesToBits(roles: readonly string[]): number {
  return participantRoles.reduce((bits, role, index) => (roles.includes(role) ? bits | (1 << index) : bits), 0);
}

export function bitsToRoles(bits: number): ParticipantRole[] {
  return participantRoles.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** Participants whose acts need two keys unless the act is routine. */
export function needsFourEyes(roles: readonly string[]): boolean {
  return ["bank", "regulator", "operator"].some((role) => roles.includes(role));
}

/** Purposes of a key, as bits (contracts/libraries/Roles.sol). */
export const purposes = { propose: 1, approve: 2, operate: 4, administer: 8 } as const;

export type KeyPurpose = keyof typeof purposes;
export const keyPurposes = Object.keys(purposes) as [KeyPurpose, ...KeyPurpose[]];

export function purposesToBits(some: readonly KeyPurpose[]): number {
  return some.reduce((bits, purpose) => bits | purposes[purpose], 0);
}

/** What a user's key may do, by the user's role in its organisation. */
export function purposesOf(role: "maker" | "checker" | "viewer" | "admin"): number {
  switch (role) {
    case "maker":
      return purposes.propose | purposes.operate;
    case "checker":
      return purposes.approve | purposes.operate;
    case "admin":
      return purposes.administer;
    case "viewer":
      return 0;
  }
}
