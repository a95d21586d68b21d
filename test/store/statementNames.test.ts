import { expect } from "chai";
import { createStatementNames, planEachTime } from "../../src/store/statementNames.ts";

/** What a text is sent under, from its first use on. */
function namesOf(sql: string, uses: number, parameters: readonly unknown[] = []) {
  const names = createStatementNames();
  return Array.from({ length: uses }, () => names.nameOf(sql, parameters));
}

describe("names of statements", () => {
  it("begin with the third use of the same text and stay the same", () => {
    const [first, second, third, fourth] = namesOf("select 1", 4);
    expect([first, second]).to.deep.equal([undefined, undefined]);
    expect(third).to.be.a("string");
    expect(fourth).to.equal(third);
  });

  it("differ between texts", () => {
    const names = createStatementNames();
    const named = ["select 1", "select 2"].map((text) => [1, 2, 3].map(() => names.nameOf(text, [])).at(-1));
    expect(new Set(named).size).to.equal(2);
  });

  for (const [what, sql, parameters] of [
    ["a text of several statements", "select 1; select 2", []],
    ["the begin of a transaction", "start transaction read write", []],
    ["the end of a transaction", "commit", []],
    ["what changes the schema", "create table a (b int)", []],
    ["a statement that is planned by its values", `select 1 where $1 ${planEachTime}`, [true]],
    ["a long list of values", "select 1 where 1 in ($1)", Array.from({ length: 25 }, () => 1)],
    ["a very long text", `select '${"x".repeat(10_000)}'`, []],
  ] as const) {
    it(`are not given to ${what}`, () => {
      expect(namesOf(sql, 5, parameters)).to.deep.equal(Array.from({ length: 5 }, () => undefined));
    });
  }

  it("are bounded in number, and those that exist stay", () => {
    const names = createStatementNames({ namesMax: 2 });
    const nameOf = (text: string) => [1, 2, 3].map(() => names.nameOf(text, [])).at(-1);
    const given = ["select 1", "select 2", "select 3"].map(nameOf);
    expect(given[2]).to.equal(undefined);
    expect(nameOf("select 1")).to.equal(given[0]);
  });

  it("are never given again to a text that was refused one", () => {
    const names = createStatementNames();
    const use = () => names.nameOf("select 1", []);
    use();
    use();
    expect(use()).to.be.a("string");
    names.refuse("select 1");
    expect([use(), use(), use()]).to.deep.equal([undefined, undefined, undefined]);
  });

  it("do not begin for texts that many others came between", () => {
    const names = createStatementNames();
    names.nameOf("select 1", []);
    names.nameOf("select 1", []);
    for (let other = 0; other < 2_000; other += 1) names.nameOf(`select ${other} as other`, []);
    expect(names.nameOf("select 1", [])).to.equal(undefined);
  });
});
