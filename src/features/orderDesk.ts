import { randomUUID } from "node:crypto";
import type { Addresses } from "../chain/contractSet.ts";
import { openSealedKey } from "../chain/custody.ts";
import type { LedgerReads } from "../chain/ledgerReads.ts";
import { encodeExecute, type Order, type OrderCall, signOrder } from "../chain/orders.ts";
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

/** What is done with an order before anything is stored: signing, and asking the ledger. */
export type OrderDesk = ReturnType<typeof createOrderDesk>;

export function createOrderDesk({ store, reads, addresses, chainId, masterKey }: OrderDeskOptions) {
  return {
    /** The caller's custody key signs; it opens with the credential of this very request only. */
    async sign(caller: Caller, order: Order): Promise<StoredApproval> {
      const user = await findSigningUser(store.db, caller.userId);
      if (user?.status !== "active" || !user.sealedKey) throw new AppError("access.forbidden");
      const owner = { credential: caller.secret, masterKey, userId: caller.userId };
      const approval = await signOrder(order, chainId, openSealedKey(user.sealedKey, owner));
      return { userId: caller.userId, ...approval };
    },

    /** As the account will decide on the ledger: two keys for what is not routine, and for changes of keys. */
    needsSecondPerson(account: string, roles: readonly string[], calls: readonly OrderCall[]): boolean {
      if (!needsFourEyes(roles)) return false;
      return calls.some((call) => call.target === account || !isRoutine(addresses, call));
    },

    /**
     * Asks the ledger whether it would accept the act now. A proposal that awaits approval is tried call by call only
     * where it is a single one; several build on each other and are tried together when all have signed.
     */
    async simulate(order: Order, approvals: readonly StoredApproval[], complete: boolean): Promise<void> {
      const [only, ...more] = order.calls;
      if (complete) {
        await reads.simulate({ from: order.account, to: order.account, data: encodeExecute(order, approvals) });
      } else if (only && more.length === 0) {
        await reads.simulate({ from: order.account, to: only.target, data: only.data });
      }
    },

    /** The transaction that carries a complete order to the account. */
    submission(order: Order, approvals: readonly StoredApproval[]) {
      return { id: randomUUID(), target: order.account, data: encodeExecute(order, approvals) };
    },
  };
}
