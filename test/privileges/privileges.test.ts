import { expect } from "chai";
import { assemble, type CallerName, callOf, fingerprint, type World } from "./cast.ts";
import type { Log, Outcome } from "./chain.ts";
import { contractNames, contractsOfTheBuild, eventName, functionKey, stateChangingFunctions } from "./contracts.ts";
import { matrix } from "./matrix.ts";
import { openFunctions } from "./open.ts";
import type { Prepared, Row } from "./row.ts";

describe("privileges", () => {
  let world: World;
  let restart: () => Promise<void>;

  before(async () => {
    world = await assemble();
    restart = await world.chain.mark();
  });

  after(() => world.chain.close());

  describe("the list of functions", () => {
    it("names every contract that the build makes", () => {
      expect([...contractNames].sort()).to.deep.equal(contractsOfTheBuild().sort());
    });

    it("has each state-changing function of the ABI either in the matrix or in the open list, and no other", () => {
      const stated = [...matrix, ...openFunctions].map(({ contract, fn }) => functionKey(contract, fn));
      expect([...new Set(stated)].sort()).to.deep.equal(stateChangingFunctions().sort());
    });

    it("has no function in both", () => {
      const restricted = new Set(matrix.map(({ contract, fn }) => functionKey(contract, fn)));
      const both = openFunctions.filter(({ contract, fn }) => restricted.has(functionKey(contract, fn)));
      expect(both.map(({ contract, fn }) => functionKey(contract, fn))).to.deep.equal([]);
    });
  });

  for (const row of matrix) describeRow(row);
  for (const open of openFunctions) describeOpen(open);

  function describeRow(row: Row): void {
    const [first] = row.entitled;

    describe(`${row.contract}.${row.fn}${row.when ? ` ${row.when}` : ""}`, () => {
      let prepared: Prepared;
      let target: string;
      let rewind: () => Promise<void>;

      before(async () => {
        await restart();
        prepared = await row.prepare(world);
        rewind = await world.chain.mark();
        target = prepared.at ?? callOf(world, { ...row, at: prepared.at, args: prepared.args(first) }).to;
      });

      afterEach(() => rewind());

      function attempt(as: CallerName, args: readonly unknown[]): Promise<Outcome> {
        const { contract, fn } = row;
        return world.chain.attempt({
          from: world.callers[as],
          ...callOf(world, { contract, fn, args, at: prepared.at }),
        });
      }

      function act(as: CallerName): Promise<Outcome> {
        const { through } = prepared;
        if (through === undefined) return attempt(as, prepared.args(as));
        return world.chain.attempt({ from: world.callers[as], ...callOf(world, through) });
      }

      /** What those who are not entitled are told, and what they should be told. */
      async function refusals(excused: Row["otherwise"] = {}, left: readonly string[] = []) {
        const told: Record<string, string> = {};
        const should: Record<string, string> = {};
        const back = await world.chain.mark();
        for (const caller of Object.keys(world.callers) as CallerName[]) {
          if (row.entitled.includes(caller) || left.includes(caller)) continue;
          const outcome = await attempt(caller, prepared.args(first));
          told[caller] = tell(outcome, world.callers[caller]);
          should[caller] = excused[caller]?.error ?? errorFor(row, caller);
          // The next caller shall find the same state.
          if (outcome.kind === "done") await back();
        }
        return { told, should };
      }

      it(`succeeds for ${row.entitled.join(", ")}`, async () => {
        for (const caller of row.entitled) {
          const before = await fingerprint(world, target);
          const outcome = await act(caller);
          expect(tell(outcome, world.callers[caller]), caller).to.equal("(done)");
          if (row.effect === "storage") expect(await fingerprint(world, target), caller).to.not.equal(before);
          else expect(outcome.kind === "done" && outcome.logs.map(eventName), caller).to.include(row.effect);
          await rewind();
        }
      });

      it("tells everyone else that they are not entitled, and changes nothing", async () => {
        const before = await fingerprint(world, target);
        const { told, should } = await refusals(row.otherwise);
        expect(told).to.deep.equal(should);
        expect(await fingerprint(world, target)).to.equal(before);
      });

      const afterwards = row.afterwards ?? { otherwise: {} };
      if ("otherwise" in afterwards) {
        it("tells everyone else the same when the act is done and the state is another", async () => {
          await act(first);
          // Those who are a party to the function may have been given their turn by the act.
          const { told, should } = await refusals(afterwards.otherwise, Object.keys(row.otherwise ?? {}));
          expect(told).to.deep.equal(should);
        });
      }

      if (row.withAnothersArguments !== undefined) {
        it(`refuses with ${row.withAnothersArguments} who is entitled for itself and tries what is another's`, async () => {
          for (const caller of row.entitled.slice(1)) {
            const outcome = await attempt(caller, prepared.args(first));
            expect(tell(outcome, world.callers[caller]), caller).to.equal(row.withAnothersArguments);
          }
        });
      }
    });
  }

  function describeOpen(open: (typeof openFunctions)[number]): void {
    it(`${open.contract}.${open.fn} has the same effect for every caller. ${open.rule}`, async () => {
      await restart();
      const { at, args, ofOthers } = await open.prepare(world);
      const call = callOf(world, { ...open, at, args });
      const before = await fingerprint(world, call.to);
      const rewind = await world.chain.mark();
      const effects: Record<string, unknown> = {};
      for (const [name, address] of Object.entries(world.callers)) {
        const outcome = await world.chain.attempt({ from: address, ...call });
        expect(tell(outcome, address), name).to.equal(open.answer ?? "(done)");
        const logs = outcome.kind === "done" ? outcome.logs : [];
        if (open.effect === "nothing") {
          expect(logs, name).to.deep.equal([]);
          expect(await fingerprint(world, call.to), name).to.equal(before);
        } else expect(logs.map(eventName), name).to.include(open.effect);
        effects[name] = ofOthers
          ? { logs: withoutCaller(logs, address), others: await ofOthers(name as CallerName) }
          : { logs: logs.map(essence), state: await fingerprint(world, call.to) };
        await rewind();
      }
      const [expected] = Object.values(effects);
      for (const [name, effect] of Object.entries(effects)) expect(effect, name).to.deep.equal(expected);
    });
  }
});

/** "(done)", or the name of the error, which must name the right caller where it names one. */
function tell(outcome: Outcome, address: string): string {
  if (outcome.kind === "done") return "(done)";
  const { name, caller } = outcome.error;
  return caller === undefined || caller === address ? name : `${name} of ${caller}`;
}

function errorFor(row: Row, caller: CallerName): string {
  return typeof row.notEntitled === "string" ? row.notEntitled : row.notEntitled(caller);
}

function essence({ address, topics, data }: Log): Log {
  return { address, topics, data };
}

function withoutCaller(logs: readonly Log[], address: string): string {
  return JSON.stringify(logs.map(essence)).replaceAll(address.slice(2), "caller");
}
