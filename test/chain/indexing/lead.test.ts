import { expect } from "chai";
import { createLead, indexLead } from "../../../src/chain/indexing/lead.ts";
import { type Logger, silentLogger } from "../../../src/shared/context.ts";
import { createLeadershipOfTest } from "./leadershipOfTest.ts";

describe("the lead of the index", () => {
  const said: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    info: (facts, message) => said.push(`${JSON.stringify(facts)} ${message}`),
    warn: (facts, message) => said.push(`${JSON.stringify(facts)} ${message}`),
  };
  beforeEach(() => void said.splice(0));

  it("is taken when it is free, once, and held until it is lost", async () => {
    const { leadership, lost, asked } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    expect(lead.isHeld()).to.equal(false);
    expect(await lead.hold()).to.deep.equal({ name: indexLead, epoch: 1 });
    expect(await lead.hold()).to.deep.equal({ name: "indexer", epoch: 1 });
    expect(asked).to.deep.equal(["indexer"]);
    expect(lead.isHeld()).to.equal(true);
    lost.add(1);
    expect(lead.isHeld(), "lost without a word").to.equal(false);
    expect(await lead.hold()).to.have.property("epoch", 2);
    expect(said).to.deep.equal([
      '{"epoch":1} this gateway leads the index',
      '{"epoch":2} this gateway leads the index',
    ]);
  });

  it("is not had while another process leads", async () => {
    const { leadership, setFree } = createLeadershipOfTest();
    setFree(false);
    const lead = createLead(leadership, logger);
    expect(await lead.hold()).to.equal(undefined);
    expect(lead.isHeld()).to.equal(false);
    await lead.release();
    expect(said).to.deep.equal([]);
  });

  it("is asked for anew after another process took it, and said so", async () => {
    const { leadership, released } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    await lead.hold();
    lead.lose();
    expect(lead.isHeld()).to.equal(false);
    await lead.release();
    expect(released, "what is lost is not given back").to.deep.equal([]);
    lead.lose();
    expect(said.slice(1)).to.deep.equal([
      '{"epoch":1} another gateway leads the index now',
      '{"epoch":null} another gateway leads the index now',
    ]);
  });

  it("is given back once", async () => {
    const { leadership, released } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    await lead.hold();
    await lead.release();
    await lead.release();
    expect(released).to.deep.equal([1]);
    expect(lead.isHeld()).to.equal(false);
  });
});
