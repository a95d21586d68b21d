import { expect } from "chai";
import { createGroups, type Submission, type Waiting } from "../../../src/chain/ledger/group.ts";
import { createQueue } from "../../../src/chain/ledger/queue.ts";
import { AppError } from "../../../src/shared/errors.ts";

const mined = (raw: unknown): Submission => ({
  ...{ kind: "mined", hash: String(raw).slice(0, 20), blockNumber: 1, blockHash: "0x" },
});
const settle = (group: readonly Waiting[]) => {
  for (const { raw, resolve } of group) resolve(mined(raw));
  return Promise.resolve();
};

describe("groups of transactions that wait together", () => {
  function build(commit: (group: readonly Waiting[]) => Promise<void> = settle) {
    const groups: unknown[][] = [];
    const broken: unknown[] = [];
    const queue = createQueue((cause) => broken.push(cause));
    const submit = createGroups({
      queue,
      commit(group) {
        groups.push(group.map(({ raw }) => raw));
        return commit(group);
      },
    });
    return { groups, broken, queue, submit };
  }
  const sizes = (groups: readonly unknown[][]) => groups.map((group) => group.length);

  it("are made of what came while the queue was busy, in the order in which it came", async () => {
    const { groups, queue, submit } = build();
    const busy = Promise.withResolvers<void>();
    const first = queue.run(() => busy.promise);
    const raws = ["0x01", "0x02", "0x03"];
    const answers = Promise.all(raws.map(submit));
    busy.resolve();
    await first;
    expect(await answers).to.deep.equal(raws.map(mined));
    expect(groups).to.deep.equal([raws]);
    await submit("0x04");
    expect(groups).to.deep.equal([raws, ["0x04"]]);
  });

  it("have 256 transactions at the most, and the rest is not forgotten", async () => {
    const { groups, submit } = build();
    const raws = Array.from({ length: 600 }, (_, index) => `0x${index}`);
    expect(await Promise.all(raws.map(submit))).to.deep.equal(raws.map(mined));
    expect(sizes(groups)).to.deep.equal([256, 256, 88]);
    expect(groups.flat()).to.deep.equal(raws);
  });

  it("have 4 MiB of text at the most, but always one", async () => {
    const { groups, submit } = build();
    const half = "x".repeat(2 * 1_048_576);
    const raws = [half, half, "x", `${half}${half}x`, half, 7, undefined, half];
    await Promise.all(raws.map(submit));
    expect(groups.map((group) => group.map((raw) => String(raw).length))).to.deep.equal([
      [half.length, half.length],
      [1],
      [2 * half.length + 1],
      [half.length, 1, 9, half.length],
    ]);
  });

  it("that cannot be committed are refused with the reason, each of them, and the next group is tried", async () => {
    const full = new AppError("ledger.disk_full");
    let faults = 1;
    const { groups, broken, submit } = build((group) => {
      faults -= 1;
      return faults === 0 ? Promise.reject(full) : settle(group);
    });
    const answers = await Promise.allSettled(["0x01", "0x02"].map(submit));
    expect(answers.map((answer) => answer.status === "rejected" && answer.reason)).to.deep.equal([full, full]);
    expect(await submit("0x03")).to.deep.equal(mined("0x03"));
    expect(sizes(groups)).to.deep.equal([2, 1]);
    expect(broken).to.deep.equal([]);
  });

  it("are refused after a fault of the ledger, those too that waited meanwhile", async () => {
    const fault = new Error("the engine's fault");
    const { groups, broken, submit } = build(() => Promise.reject(fault));
    const raws = Array.from({ length: 300 }, (_, index) => `0x${index}`);
    const answers = await Promise.allSettled(raws.map(submit));
    const reasons = answers.map((answer) => (answer.status === "rejected" ? answer.reason : "answered"));
    expect(new Set(reasons.slice(0, 256))).to.deep.equal(new Set([fault]));
    expect(
      reasons.slice(256).every((reason) => reason instanceof AppError && reason.code === "chain.unavailable"),
    ).to.equal(true);
    expect(sizes(groups), "the second one is not tried").to.deep.equal([256]);
    expect(broken).to.deep.equal([fault]);
    const later = await submit("0x").catch((error: unknown) => error);
    expect(later).to.have.property("code", "chain.unavailable");
  });
});
