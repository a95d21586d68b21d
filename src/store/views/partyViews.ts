import type { partyEvents } from "../../domain/events/party.ts";
import { changeCalendarWord, extendCalendar, insertCalendar } from "../calendars.ts";
import type { Transaction } from "../store.ts";
import { moneyViews } from "./moneyViews.ts";
import type { Projections } from "./view.ts";

type PartyEvent = Exclude<
  keyof typeof partyEvents,
  "currency.listed" | "deposit_token.created" | "deposit.created" | "deposit.moved"
>;

export async function participantOfAccount(tx: Transaction, account: string): Promise<readonly number[]> {
  const row = await tx.selectFrom("participants").select("id").where("account", "=", account).executeTakeFirst();
  return row ? [row.id] : [];
}

/** An account may be given any key, a foreign one too, so its events are about its own organisation's users only. */
function organisationOfAccount(tx: Transaction, account: string) {
  return tx.selectFrom("organisations").select("id").where("account", "=", account);
}

const registryViews: Projections<PartyEvent> = {
  async "participant.admitted"(tx, { data }) {
    await tx
      .insertInto("participants")
      .values({
        id: data.id,
        account: data.account,
        lei_commitment: data.leiCommitment,
        country: data.country,
        roles: JSON.stringify(data.roles),
        status: "active",
        calendar_published: false,
      })
      .execute();
    // An organisation learns its own id on the ledger from here alone. Its users follow with their keys' own events.
    await tx
      .updateTable("organisations")
      .set({ participant_id: data.id, account: data.account, status: "admitted" })
      .where("lei_commitment", "=", data.leiCommitment)
      .execute();
    return [data.id];
  },
  async "participant.suspended"(tx, { data }) {
    await tx.updateTable("participants").set({ status: "suspended" }).where("id", "=", data.id).execute();
    return [data.id];
  },
  async "participant.reinstated"(tx, { data }) {
    await tx.updateTable("participants").set({ status: "active" }).where("id", "=", data.id).execute();
    return [data.id];
  },
  "account.order_executed": (tx, { data }) => participantOfAccount(tx, data.account),
  async "account.key_added"(tx, { data }) {
    await tx
      .updateTable("users")
      .set({ status: "active" })
      .where("signer", "=", data.signer)
      .where("organisation_id", "in", organisationOfAccount(tx, data.account))
      .where("status", "=", "accepted")
      .execute();
    return participantOfAccount(tx, data.account);
  },
  async "account.key_removed"(tx, { data }) {
    await tx
      .updateTable("users")
      .set({ status: "disabled" })
      .where("signer", "=", data.signer)
      .where("organisation_id", "in", organisationOfAccount(tx, data.account))
      .execute();
    return participantOfAccount(tx, data.account);
  },
  async "calendar.published"(tx, { data }) {
    await tx.updateTable("participants").set({ calendar_published: true }).where("id", "=", data.bank).execute();
    await insertCalendar(tx, data);
    return [data.bank];
  },
  async "calendar.extended"(tx, { data }) {
    await extendCalendar(tx, data);
    return [data.bank];
  },
  async "calendar.days_changed"(tx, { data }) {
    await changeCalendarWord(tx, data);
    return [data.bank];
  },
};

export const partyViews = { ...registryViews, ...moneyViews };
