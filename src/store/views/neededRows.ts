import { sql } from "kysely";
import type { LedgerEvent } from "../../domain/ledgerEvent.ts";
import type { Db } from "../store.ts";
import type { ViewRow, Views } from "./views.ts";
import type { ViewName } from "./viewTable.ts";

/** Keys of the rows that a list of events will ask the views for. */
interface Needed {
  readonly participants: Set<number>;
  readonly accounts: Set<string>;
  readonly currencies: Set<string>;
  readonly calendars: Set<number>;
  readonly tokens: Set<string>;
  /** Holder and token, as JSON. */
  readonly balances: Set<string>;
  /** Creditor, debtor and currency, as JSON. */
  readonly lines: Set<string>;
  /** Bank and currency, as JSON. */
  readonly mandates: Set<string>;
  readonly redemptions: Set<string>;
  readonly credits: Set<string>;
  readonly presentations: Set<string>;
  readonly undertakings: Set<string>;
  readonly escrows: Set<string>;
  /** Escrows whose milestones and claims are asked for too. */
  readonly milestones: Set<string>;
}

function noneNeeded(): Needed {
  return {
    participants: new Set(),
    accounts: new Set(),
    currencies: new Set(),
    calendars: new Set(),
    tokens: new Set(),
    balances: new Set(),
    lines: new Set(),
    mandates: new Set(),
    redemptions: new Set(),
    credits: new Set(),
    presentations: new Set(),
    undertakings: new Set(),
    escrows: new Set(),
    milestones: new Set(),
  };
}

function needParty(event: LedgerEvent, needed: Needed): void {
  switch (event.type) {
    case "participant.suspended":
    case "participant.reinstated":
      needed.participants.add(event.data.id);
      return;
    case "account.order_executed":
    case "account.order_cancelled":
    case "account.call_failed":
    case "account.threshold_set":
    case "account.key_added":
    case "account.key_removed":
      needed.accounts.add(event.data.account);
      return;
    case "moratorium.declared":
    case "moratorium.lifted":
    case "calendar.published":
      needed.participants.add(event.data.bank);
      return;
    case "calendar.extended":
    case "calendar.days_changed":
      needed.calendars.add(event.data.bank);
      return;
    default:
  }
}

function needMoney(event: LedgerEvent, needed: Needed): void {
  switch (event.type) {
    case "deposit_token.created":
      needed.currencies.add(event.data.currency);
      return;
    case "deposit.moved":
      needBalances(event.data.token, [event.data.from, event.data.to], needed);
      return;
    case "deposit.frozen":
      needed.tokens.add(event.data.token);
      needBalances(event.data.token, [event.data.account], needed);
      return;
    case "deposit.created":
    case "deposit.destroyed":
    case "deposit.entry_reversed":
    case "deposit.entry_limit_set":
    case "deposit.forced":
      needed.tokens.add(event.data.token);
      for (const account of accountsOf(event)) needed.accounts.add(account);
      return;
    default:
  }
}

function needBalances(token: string, accounts: readonly string[], needed: Needed): void {
  for (const account of accounts) {
    needed.accounts.add(account);
    needed.balances.add(JSON.stringify([account, token]));
  }
}

function accountsOf({ data }: LedgerEvent): readonly string[] {
  const { from, to, holder } = data as { readonly from?: string; readonly to?: string; readonly holder?: string };
  return [from, to, holder].filter((account) => account !== undefined);
}

function needRedemption(event: LedgerEvent, needed: Needed): void {
  switch (event.type) {
    case "redemption.paid":
    case "redemption.given_back":
    case "redemption.withdrawn":
      needed.redemptions.add(event.data.id);
      return;
    default:
  }
}

function needLines(event: LedgerEvent, needed: Needed): void {
  if (event.type === "limit.set") {
    const { creditor, debtor, currency } = event.data;
    needed.lines.add(JSON.stringify([creditor, debtor, currency]));
  }
  if (event.type !== "position.changed") return;
  const { creditor, debtor, currency } = event.data;
  needed.lines.add(JSON.stringify([creditor, debtor, currency]));
  needed.lines.add(JSON.stringify([debtor, creditor, currency]));
}

function needMandates(event: LedgerEvent, needed: Needed): void {
  if (event.type !== "settlement.joined" && event.type !== "settlement.left") return;
  needed.mandates.add(JSON.stringify([event.data.bank, event.data.currency]));
}

function needCredit(event: LedgerEvent, needed: Needed): void {
  switch (event.type) {
    case "credit.advised":
    case "credit.advice_declined":
    case "credit.drawn":
    case "credit.closed":
      needed.credits.add(event.data.id);
      return;
    case "confirmation.added":
    case "confirmation.declined":
    case "presentation.made":
      needed.credits.add(event.data.creditId);
      return;
    case "presentation.forwarded":
    case "examination.started":
    case "presentation.honoured":
    case "presentation.refused":
    case "presentation.bank_precluded":
      needed.presentations.add(event.data.id);
      return;
    case "undertaking.transferred":
    case "undertaking.paid":
      needed.undertakings.add(event.data.id);
      return;
    default:
  }
}

function needEscrow(event: LedgerEvent, needed: Needed): void {
  switch (event.type) {
    case "milestone.delivered":
    case "milestone.disputed":
    case "milestone.settled":
    case "escrow.claimed":
      needed.escrows.add(event.data.id);
      needed.milestones.add(event.data.id);
      return;
    case "escrow.agreed":
    case "escrow.funded":
    case "escrow.lapsed":
    case "escrow.settled":
      needed.escrows.add(event.data.id);
      return;
    default:
  }
}

