import { expect } from "chai";
import { createGatherer } from "../../src/shared/gather.ts";

describe("questions that come together", () => {
  /** Answers when the test says so. */
  function open(max: number) {
    const rounds: { keys: readonly number[]; done: PromiseWithResolvers<readonly string[]> }[] = [];
    const ask = createGatherer(
      (keys: readonly number[]) => {
        const done = Promise.withResolvers<readonly string[]>();
        rounds.push({ keys, done });
        return done.promise;
      },
      { max },
    );
    const answer = (round: number) => rounds[round]?.done.resolve(rounds[round].keys.map((key) => `answer ${key}`));
    return { ask, rounds, answer };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it("are asked at once when alone, and together while an earlier one is being answered", async () => {
    const { ask, rounds, answer } = open(10);
    const first = ask(1);
    const others = [ask(2), ask(3)];
    expect(rounds.map(({ keys }) => keys)).to.deep.equal([[1]]);
    answer(0);
    expect(await first).to.equal("answer 1");
    await turn();
    expect(rounds.map(({ keys }) => keys)).to.deep.equal([[1], [2, 3]]);
    answer(1);
    expect(await Promise.all(others)).to.deep.equal(["answer 2", "answer 3"]);
    void ask(4);
    expect(rounds).to.have.length(3);
  });

  it("are no more than so many at a time", async () => {
    const { ask, rounds, answer } = open(2);
    const asked = [1, 2, 3, 4].map(ask);
    for (const round of [0, 1, 2]) {
      answer(round);
      await turn();
    }
    expect(rounds.map(({ keys }) => keys)).to.deep.equal([[1], [2, 3], [4]]);
    expect(await Promise.all(asked)).to.have.length(4);
  });

  it("fail together, and those after them are answered", async () => {
    const { ask, rounds, answer } = open(10);
    const failing = ask(1);
    const next = ask(2);
    rounds[0]?.done.reject(new Error("gone"));
    expect(String(await failing.catch((error: unknown) => error))).to.equal("Error: gone");
    await turn();
    answer(1);
    expect(await next).to.equal("answer 2");
  });
});
