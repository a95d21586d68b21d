import { globSync } from "node:fs";
import { sep } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/command.ts";
import { currentResult, type Result } from "../../scripts/mutants/results.ts";
import { drawSample } from "../../scripts/mutants/sample.ts";
import { sayScore, scoreOf, wilsonLower } from "../../scripts/mutants/score.ts";
import { leftOut, mutationTargets } from "../../scripts/mutants/targets.ts";

describe("mutation testing", () => {
  const sources = globSync("src/chain/**/*.ts", { cwd: root }).map((path) => path.split(sep).join("/"));
  const result: Result = {
    file: "src/chain/orders.ts",
    contentHash: "aa",
    killed: 8,
    timeout: 1,
    survived: 1,
    noCoverage: 0,
    ignored: 5,
    alive: ["3:1 BlockStatement → {}"],
    seconds: 10,
  };

  it("takes every source of src/chain, or says why not", () => {
    const taken = mutationTargets().map(({ file }) => file);
    expect([...taken, ...Object.keys(leftOut)].sort()).to.deep.equal([...sources].sort());
  });

  it("has at least one test file for each source", () => {
    for (const { file, killers } of mutationTargets()) expect(killers, file).to.not.be.empty;
  });

  it("never asks tests that start processes", () => {
    const asked = mutationTargets().flatMap(({ killers }) => killers);
    expect(asked.filter((file) => /process|OnLedger|StoreModel/.test(file))).to.deep.equal([]);
  });

  it("counts what no test reaches as alive, and what could not be loaded not at all", () => {
    expect(scoreOf([result, { ...result, noCoverage: 10 }])).to.include({ detected: 18, total: 30, share: 0.6 });
    expect(sayScore(scoreOf([result]))).to.equal("9 of 10 mutants killed: 90.0 %, lower 95 % bound 59.6 %");
  });

  it("takes Wilson's lower bound", () => {
    expect(wilsonLower(90, 100)).to.be.closeTo(0.8256, 0.0001);
    expect(wilsonLower(100, 100)).to.be.closeTo(0.963, 0.0001);
    expect(wilsonLower(0, 10)).to.be.closeTo(0, 1e-9);
    expect(wilsonLower(0, 0)).to.equal(0);
  });

  it("draws the same sample for the same seed, whatever the order of the mutants", () => {
    const keys = Array.from({ length: 200 }, (_, at) => `mutant ${at}`);
    const drawn = drawSample(keys, { size: 20, seed: 7 });
    expect(new Set(drawn).size).to.equal(20);
    expect(drawSample(keys.toReversed(), { size: 20, seed: 7 })).to.deep.equal(drawn);
    expect(drawSample(keys, { size: 20, seed: 8 })).to.not.deep.equal(drawn);
  });

  it("takes over a result only for the same content and the same sample", () => {
    const sampled: Result = { ...result, sample: { size: 20, seed: 7 } };
    const { file, contentHash } = result;
    expect(currentResult([result, sampled], { file, contentHash })).to.equal(result);
    expect(currentResult([result, sampled], { file, contentHash, sample: { size: 20, seed: 7 } })).to.equal(sampled);
    expect(currentResult([result, sampled], { file, contentHash, sample: { size: 20, seed: 8 } })).to.equal(undefined);
    expect(currentResult([result], { file, contentHash: "bb" })).to.equal(undefined);
  });
});
