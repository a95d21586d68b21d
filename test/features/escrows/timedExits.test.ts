import { expect } from "chai";
import { lapseTime, milestoneDeadlines, statusAt } from "../../../src/features/escrows/timedExits.ts";

const terms = { inspectionSeconds: 700, rulingSeconds: 1_000 };
const open = { status: "open", dueAt: 5_000, deliveredAt: null, disputedAt: null } as const;

describe("timed exits of a milestone", () => {
  it("an open one returns to the buyer from the second after its due time", () => {
    expect(milestoneDeadlines(open, terms, true).exit).to.deep.equal({ exit: "undelivered", from: 5_001 });
  });

  it("a delivered one goes to the seller when its inspection is over", () => {
    const delivered = { ...open, status: "delivered", deliveredAt: 4_000 } as const;
    expect(milestoneDeadlines(delivered, terms, true)).to.deep.equal({
      inspectionEnds: 4_700,
      rulingEnds: null,
      exit: { exit: "inspected", from: 4_700 },
    });
  });

  it("a disputed one is split as agreed when the arbiter's time is over", () => {
    const disputed = { ...open, status: "disputed", deliveredAt: 4_000, disputedAt: 4_100 } as const;
    expect(milestoneDeadlines(disputed, terms, true)).to.deep.equal({
      inspectionEnds: 4_700,
      rulingEnds: 5_100,
      exit: { exit: "default", from: 5_100 },
    });
  });

  it("there is none while the escrow is not funded, nor for what is settled", () => {
    expect(milestoneDeadlines(open, terms, false).exit).to.equal(null);
    expect(milestoneDeadlines({ ...open, status: "settled", deliveredAt: 4_000 }, terms, true).exit).to.equal(null);
  });
});

describe("the status of an escrow", () => {
  it("is lapsed from the second after the last one for funding, while it is an offer", () => {
    for (const status of ["proposed", "agreed"] as const) {
      expect(statusAt({ status, fundBy: 5_000 }, 5_000)).to.equal(status);
      expect(statusAt({ status, fundBy: 5_000 }, 5_001)).to.equal("lapsed");
    }
    expect(lapseTime({ fundBy: 5_000 })).to.equal(5_001);
  });

  it("stays what it is once the escrow was funded", () => {
    for (const status of ["funded", "settled", "lapsed"] as const) {
      expect(statusAt({ status, fundBy: 5_000 }, 9_000)).to.equal(status);
    }
  });
});
