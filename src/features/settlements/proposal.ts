import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { SettlementLeg } from "../../domain/events/settlement.ts";
import { AppError } from "../../shared/errors.ts";
import { findMovedThings } from "../../store/settlements.ts";
import { tokenOf } from "../deposits/queries.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, Instant, MoneyText, ParticipantIdInBody, toMinor } from "../schemas.ts";

const sides = { from: ParticipantIdInBody, to: ParticipantIdInBody, money: MoneyText };

/** Money is a claim on a bank; an undertaking moves as a whole, and its whole amount stands in what is signed. */
const ProposedLeg = z.union([
  z.strictObject({ ...sides, bank: ParticipantIdInBody }),
  z.strictObject({ ...sides, undertakingId: Hex32 }),
]);

const legsMost = 16;

export const ProposeSettlement = z.strictObject({
  legs: z.array(ProposedLeg).min(1).max(legsMost),
  /** Last moment at which it may be executed. */
  deadline: Instant,
});
export type ProposeSettlement = z.infer<typeof ProposeSettlement>;

const noItem = `0x${"0".repeat(64)}`;

async function toLeg(gateway: GatewayContext, leg: z.infer<typeof ProposedLeg>, at: number): Promise<SettlementLeg> {
  const { store, addresses } = gateway;
  const { from, to } = leg;
  const { amountMinor, currency } = toMinor(leg.money, `/legs/${at}/money`);
  const amount = String(amountMinor);
  if ("bank" in leg) {
    return { target: await tokenOf(store, leg.bank, currency), from, to, item: noItem, amount };
  }
  const item = leg.undertakingId;
  const target = addresses.Undertakings.toLowerCase();
  const { undertakings } = await findMovedThings(store.db, [{ target, from, to, item, amount }]);
  const found = undertakings.get(item);
  if (!found) throw new AppError("undertaking.unknown", { id: item });
  // The ledger compares the amount; the currency is in no signature, so that it must be right here.
  if (found.currency !== currency || found.amount !== amount) throw new AppError("undertaking.not_whole", { id: item });
  return { target, from, to, item, amount };
}

/** What a proposal means to the ledger. @throws AppError `request.invalid`, `token.…`, `undertaking.…` */
export async function readProposal(gateway: GatewayContext, body: ProposeSettlement) {
  const legs = await Promise.all(body.legs.map((leg, at) => toLeg(gateway, leg, at)));
  const deadline = Math.floor(Date.parse(body.deadline) / 1_000);
  return { legs, deadline, salt: `0x${randomBytes(32).toString("hex")}` };
}
