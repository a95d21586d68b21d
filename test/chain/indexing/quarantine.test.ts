import { expect } from "chai";
import { createQuarantine } from "../../../src/chain/indexing/quarantine.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { contextWith } from "./indexerHarness.ts";

describe("a block that no endpoint gives in a form that verifies", () => {
  const fault = { check: "receipts_root", number: 7 } as const;

  function build() {
    const said: string[] = [];
    const context = contextWith({
      ...silentLogger,
      error: (facts, message) => said.push(`error: ${JSON.stringify(facts)} ${message}`),
      warn: (facts, message) => said.push(`warn: ${JSON.stringify(facts)} ${message}`),
    });
    return { said, context, quarantine: createQuarantine(context, 5_000) };
  }

  it("is kept out, and what comes before it is not", () => {
    const { quarantine, said, context } = build();
    expect(quarantine.until()).to.equal(Number.POSITIVE_INFINITY);
    expect(quarantine.state()).to.equal(undefined);
    expect(quarantine.isWaiting(7)).to.equal(false);
    quarantine.add(fault, 6);
    expect(quarantine.until()).to.equal(7);
    expect([6, 7, 8].map((next) => quarantine.isWaiting(next))).to.deep.equal([false, true, true]);
    const facts = JSON.stringify({ ...fault, sinceMs: context.clock.wallMs() });
    expect(said).to.deep.equal([
      `error: ${facts} no endpoint gives this block in a form that verifies: the index stands still`,
    ]);
  });

  it("is tried again after its time", () => {
    const { quarantine, context } = build();
    quarantine.add(fault, 6);
    context.clock.advanceMs(4_999);
    expect(quarantine.isWaiting(7)).to.equal(true);
    context.clock.advanceMs(1);
    expect(quarantine.isWaiting(7)).to.equal(false);
  });

  it("is kept out since it was first seen, however often it is tried; another block since now", () => {
    const { quarantine, context } = build();
    const sinceMs = context.clock.wallMs();
    quarantine.add(fault, 6);
    context.clock.advanceMs(6_000);
    quarantine.add(fault, 6);
    expect(quarantine.state()).to.deep.equal({ block: 7, check: "receipts_root", sinceMs });
    expect(quarantine.isWaiting(7)).to.equal(true);
    context.clock.advanceMs(1_000);
    quarantine.add({ check: "bloom", number: 8 }, 7);
    expect(quarantine.state()).to.deep.equal({ block: 8, check: "bloom", sinceMs: sinceMs + 7_000 });
  });

  it("is let go with the first commit that reaches it, said once", () => {
    const { quarantine, said } = build();
    quarantine.passed(7);
    quarantine.add(fault, 6);
    quarantine.passed(6);
    expect(quarantine.until()).to.equal(7);
    quarantine.passed(7);
    expect(quarantine.until()).to.equal(Number.POSITIVE_INFINITY);
    quarantine.passed(8);
    expect(quarantine.until()).to.equal(Number.POSITIVE_INFINITY);
    expect(said.slice(1)).to.deep.equal([
      'warn: {"number":7} the block that did not verify does now: the index goes on',
    ]);
  });

  it("is no news, and does not wait, while there are blocks before it to take", () => {
    const { quarantine, said } = build();
    quarantine.add(fault, 3);
    expect(quarantine.until()).to.equal(7);
    expect(quarantine.isWaiting(7)).to.equal(false);
    expect(quarantine.state()).to.equal(undefined);
    quarantine.passed(7);
    expect(quarantine.until()).to.equal(Number.POSITIVE_INFINITY);
    expect(said).to.deep.equal([]);
  });

  it("may be the very first one", () => {
    const { quarantine } = build();
    quarantine.add({ check: "bloom", number: 1 }, undefined);
    expect(quarantine.state(), "block 0 comes before it").to.equal(undefined);
    quarantine.add({ check: "bloom", number: 0 }, undefined);
    expect(quarantine.state()).to.include({ block: 0 });
  });
});
