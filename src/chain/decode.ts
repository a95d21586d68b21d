import type { KnownContracts } from "../domain/blockStore.ts";
import { type EventType, eventSchemas, type LedgerEvent } from "../domain/ledgerEvent.ts";
import { bitsToRoles } from "../domain/roles.ts";
import { inputsByTopic } from "./abiValues.ts";
import { type Addresses, type InterfaceName, interfaces } from "./contractSet.ts";
import { createLogDecoder } from "./logDecoder.ts";

type Fields = Record<string, unknown>;

/** Which event of which contract is which event of ours. Events that are not listed are other people's business. */
export const eventNames: Readonly<Partial<Record<InterfaceName, Readonly<Record<string, EventType>>>>> = {
  ParticipantRegistry: {
    ParticipantAdmitted: "participant.admitted",
    ParticipantSuspended: "participant.suspended",
    ParticipantReinstated: "participant.reinstated",
    MoratoriumDeclared: "moratorium.declared",
    MoratoriumLifted: "moratorium.lifted",
    GuardianNamed: "guardian.named",
    RecoveryProposed: "recovery.proposed",
    RecoveryVetoed: "recovery.vetoed",
    RecoveryCompleted: "recovery.completed",
  },
  ParticipantAccount: {
    OrderExecuted: "account.order_executed",
    OrderCancelled: "account.order_cancelled",
    CallFailed: "account.call_failed",
    ThresholdSet: "account.threshold_set",
    KeyAdded: "account.key_added",
    KeyRemoved: "account.key_removed",
  },
  BankingCalendar: {
    CalendarPublished: "calendar.published",
    CalendarExtended: "calendar.extended",
    DaysChanged: "calendar.days_changed",
  },
  DepositTokenFactory: { CurrencyListed: "currency.listed", DepositTokenCreated: "deposit_token.created" },
  DepositToken: {
    DepositCreated: "deposit.created",
    DepositDestroyed: "deposit.destroyed",
    EntryReversed: "deposit.entry_reversed",
    EntryLimitSet: "deposit.entry_limit_set",
    HolderFrozen: "deposit.frozen",
    MoneyForced: "deposit.forced",
    Transfer: "deposit.moved",
  },
  ClearingHouse: {
    PaymentMade: "payment.made",
    PositionChanged: "position.changed",
    LimitSet: "limit.set",
    SettlementJoined: "settlement.joined",
    SettlementLeft: "settlement.left",
    BankSettled: "cycle.bank_settled",
    CycleSettled: "cycle.settled",
  },
  Redemptions: {
    RedemptionRequested: "redemption.requested",
    RedemptionPaid: "redemption.paid",
    RedemptionGivenBack: "redemption.given_back",
    RedemptionWithdrawn: "redemption.withdrawn",
  },
  Credits: {
    CreditIssued: "credit.issued",
    CreditAdvised: "credit.advised",
    AdviceDeclined: "credit.advice_declined",
    CreditDrawn: "credit.drawn",
    CreditClosed: "credit.closed",
  },
  Confirmations: { ConfirmationAdded: "confirmation.added", ConfirmationDeclined: "confirmation.declined" },
  Presentations: {
    DocumentsPresented: "presentation.made",
    DocumentsForwarded: "presentation.forwarded",
    ExaminationStarted: "examination.started",
    PresentationHonoured: "presentation.honoured",
    PresentationRefused: "presentation.refused",
    BankPrecluded: "presentation.bank_precluded",
  },
  Undertakings: {
    UndertakingCreated: "undertaking.created",
    UndertakingTransferred: "undertaking.transferred",
    UndertakingPaid: "undertaking.paid",
  },
  AtomicSettlement: { SettlementExecuted: "settlement.executed", SettlementCancelled: "settlement.cancelled" },
  TradeEscrow: {
    EscrowProposed: "escrow.proposed",
    EscrowAgreed: "escrow.agreed",
    EscrowFunded: "escrow.funded",
    EscrowLapsed: "escrow.lapsed",
    MilestoneDelivered: "milestone.delivered",
    MilestoneDisputed: "milestone.disputed",
    MilestoneSettled: "milestone.settled",
    EscrowSettled: "escrow.settled",
    EscrowClaimed: "escrow.claimed",
  },
};

/** A log as `eth_getLogs` gives it, addresses in lower case. */
export interface WireLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly logIndex: string;
  readonly transactionHash: string;
}

/** Knows which contract stands at an address; accounts and tokens join as their events appear. */
export interface AddressBook {
  nameOf(address: string): InterfaceName | undefined;
  learn(event: LedgerEvent): void;
  /** Forgets what it learnt but these: blocks that taught it something may be gone, or were never committed. */
  reset(known: KnownContracts): void;
}