/** Loads what these events will ask the views for: one statement for each view that is touched. */
export async function loadNeededRows(db: Db, views: Views, events: readonly LedgerEvent[]): Promise<void> {
  const needed = noneNeeded();
  for (const event of events) {
    needParty(event, needed);
    needMoney(event, needed);
    needLines(event, needed);
    needMandates(event, needed);
    needRedemption(event, needed);
    needCredit(event, needed);
    needEscrow(event, needed);
  }
  await loadParties(db, views, needed);
  await loadMoney(db, views, needed);
  await loadLines(db, views, needed);
  await loadMandates(db, views, needed);
  await loadRedemptions(db, views, needed);
  await loadCredits(db, views, needed);
  await loadEscrows(db, views, needed);
}

/** Rows of a view in which a column has one of these values. */
async function read<Name extends ViewName>(
  db: Db,
  name: Name,
  where: { column: keyof ViewRow<Name> & string; values: Iterable<string | number>; type: "text" | "integer" },
): Promise<readonly ViewRow<Name>[]> {
  const values = [...where.values];
  if (values.length === 0) return [];
  const { rows } = await sql<ViewRow<Name>>`select * from ${sql.table(name)}
    where ${sql.ref(where.column)} = any(${values}::${sql.raw(where.type)}[])`.execute(db);
  return rows;
}

async function loadParties(db: Db, views: Views, needed: Needed): Promise<void> {
  const { accounts, participants: ids, calendars: banks } = needed;
  const byId = await read(db, "participants", { column: "id", values: ids, type: "integer" });
  const byAccount = await read(db, "participants", { column: "account", values: accounts, type: "text" });
  views.participants.load([...byId, ...byAccount]);
  for (const { id } of [...byId, ...byAccount]) views.addAccount(views.participants.get(id));
  views.calendars.load(await read(db, "calendars", { column: "bank", values: banks, type: "integer" }));
}

async function loadMoney(db: Db, views: Views, needed: Needed): Promise<void> {
  const { currencies, tokens } = needed;
  views.currencies.load(await read(db, "currencies", { column: "currency", values: currencies, type: "text" }));
  views.deposit_tokens.load(await read(db, "deposit_tokens", { column: "address", values: tokens, type: "text" }));
  const places = [...needed.balances].map((place) => JSON.parse(place) as [holder: string, token: string]);
  if (places.length === 0) return;
  const { rows } = await sql<ViewRow<"balances">>`select balances.* from balances
    join unnest(${places.map(([holder]) => holder)}::text[], ${places.map(([, token]) => token)}::text[])
      as place (holder, token)
    on balances.holder = place.holder and balances.token = place.token`.execute(db);
  views.balances.load(rows);
}

async function loadLines(db: Db, views: Views, needed: Needed): Promise<void> {
  if (needed.lines.size === 0) return;
  const lines = [...needed.lines].map(
    (line) => JSON.parse(line) as [creditor: number, debtor: number, currency: string],
  );
  const { rows } = await sql<ViewRow<"clearing_lines">>`select clearing_lines.* from clearing_lines
    join unnest(${lines.map(([creditor]) => creditor)}::integer[], ${lines.map(([, debtor]) => debtor)}::integer[],
      ${lines.map(([, , currency]) => currency)}::text[]) as line (creditor, debtor, currency)
    on clearing_lines.creditor = line.creditor and clearing_lines.debtor = line.debtor
      and clearing_lines.currency = line.currency`.execute(db);
  views.clearing_lines.load(rows);
}

async function loadMandates(db: Db, views: Views, needed: Needed): Promise<void> {
  if (needed.mandates.size === 0) return;
  const mandates = [...needed.mandates].map((mandate) => JSON.parse(mandate) as [bank: number, currency: string]);
  const { rows } = await sql<ViewRow<"settlement_mandates">>`select settlement_mandates.* from settlement_mandates
    join unnest(${mandates.map(([bank]) => bank)}::integer[], ${mandates.map(([, currency]) => currency)}::text[])
      as mandate (bank, currency)
    on settlement_mandates.bank = mandate.bank and settlement_mandates.currency = mandate.currency`.execute(db);
  views.settlement_mandates.load(rows);
}

async function loadRedemptions(db: Db, views: Views, needed: Needed): Promise<void> {
  const where = { column: "id", values: needed.redemptions, type: "text" } as const;
  views.redemptions.load(await read(db, "redemptions", where));
}

async function loadCredits(db: Db, views: Views, needed: Needed): Promise<void> {
  const { credits, presentations: ids, undertakings } = needed;
  const presentations = await read(db, "presentations", { column: "id", values: ids, type: "text" });
  views.presentations.load(presentations);
  const under = { column: "presentation_id", values: ids, type: "text" } as const;
  views.examinations.load(await read(db, "examinations", under));
  for (const { credit_id } of presentations) credits.add(credit_id);
  views.credits.load(await read(db, "credits", { column: "id", values: credits, type: "text" }));
  views.undertakings.load(await read(db, "undertakings", { column: "id", values: undertakings, type: "text" }));
}

async function loadEscrows(db: Db, views: Views, needed: Needed): Promise<void> {
  const under = { column: "escrow_id", values: needed.milestones, type: "text" } as const;
  views.escrows.load(await read(db, "escrows", { column: "id", values: needed.escrows, type: "text" }));
  views.milestones.load(await read(db, "milestones", under));
  views.escrow_claimables.load(await read(db, "escrow_claimables", under));
}
