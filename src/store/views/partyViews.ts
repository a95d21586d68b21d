import type { partyEvents } from "../../domain/events/party.ts";
import { type MoneyEvent, moneyViews } from "./moneyViews.ts";
import type { Projections } from "./view.ts";
import type { Views } from "./views.ts";

type PartyEvent = Exclude<keyof typeof partyEvents, MoneyEvent>;

function participantOfAccount(views: Views, account: string): readonly number[] {
  const participant = views.participantOf(account);
  return participant ? [participant.id] : [];
}

function setParticipantStatus(views: Views, id: number, status: "active" | "suspended"): readonly number[] {
  views.participants.change(views.participants.get(id), { status });
  return [id];
}

const registryViews: Projections<PartyEvent> = {
  "participant.admitted"(views, { data }) {
    const { id, account, leiCommitment, country, roles } = data;
    const participant = {
      ...{ id, account, lei_commitment: leiCommitment, country, roles },
      ...{ status: "active" as const, calendar_published: false, moratorium_until: null },
    };
    views.participants.insert(participant);
    views.addAccount(participant);
    views.originals.admit({ id, account, leiCommitment });
    return [id];
  },
  "participant.suspended": (views, { data }) => setParticipantStatus(views, data.id, "suspended"),
  "participant.reinstated": (views, { data }) => setParticipantStatus(views, data.id, "active"),
  "moratorium.declared"(views, { data }) {
    views.participants.change(views.participants.get(data.bank), { moratorium_until: data.until });
    return [data.bank, data.regulator];
  },
  "moratorium.lifted"(views, { data, occurredAt }) {
    views.participants.change(views.participants.get(data.bank), { moratorium_until: occurredAt });
    return [data.bank, data.regulator];
  },
  "guardian.named": (_, { data }) => (data.guardian === 0 ? [data.id] : [data.id, data.guardian]),
  "recovery.proposed": (_, { data }) => [data.id, data.proposer],
  "recovery.vetoed": (_, { data }) => [data.id, data.by],
  "recovery.completed": (_, { data }) => [data.id],
  "account.order_executed": (views, { data }) => participantOfAccount(views, data.account),
  "account.order_cancelled": (views, { data }) => participantOfAccount(views, data.account),
  "account.call_failed": (views, { data }) => participantOfAccount(views, data.account),
  "account.threshold_set": (views, { data }) => participantOfAccount(views, data.account),
  "account.key_added"(views, { data: { account, signer } }) {
    views.originals.addKey({ account, signer });
    return participantOfAccount(views, account);
  },
  "account.key_removed"(views, { data: { account, signer } }) {
    views.originals.removeKey({ account, signer });
    return participantOfAccount(views, account);
  },
  "calendar.published"(views, { data }) {
    views.participants.change(views.participants.get(data.bank), { calendar_published: true });
    views.calendars.insert({
      bank: data.bank,
      first_word: data.firstWord,
      words: data.words,
      cut_off_minutes: data.cutOffMinutes,
      offsets: data.offsets,
    });
    return [data.bank];
  },
  "calendar.extended"(views, { data }) {
    const calendar = views.calendars.get(data.bank);
    views.calendars.change(calendar, { words: [...calendar.words, ...data.words] });
    return [data.bank];
  },
  "calendar.days_changed"(views, { data }) {
    const calendar = views.calendars.get(data.bank);
    const words = calendar.words.map((word, at) => (calendar.first_word + at === data.word ? data.isNow : word));
    views.calendars.change(calendar, { words });
    return [data.bank];
  },
};

export const partyViews = { ...registryViews, ...moneyViews };
