import { randomUUID } from "node:crypto";
import { signDigest } from "../chain/approvals.ts";
import { type Addresses, encodeCall } from "../chain/contractSet.ts";
import { openSealedKey } from "../chain/custody.ts";
import type { LedgerReads } from "../chain/ledgerReads.ts";
import {
  encodeExecute,
  encodeExecuteEach,
  hashBatch,
  hashOrder,
  type Order,
  type OrderCall,
  type SignedOrder,
} from "../chain/orders.ts";
import { isRoutine } from "../chain/routineActs.ts";
import { needsFourEyes } from "../domain/roles.ts";
import { AppError } from "../shared/errors.ts";
import { findSigningUser } from "../store/parties.ts";
import type { StoredApproval } from "../store/schema/chain.ts";
import type { Store } from "../store/store.ts";
import type { Caller } from "./endpoint.ts";

interface OrderDeskOptions {
  readonly store: Store;
  readonly reads: LedgerReads;
  readonly addresses: Addresses;
  readonly chainId: number;
  readonly masterKey: Uint8Array;
}

/** A user whose key stands on the ledger, and what opens it; looked up once for a request. */
export interface Signatory {
  readonly userId: string;
  /** The organisation's account; null before it is admitted. */
  readonly account: string | null;
  /** The organisation's roles on the ledger. */
  readonly roles: readonly string[];
  readonly signer: string;
  readonly sealedKey: string;
}

/** What is done with an order before anything is stored: signing, and asking the ledger. */
export type OrderDesk = ReturnType<typeof createOrderDesk>;

/** A settlement's simulation also comes back through calls of other contracts, and says so in its name. */
function isOfSettlement(error: AppError, calls: readonly OrderCall[], settlement: string): boolean {
  return error.facts["error"] === "SettlementSimulated" || calls.some(({ target }) => target === settlement);
}

export function createOrderDesk({ store, reads, addresses, chainId, masterKey }: OrderDeskOptions) {
  return {
    /** @throws AppError `access.forbidden` for a user without a key on the ledger */
    async signatory({ userId }: Caller): Promise<Signatory> {
      const user = await findSigningUser(store.db, userId);
      if (user?.status !== "active" || !user.sealedKey || !user.signer) throw new AppError("access.forbidden");
      const { account, roles, signer, sealedKey } = user;
      return { userId, account, roles, signer, sealedKey };
    },

    /** The digest that the keys of the order's account sign. */
    hash: (order: Order) => hashOrder(order, chainId),

    /** The caller's custody key signs; it opens with the credential of this very request only. */
    sign(caller: Caller, { userId, signer, sealedKey }: Signatory, orderHash: string): StoredApproval {
      const owner = { credential: caller.secret, masterKey, userId };
      return { userId, ...signDigest(orderHash, openSealedKey(sealedKey, owner), signer) };
    },

    /** As the account will decide on the ledger: two keys for what is not routine, and for changes of keys. */
    needsSecondPerson(account: string, roles: readonly string[], calls: readonly OrderCall[]): boolean {
      if (!needsFourEyes(roles)) return false;
      return calls.some((call) => call.target === account || !isRoutine(addresses, call));
    },

    /**
     * Asks the ledger whether it would accept the act now. A proposal that awaits approval is tried call by call only
     * where it is a single one; several build on each other and are tried together when all have signed. A settlement's
     * refusal loses its evidence: what the other side holds is not the asker's to know.
     */
    async simulate({ account, calls }: Order, submission: { readonly data: string } | undefined): Promise<void> {
      const [only, ...more] = calls;
      try {
        if (submission) {
          await reads.simulate({ from: account, to: account, data: submission.data });
        } else if (only && more.length === 0) {
          await reads.simulate({ from: account, to: only.target, data: only.data });
        }
      } catch (error) {
        const isDiscreet = error instanceof AppError && isOfSettlement(error, calls, addresses.AtomicSettlement);
        throw isDiscreet ? new AppError(error.code) : error;
      }
    },

    /** Asks the account whether it takes this for its signature now. @throws AppError `settlement.consent_invalid` */
    async checkConsent(account: string, hash: string, signature: string): Promise<void> {
      const data = encodeCall("ParticipantAccount", "isValidSignature", [hash, signature]);
      const answer = await reads.simulate({ from: account, to: account, data });
      if (!answer.startsWith(data.slice(0, 10))) throw new AppError("settlement.consent_invalid", { id: hash });
    },

    /** What the keys of a client signed, and the transaction that carries it to the account. */
    received({ mode, approvals, ...order }: SignedOrder) {
      const eachAlone = mode === "one_by_one";
      const data = eachAlone ? encodeExecuteEach(order, approvals) : encodeExecute(order, approvals);
      const orderHash = eachAlone ? hashBatch(order, chainId) : hashOrder(order, chainId);
      return { order, orderHash, transaction: { id: randomUUID(), target: order.account, data } };
    },

    /** The transaction that carries a complete order to the account. */
    submission(order: Order, approvals: readonly StoredApproval[]) {
      return { id: randomUUID(), target: order.account, data: encodeExecute(order, approvals) };
    },
  };
}
