import { id as hashOf } from "ethers";
import { type CallerName, type PartyName, partyNames } from "../cast.ts";
import { type Row, row } from "../row.ts";
import { agreeable, authorised, redemptionAsked } from "../scenarios/money.ts";
import { funded } from "../scenarios/ready.ts";

const isParty = (caller: CallerName) => partyNames.includes(caller as PartyName);

export const redemptionRows: readonly Row[] = [
  row({
    contract: "Redemptions",
    fn: "request",
    scenario: funded,
    // A participant asks for what is its own: whoever holds nothing has nothing to ask for.
    entitled: ["importer"],
    args: (purse) => [purse.token, purse.amount, hashOf("a redemption")],
    effect: "RedemptionRequested",
    notEntitled: (caller) => (isParty(caller) ? "ERC20InsufficientBalance" : "RedemptionNotEntitled"),
  }),
  row({
    contract: "Redemptions",
    fn: "withdraw",
    scenario: redemptionAsked,
    entitled: ["importer"],
    args: (s) => [s.id],
    effect: "RedemptionWithdrawn",
    notEntitled: "RedemptionNotEntitled",
  }),
  row({
    contract: "Redemptions",
    fn: "confirm",
    scenario: redemptionAsked,
    entitled: ["issuingBank"],
    args: (s) => [s.id, hashOf("a payout")],
    effect: "RedemptionPaid",
    notEntitled: "RedemptionNotEntitled",
  }),
  row({
    contract: "Redemptions",
    fn: "giveBack",
    scenario: redemptionAsked,
    entitled: ["issuingBank"],
    args: (s) => [s.id, hashOf("a reason")],
    effect: "RedemptionGivenBack",
    notEntitled: "RedemptionNotEntitled",
  }),
];

/** ERC-3009: only the payee takes what was authorised for it to receive. */
export const receivingRows: readonly Row[] = [
  ["bytes", ["0x01"]] as const,
  ["uint8,bytes32,bytes32", [27, hashOf("r"), hashOf("s")]] as const,
].map(([types, signature]) =>
  row({
    contract: "DepositToken",
    fn: `receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,${types})`,
    scenario: agreeable,
    at: (purse) => purse.token,
    entitled: ["exporter"],
    args: (_, __, world) => [...authorised(world), ...signature],
    effect: "AuthorizationUsed",
    notEntitled: "ERC20InvalidReceiver",
  }),
);
