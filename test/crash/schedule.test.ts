import { expect } from "chai";
import { failpoints } from "../../src/shared/failpoint.ts";
import { planRounds } from "./campaign.ts";
import { type Crash, isDrivenPlace, type Kill } from "./schedule.ts";

describe("The plan of kills", () => {
  const plan = (only: string | undefined, sweeps = 6) =>
    planRounds({ file: "", seed: 1, sweeps, only, atOnce: 1, say: () => {} });

  it("knows how to kill at every failpoint that there is", () => {
    expect(failpoints.filter((place) => !isDrivenPlace(place))).to.deep.equal([]);
    expect(isDrivenPlace("index.imagined")).to.equal(false);
  });

  it("gives every failpoint rounds that pass it, also when it alone is wanted", () => {
    for (const place of failpoints) {
      const kills = plan(place, 1).flatMap((round): readonly (Crash | Kill | string)[] => {
        return typeof round.kills === "string" ? [round.kills] : round.kills;
      });
      expect(kills, place).not.to.deep.equal([]);
      for (const kill of kills) if (typeof kill !== "string") expect(kill.place).to.equal(place);
    }
  });

  it("adds both stories to every fifth sweep of traffic", () => {
    const stories = plan(undefined).filter(({ kills }) => typeof kills === "string");
    expect(stories.map(({ seed, round }) => `${seed} ${round}`)).to.deep.equal([
      ...["1 demo", "1 outside", "6 demo", "6 outside"],
    ]);
  });
});
