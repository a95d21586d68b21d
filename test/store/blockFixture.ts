/** Blocks, events and organisations for tests of what the indexer commits. */
import type { BlockStore } from "../../src/domain/blockStore.ts";
import type { Lease } from "../../src/domain/leadership.ts";
import type {
  DecodedBlock,
  EventData,
  EventType,
  LedgerEvent,
  MinedTransaction,
} from "../../src/domain/ledgerEvent.ts";
import { slotOf } from "../../src/domain/transaction.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import type { Store } from "../../src/store/store.ts";

/** An event before it has a place in the ledger. */
export type Draft = { readonly [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType];

export function draft<T extends EventType>(type: T, data: EventData<T>): Draft {
  return { type, data } as Draft;
}

export const hash = (n: number, letter = "0") => `0x${letter}${n.toString(16).padStart(63, "0")}`;
export const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}`;
export const nobody = address(0);
export const noHash = hash(0);
export const genesisSeconds = 1_046_000_000;

/** The organisation of participant `n`, with the account `address(n)`. */
export const organisationOf = (n: number) => `organisation-${n}`;

/** The first epoch of the index, entered when it is not there yet. */
export const lease: Lease = { name: "indexer", epoch: 1 };

export async function enterLease(store: Store): Promise<Lease> {
  await store.transaction((tx) =>
    tx
      .insertInto("leaders")
      .values(lease)
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  return lease;
}

export interface TestBlocks {
  readonly store: BlockStore;
  /** Commits these blocks; those up to `finalized` are final. Without it all are, as on an instant ledger. */
  commit(blocks: readonly DecodedBlock[], finalized?: number): Promise<void>;
  /** The next block, with these events in this order. Each list is a transaction of its own. */
  make(lists: readonly (readonly Draft[])[], transactions?: readonly MinedTransaction[]): DecodedBlock;
  /** Commits the next block with these events in one transaction. */
  add(...events: readonly Draft[]): Promise<DecodedBlock>;
}

export function createTestBlocks(store: Store): TestBlocks {
  const blocks = createBlockStore(store);
  let number = 0;

  function make(lists: readonly (readonly Draft[])[], transactions: readonly MinedTransaction[] = []): DecodedBlock {
    number += 1;
    const block = {
      ...{ number, hash: hash(number, "b"), parentHash: hash(number - 1, "b") },
      timestamp: genesisSeconds + 10 * number,
    };
    let logIndex = 0;
    const events = lists.flatMap((list, index) =>
      list.map(
        (event): LedgerEvent => ({
          ...event,
          ...{ blockNumber: number, blockHash: block.hash, logIndex: logIndex++, occurredAt: block.timestamp },
          transactionHash: hash(1000 * number + index, "c"),
        }),
      ),
    );
    return { block, events, transactions };
  }

  async function commit(range: readonly DecodedBlock[], finalized = Number.MAX_SAFE_INTEGER): Promise<void> {
    await blocks.commitBlocks(await enterLease(store), range, finalized);
  }

  return {
    store: blocks,
    make,
    commit,
    async add(...events) {
      const block = make([events]);
      await commit([block]);
      return block;
    },
  };
}

/** Organisations of these participants, admitted already, with a token of bank 2 in EUR at `address(900)`. */
export async function enterParticipants(store: Store, ids: readonly number[]): Promise<void> {
  await store.transaction(async (tx) => {
    for (const id of ids) {
      const shared = { lei_commitment: hash(id, "e"), country: "NL", roles: JSON.stringify(["bank"]) };
      await tx
        .insertInto("organisations")
        .values({
          ...{ ...shared, id: organisationOf(id), name: `Party ${id}`, lei: `LEI${id}`, bic: null },
          ...{
            lei_salt: hash(id, "f"),
            status: "admitted",
            participant_id: id,
            account: address(id),
            created_at_ms: 0,
          },
        })
        .execute();
      await tx
        .insertInto("participants")
        .values({ ...shared, id, account: address(id), status: "active", calendar_published: false })
        .execute();
    }
  });
}

export const token = address(900);

export async function enterToken(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.insertInto("currencies").values({ currency: "EUR", exponent: 2 }).execute();
    await tx.insertInto("deposit_tokens").values({ address: token, bank: 2, currency: "EUR", exponent: 2 }).execute();
  });
}

/** An accepted intent of an organisation. */
export async function enterIntent(
  store: Store,
  intent: { id: string; target?: string; data?: string; organisationId?: string },
): Promise<void> {
  const { id, target = address(1), data = "0x", organisationId = organisationOf(1) } = intent;
  await store.transaction(async (tx) => {
    await tx
      .insertInto("transactions")
      .values({
        ...{ id, organisation_id: organisationId, order_id: null, kind: "test.act", subject: id, target, data },
        ...{ status: "accepted", lane: null, nonce: null, hash: null, block_number: null },
        ...{ deal: id, other_deal: null, slot: slotOf(id), trace_parent: null },
        ...{ block_hash: null, error: null, created_at_ms: 0 },
      })
      .execute();
  });
}

/** What each organisation heard, in order: `{ 3: ["credit.issued"] }` by participant. */
export async function heard(store: Store): Promise<Readonly<Record<number, string[]>>> {
  const rows = await store.db
    .selectFrom("events")
    .innerJoin("organisations", "organisations.id", "events.organisation_id")
    .select(["participant_id", "type"])
    .orderBy("participant_id")
    .orderBy("sequence")
    .execute();
  const by: Record<number, string[]> = {};
  for (const { participant_id: id, type } of rows) by[id ?? 0] = [...(by[id ?? 0] ?? []), type];
  return by;
}

export const creditTerms: EventData<"credit.issued">["terms"] = {
  ...{ salt: hash(1), termsCommitment: hash(2), token, amount: "10000000" },
  ...{ applicant: 3, beneficiary: 4, advisingBank: 5, secondAdvisingBank: 0, nominatedBank: 6, confirmer: 7 },
  ...{ confirmation: "may_add", availableBy: "sight", partialDrawings: true, tolerancePlus: 5, toleranceMinus: 5 },
  ...{ expiryDay: 12_120, latestShipmentDay: 12_100, presentationDays: 6, tenorDays: 0 },
};

export const escrowTerms: EventData<"escrow.proposed">["terms"] = {
  ...{ salt: hash(1), termsCommitment: hash(2), token, buyer: 3, seller: 4, arbiter: 5 },
  ...{ fundBy: genesisSeconds + 500, inspectionSeconds: 60, rulingSeconds: 60, defaultSellerBps: 5_000 },
  milestones: [
    { amount: "600", dueAt: genesisSeconds + 1_000 },
    { amount: "400", dueAt: genesisSeconds + 2_000 },
  ],
};
