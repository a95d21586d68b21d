/** Orders that are complete and signed with the party's own key: exactly what a lane sends for the same act. */
import { randomBytes, randomUUID } from "node:crypto";
import { signDigest } from "../../src/chain/approvals.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { escrowIdOf } from "../../src/chain/escrowIds.ts";
import { encodeExecute, hashOrder, nonceFor, type Order, type OrderCall } from "../../src/chain/orders.ts";
import { createSigner } from "../../src/chain/sending/signer.ts";
import type { EscrowTerms } from "../../src/domain/events/escrow.ts";
import { createClock } from "../../src/shared/clock.ts";
import { limits } from "../../src/shared/limits.ts";
import { daySeconds, instant } from "../fixtures/gateway.ts";
import { type OpenParty, type PreparedFolder, rawSender } from "./preparedFolder.ts";

/** What a transaction does. */
export interface Call {
  readonly to: string;
  readonly data: string;
}

/** As the lanes have it. */
const gasLimit = 12_000_000;

function nowSeconds(): number {
  return Math.floor(createClock().wallMs() / 1000);
}

function hex32(): string {
  return `0x${randomBytes(32).toString("hex")}`;
}

/** The body of `POST /v1/escrows` with one milestone, proposed by the buyer. */
export function proposalBody({ buyer, seller, arbiter, bank }: PreparedFolder) {
  const now = nowSeconds();
  return {
    ...{ buyer: buyer.id, seller: seller.id, arbiter: arbiter.id, bank: bank.id },
    ...{ title: "A benchmark", text: "One milestone.", fundBy: instant(now + daySeconds) },
    ...{ inspectionDays: 7, rulingDays: 7, defaultSellerBps: 5_000 },
    milestones: [{ title: "All", money: { amount: "1.00", currency: "EUR" }, dueAt: instant(now + 9 * daySeconds) }],
  };
}

function termsOf({ buyer, seller, arbiter, token }: PreparedFolder): EscrowTerms {
  const now = nowSeconds();
  return {
    ...{ salt: hex32(), termsCommitment: hex32(), token },
    ...{ buyer: buyer.id, seller: seller.id, arbiter: arbiter.id, fundBy: now + daySeconds },
    ...{ inspectionSeconds: 7 * daySeconds, rulingSeconds: 7 * daySeconds, defaultSellerBps: 5_000 },
    milestones: [{ amount: "100", dueAt: now + 9 * daySeconds }],
  };
}

function signedOrder({ chainId }: PreparedFolder, party: OpenParty, calls: readonly OrderCall[]): Call {
  const deadline = nowSeconds() + limits.orderValiditySeconds;
  const order: Order = { account: party.account, calls, nonce: nonceFor(randomUUID()), deadline };
  const approval = signDigest(hashOrder(order, chainId), party.signingKey, party.signer);
  return { to: party.account, data: encodeExecute(order, [approval]) };
}

/** A buyer's proposal, such as `proposalBody` becomes. */
export function proposal(folder: PreparedFolder): Call {
  const data = encodeCall("TradeEscrow", "propose", [termsOf(folder)]);
  return signedOrder(folder, folder.buyer, [{ target: folder.addresses.TradeEscrow, data }]);
}

/** An escrow from its proposal to the claim: six acts, of which the later ones need the earlier ones. */
export function escrowStory(folder: PreparedFolder): readonly Call[] {
  const { addresses, chainId, buyer, seller, token } = folder;
  const { TradeEscrow: target } = addresses;
  const terms = termsOf(folder);
  const id = escrowIdOf({ chainId, tradeEscrow: target, buyer: buyer.id, seller: seller.id, salt: terms.salt });
  const call = (fn: string, ...more: readonly unknown[]): OrderCall => {
    return { target, data: encodeCall("TradeEscrow", fn, [id, terms, ...more]) };
  };
  const allowance = { target: token, data: encodeCall("DepositToken", "approve", [target, 100n]) };
  return [
    signedOrder(folder, buyer, [{ target, data: encodeCall("TradeEscrow", "propose", [terms]) }]),
    signedOrder(folder, seller, [call("agree")]),
    signedOrder(folder, buyer, [allowance, call("fund")]),
    signedOrder(folder, seller, [call("deliver", 0, hex32())]),
    signedOrder(folder, buyer, [call("release", 0)]),
    signedOrder(folder, seller, [call("claim")]),
  ];
}

/** The cheapest transaction there is. */
export function plainTransfer(): Call {
  return { to: rawSender.address.toLowerCase(), data: "0x" };
}

/** Signed bytes of the raw sender, from a nonce on. */
export function signRaw(
  calls: readonly Call[],
  { chainId, nonce }: { chainId: number; nonce: number },
): readonly string[] {
  const signer = createSigner({ key: rawSender.privateKey, chainId });
  const fee = { type: 0, gasPrice: "0" } as const;
  return calls.map((call, index) => signer.sign({ nonce: nonce + index, fee, gasLimit, ...call }).raw);
}
