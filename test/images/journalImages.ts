/** Power cuts in a history of the ledger, and what the real code must make of what they leave. */
import assert from "node:assert/strict";
import { Wallet } from "ethers";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import type { Ledger } from "../../src/chain/ledger/ledger.ts";
import { type CutFile, createCutFile } from "./cutFile.ts";
import type { Draw } from "./draw.ts";
import { chainOf, type LedgerHistory, openOn } from "./ledgerHistory.ts";
import { type Fate, fates } from "./pieces.ts";

/** One power cut. */
export interface JournalCut {
  /** The failpoint at which it came, or `operation` for any instant between two calls of the disk. */
  readonly place: string;
  readonly instant: number;
  readonly fate: Fate;
  /** A second cut during the start that follows. */
  readonly again: boolean;
}

/** Half of them at failpoints, in equal parts, half at any instant. */
export function drawJournalCut({ file, passages }: LedgerHistory, draw: Draw): JournalCut {
  const named = draw.chance(1, 2) && passages.length > 0;
  const { place, instant } = named
    ? draw.pick(
        passages.filter(
          ({ place }) => place === draw.pick(["ledger.journalled", "ledger.executed", "ledger.recorded"]),
        ),
      )
    : { place: "operation", instant: draw(file.instant() + 1) };
  return { place, instant, fate: draw.pick(fates), again: draw.chance(1, 4) };
}

/** Cuts, starts again and checks. @throws AssertionError or the start's own refusal */
export async function checkJournalCut(history: LedgerHistory, cut: JournalCut, draw: Draw): Promise<void> {
  const { file, wallMs } = history;
  let image = createCutFile(file.image(cut.instant, cut.fate, draw));
  if (cut.again) image = await cutWhileStarting(image, wallMs, draw);
  const { ledger } = await openOn(image, wallMs);
  const found = await checkChain(history, cut.instant, ledger);
  await ledger.close();
  if (draw.chance(1, 6)) await checkGoesOn(image, wallMs, found);
}

/** What is on the disk when the power is cut once more during the start that mends the first image. */
async function cutWhileStarting(image: CutFile, wallMs: number, draw: Draw): Promise<CutFile> {
  const { ledger } = await openOn(image, wallMs);
  const { fate, instant } = { fate: draw.pick(fates), instant: draw(image.instant() + 1) };
  await ledger.close();
  return createCutFile(image.image(instant, fate, draw));
}

/**
 * Block for block the history's own chain, at least as far as anybody was told, and no move of the clock forgotten.
 * A transaction that nobody was told of is there whole or not at all: its block has the history's hash or is absent.
 */
async function checkChain(history: LedgerHistory, instant: number, ledger: Ledger): Promise<readonly string[]> {
  const { chain, acknowledged, clockMoves } = history;
  const found = await chainOf(ledger);
  if (found.length > 1 || instant > 2) {
    assert.deepEqual(found, chain.slice(0, found.length), "the chain is the beginning of what was written");
  }
  const told = acknowledged.filter((block) => block.instant <= instant);
  for (const { number, blockHash } of told) assert.equal(found[number], blockHash, `block ${number} was acknowledged`);
  const moved = clockMoves.filter((move) => move.instant <= instant).at(-1);
  if (moved) assert.ok(ledger.offsetSeconds() >= moved.offsetSeconds, "an acknowledged move of the clock is kept");
  return found;
}

/** The mended journal takes a new block, and a later start finds everything. */
async function checkGoesOn(image: CutFile, wallMs: number, before: readonly string[]): Promise<void> {
  const wallet = Wallet.createRandom();
  const call = { to: wallet.address, chainId: CHAIN_ID, type: 0, gasPrice: 0, gasLimit: 21_000, nonce: 0 };
  const first = await openOn(image, wallMs);
  const submission = await first.ledger.submit(await wallet.signTransaction(call));
  assert.equal(submission.kind, "mined");
  const after = await chainOf(first.ledger);
  await first.ledger.close();
  assert.deepEqual(after.slice(0, -1), before);
  const second = await openOn(image, wallMs);
  assert.deepEqual(await chainOf(second.ledger), after);
  await second.ledger.close();
}
