import type { BlockPlace, BlockStore } from "../../domain/blockStore.ts";
import type { AddressBook } from "../decode.ts";
import type { Progress } from "./progress.ts";

/** Where the leader is. */
export interface Position {
  readonly last: BlockPlace | undefined;
  readonly finalized: BlockPlace | undefined;
}

/** Keeps the position beside the store, so that the store need not be asked at every step. */
export interface Place {
  now(): Position | undefined;
  /** As the store has it. Whatever the book learnt from blocks that are not there is forgotten. */
  moveToCheckpoint(): Promise<Position>;
  /** A block was committed. */
  committed(last: BlockPlace, isFinal: boolean): void;
  /** Stored blocks may have become final. */
  readFinalized(): Promise<void>;
  leave(): void;
}

export function createPlace(options: {
  readonly store: BlockStore;
  readonly book: AddressBook;
  readonly progress: Progress;
}): Place {
  const { store, book, progress } = options;
  let position: Position | undefined;

  function move({ last, finalized }: Position): Position {
    position = { last, finalized };
    progress.indexed(last?.number);
    progress.finalized(finalized?.number);
    return position;
  }

  return {
    now: () => position,
    async moveToCheckpoint() {
      const [last, finalized, known] = [
        await store.checkpoint(),
        await store.finalized(),
        await store.knownContracts(),
      ];
      book.reset(known);
      return move({ last, finalized });
    },
    committed(last, isFinal) {
      move({ last, finalized: isFinal ? last : position?.finalized });
    },
    async readFinalized() {
      if (position) move({ ...position, finalized: await store.finalized() });
    },
    leave() {
      position = undefined;
    },
  };
}
