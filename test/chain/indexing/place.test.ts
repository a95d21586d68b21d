import { expect } from "chai";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { createPlace } from "../../../src/chain/indexing/place.ts";
import { createProgress } from "../../../src/chain/indexing/progress.ts";
import type { BlockPlace, KnownContracts } from "../../../src/domain/blockStore.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { address, hash } from "../../store/blockFixture.ts";
import { addresses, createMemoryBlocks } from "./indexerHarness.ts";

const at = (number: number): BlockPlace => ({ number, hash: hash(number, "b") });

describe("where the leader is", () => {
  function build() {
    const stored: { last?: BlockPlace; finalized?: BlockPlace; known: KnownContracts } = {
      known: { accounts: [], tokens: [] },
    };
    const store = {
      ...createMemoryBlocks(),
      checkpoint: () => Promise.resolve(stored.last),
      finalized: () => Promise.resolve(stored.finalized),
      knownContracts: () => Promise.resolve(stored.known),
    };
    const progress = createProgress(createFixedClock(0));
    const book = createAddressBook(addresses, { accounts: [address(8)], tokens: [] });
    return { stored, progress, book, place: createPlace({ store, book, progress }) };
  }

  it("is not known before the first look into the store, nor after the lead is left", async () => {
    const { place, stored } = build();
    expect(place.now()).to.equal(undefined);
    stored.last = at(5);
    await place.readFinalized();
    expect(place.now(), "nothing to add to").to.equal(undefined);
    await place.moveToCheckpoint();
    place.leave();
    expect(place.now()).to.equal(undefined);
  });

  it("is where the store is, and the book knows what the store knows, no more", async () => {
    const { place, stored, progress, book } = build();
    Object.assign(stored, { last: at(5), finalized: at(3), known: { accounts: [address(9)], tokens: [] } });
    expect(await place.moveToCheckpoint()).to.deep.equal({ last: at(5), finalized: at(3) });
    expect(place.now()).to.deep.equal({ last: at(5), finalized: at(3) });
    expect(progress.state()).to.include({ indexed: 5, finalized: 3 });
    expect([address(8), address(9)].map((one) => book.nameOf(one))).to.deep.equal([undefined, "ParticipantAccount"]);
  });

  it("is at the start of an empty store", async () => {
    const { place, progress } = build();
    expect(await place.moveToCheckpoint()).to.deep.equal({ last: undefined, finalized: undefined });
    expect(progress.state()).to.include({ indexed: undefined, finalized: undefined });
  });

  it("goes on with what is committed, and what is final only with what was final then", async () => {
    const { place, stored, progress } = build();
    Object.assign(stored, { last: at(5), finalized: at(3) });
    await place.moveToCheckpoint();
    place.committed(at(6), false);
    expect(place.now()).to.deep.equal({ last: at(6), finalized: at(3) });
    place.committed(at(7), true);
    expect(place.now()).to.deep.equal({ last: at(7), finalized: at(7) });
    expect(progress.state()).to.include({ indexed: 7, finalized: 7 });
  });

  it("begins with a commit, too", () => {
    const { place } = build();
    place.committed(at(0), false);
    expect(place.now()).to.deep.equal({ last: at(0), finalized: undefined });
  });

  it("learns from the store what has become final, and stays where it is", async () => {
    const { place, stored, progress } = build();
    Object.assign(stored, { last: at(5), finalized: at(3) });
    await place.moveToCheckpoint();
    Object.assign(stored, { last: at(9), finalized: at(4) });
    await place.readFinalized();
    expect(place.now()).to.deep.equal({ last: at(5), finalized: at(4) });
    expect(progress.state()).to.include({ indexed: 5, finalized: 4 });
  });
});
