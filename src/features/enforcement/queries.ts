import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { listFrozen } from "../../store/deposits.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import { loadPartyNames, PartyRef } from "../partyNames.ts";
import { decodeCursor, fromMinor, MoneyText, toPage } from "../schemas.ts";

/** `frozen` may be more than `balance`: what comes in later is frozen too. */
export const FrozenView = z.strictObject({
  token: z.string(),
  holder: PartyRef,
  balance: MoneyText,
  frozen: MoneyText,
});

function placeOf(cursor: string | undefined) {
  const key = decodeCursor(cursor);
  if (key === undefined) return undefined;
  const [token = "", holder = "", ...more] = key.split(":");
  if (more.length > 0) throw new AppError("request.cursor_invalid");
  return { token, holder };
}

/** Holders of the calling bank's money some of which it froze. */
export async function getFrozen(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const after = placeOf(query.cursor);
  const rows = await listFrozen(store.db, caller.participantId ?? 0, { after, limit: query.limit });
  const page = toPage(rows, query.limit, ({ token, holder }) => `${token}:${holder}`);
  const names = await loadPartyNames(
    store,
    page.items.map(({ holderId }) => holderId),
  );
  const items = page.items.map(({ token, holderId, amount, frozen, currency }) => ({
    token,
    holder: names.of(holderId),
    balance: fromMinor(amount, currency),
    frozen: fromMinor(frozen, currency),
  }));
  return { items, nextCursor: page.nextCursor };
}
