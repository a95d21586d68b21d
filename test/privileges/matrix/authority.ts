import type { CallerName } from "../cast.ts";
import { abis } from "../contracts.ts";
import { type Row, row } from "../row.ts";
import { type Delegation, delegated, ROLE, scheduled, undelegated } from "../scenarios/delegated.ts";
import { DAY } from "../scenarios/ready.ts";

const contract = "Authority";

/** Only the AccessManager's admin, which is the operator's account; nobody else holds a role. */
function adminOnly(fn: string, effect: string, args: (state: Delegation) => readonly unknown[]): Row {
  return row({
    contract,
    fn,
    scenario: undelegated,
    entitled: ["operator"],
    args,
    effect,
    notEntitled: "AccessManagerUnauthorizedAccount",
  });
}

/** The AccessManager asks its caller whether it is just executing a scheduled act; who cannot answer is refused mutely. */
function refusedConsumption(caller: CallerName): string {
  const answers = caller === "ParticipantRegistry" || caller === "DepositTokenFactory";
  return answers ? "AccessManagerUnauthorizedConsume" : "(no data)";
}

const administration: readonly Row[] = [
  adminOnly("labelRole", "RoleLabel", () => [ROLE, "suspensions"]),
  adminOnly("grantRole", "RoleGranted", (s) => [ROLE, s.delegate, DAY]),
  adminOnly("setRoleAdmin", "RoleAdminChanged", () => [ROLE, ROLE + 1]),
  adminOnly("setRoleGuardian", "RoleGuardianChanged", () => [ROLE, ROLE + 1]),
  adminOnly("setGrantDelay", "RoleGrantDelayChanged", () => [ROLE, DAY]),
  adminOnly("setTargetFunctionRole", "TargetFunctionRoleUpdated", (s) => [
    s.registry,
    [s.suspension.slice(0, 10)],
    ROLE,
  ]),
  adminOnly("setTargetAdminDelay", "TargetAdminDelayUpdated", (s) => [s.registry, DAY]),
  adminOnly("setTargetClosed", "TargetClosed", (s) => [s.registry, true]),
  adminOnly("updateAuthority", "AuthorityUpdated", (s) => [s.registry, s.successor]),
  // Each call inside is checked for the same caller: the wrapping entitles nobody.
  adminOnly("multicall", "RoleLabel", () => [[abis.Authority.encodeFunctionData("labelRole", [ROLE, "suspensions"])]]),
  row({
    contract,
    fn: "revokeRole",
    scenario: delegated,
    entitled: ["operator"],
    args: (s) => [ROLE, s.delegate],
    effect: "RoleRevoked",
    notEntitled: "AccessManagerUnauthorizedAccount",
  }),
];

const operations: readonly Row[] = [
  row({
    contract,
    fn: "execute",
    when: "at once",
    scenario: undelegated,
    entitled: ["operator"],
    args: (s) => [s.registry, s.suspension],
    effect: "ParticipantSuspended",
    notEntitled: "AccessManagerUnauthorizedCall",
  }),
  row({
    contract,
    fn: "execute",
    when: "after a delay",
    scenario: scheduled,
    entitled: ["regulator"],
    args: (s) => [s.registry, s.suspension],
    effect: "ParticipantSuspended",
    notEntitled: "AccessManagerUnauthorizedCall",
  }),
  row({
    contract,
    fn: "schedule",
    scenario: delegated,
    entitled: ["regulator"],
    args: (s) => [s.registry, s.suspension, 0],
    effect: "OperationScheduled",
    notEntitled: "AccessManagerUnauthorizedCall",
  }),
  row({
    contract,
    fn: "cancel",
    scenario: scheduled,
    // Who scheduled it, and the admin.
    entitled: ["regulator", "operator"],
    args: (s) => [s.delegate, s.registry, s.suspension],
    effect: "OperationCanceled",
    notEntitled: "AccessManagerUnauthorizedCancel",
    afterwards: { notTestedBecause: "OpenZeppelin looks first whether there is such an operation" },
  }),
  row({
    contract,
    fn: "consumeScheduledOp",
    scenario: scheduled,
    entitled: ["regulator"],
    through: { contract: "ParticipantRegistry", fn: "suspend", args: (s) => s.suspensionArgs },
    args: (s) => [s.delegate, s.suspension],
    effect: "OperationExecuted",
    notEntitled: refusedConsumption,
  }),
  row({
    contract,
    fn: "renounceRole",
    scenario: delegated,
    entitled: ["regulator"],
    args: (s) => [ROLE, s.delegate],
    effect: "RoleRevoked",
    notEntitled: "AccessManagerBadConfirmation",
  }),
];

export const authorityRows: readonly Row[] = [...administration, ...operations];