export function createAddressBook(addresses: Addresses, known: KnownContracts): AddressBook {
  const names = new Map<string, InterfaceName>();

  function reset({ accounts, tokens }: KnownContracts): void {
    names.clear();
    for (const [name, address] of Object.entries(addresses)) {
      if (name in interfaces && name !== "ParticipantAccount") names.set(address.toLowerCase(), name as InterfaceName);
    }
    for (const account of accounts) names.set(account, "ParticipantAccount");
    for (const token of tokens) names.set(token, "DepositToken");
  }

  reset(known);
  return {
    reset,
    nameOf: (address) => names.get(address.toLowerCase()),
    learn(event) {
      if (event.type === "participant.admitted") names.set(event.data.account, "ParticipantAccount");
      if (event.type === "deposit_token.created") names.set(event.data.token, "DepositToken");
    },
  };
}

/** By contract and first topic: our name for the event, and how to read it. */
const readers = new Map(
  (Object.keys(eventNames) as InterfaceName[]).map((name) => {
    const inputs = [...inputsByTopic(interfaces[name].abi, "event", interfaces[name].contract)];
    const listed = inputs.flatMap(([topic, entry]) => {
      const type = eventNames[name]?.[entry.name];
      return type === undefined ? [] : [[topic, { type, read: createLogDecoder(entry.inputs) }] as const];
    });
    return [name, new Map(listed)];
  }),
);

/** Decodes one log into our event, or undefined when it is none of ours. */
export function decodeLog(
  log: WireLog,
  name: InterfaceName,
  block: { number: number; hash: string; timestamp: number },
): LedgerEvent | undefined {
  const reader = readers.get(name)?.get(log.topics[0] ?? "");
  if (!reader) return undefined;
  const { type } = reader;
  const data = eventSchemas[type].parse(inOurTerms(type, reader.read(log.topics, log.data), log));
  return {
    type,
    data,
    blockNumber: block.number,
    blockHash: block.hash,
    logIndex: Number(log.logIndex),
    transactionHash: log.transactionHash,
    occurredAt: block.timestamp,
  } as LedgerEvent;
}

/** Bytes that are text, bit sets that are lists, and the emitting address where it is part of the event. */
function inOurTerms(type: EventType, fields: Fields, log: WireLog): Fields {
  const address = log.address.toLowerCase();
  switch (type) {
    case "participant.admitted":
      return { ...fields, country: text(fields.country), roles: bitsToRoles(Number(fields.roles)) };
    case "account.order_executed":
    case "account.order_cancelled":
    case "account.call_failed":
    case "account.key_added":
    case "account.key_removed":
      return { ...fields, account: address };
    case "account.threshold_set": {
      const threshold = fields["threshold"] as Fields;
      return { ...fields, account: address, threshold: { ...threshold, currency: text(threshold["currency"]) } };
    }
    case "currency.listed":
    case "deposit_token.created":
    case "limit.set":
    case "position.changed":
    case "settlement.joined":
    case "settlement.left":
    case "cycle.settled":
      return { ...fields, currency: text(fields.currency) };
    case "payment.made": {
      const payment = fields["payment"] as Fields;
      return { ...fields, payment: { ...payment, currency: text(payment["currency"]) } };
    }
    case "deposit.created":
    case "deposit.destroyed":
    case "deposit.entry_reversed":
    case "deposit.entry_limit_set":
    case "deposit.frozen":
    case "deposit.forced":
    case "deposit.moved":
      return { ...fields, token: address };
    case "milestone.settled":
      // The contract names the function that settled it by its selector.
      return { ...fields, cause: settledBy(String(fields.cause)) };
    case "presentation.refused":
      return {
        ...fields,
        discrepancies: (fields.discrepancies as Fields[]).map((one) => ({ ...one, kind: text(one.kind) })),
      };
    default:
      return fields;
  }
}

/**
 * Short text in fixed bytes, filled up with zeros. A party may write any bytes there: what is no printable text stays
 * hex, for an event that cannot be stored would stop the index for everybody.
 */
function text(bytes: unknown): string {
  const hex = String(bytes);
  const found = Buffer.from(hex.slice(2), "hex").toString("latin1").replace(/\0+$/, "").trim();
  return /^[\x20-\x7e]+$/.test(found) ? found : hex;
}

const causes = {
  release: "released",
  refund: "refunded",
  rule: "ruled",
  settleByDefault: "default",
  settleInspected: "inspected",
  settleUndelivered: "undelivered",
} as const;

const causesBySelector = new Map(
  Object.entries(causes).map(([name, cause]) => [
    interfaces.TradeEscrow.contract.getFunction(name)?.selector ?? name,
    cause,
  ]),
);

function settledBy(selector: string): string {
  return causesBySelector.get(selector) ?? selector;
}
