import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { findBrowser } from "../../scripts/browser.ts";
import { hashSources, isFresh, stamp } from "../../scripts/stamps.ts";
import {
  describeFailures,
  filesOf,
  findGaps,
  type Means,
  planSuites,
  shard,
  slowestFiles,
  type TestResult,
} from "../../scripts/suites.ts";

const all: Means = { browser: true, postgres: true, requireBrowser: true, requirePostgres: true };
const none: Means = { browser: false, postgres: false, requireBrowser: false, requirePostgres: false };

describe("which suites run", () => {
  let folder = "";
  const files = [
    "test/a.test.ts",
    "test/b.system.test.ts",
    "test/c.browser.test.ts",
    "test/d.postgres.test.ts",
    "test/e.test.ts",
  ];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hansa-suites-"));
    mkdirSync(join(folder, "test"));
    for (const file of files)
      writeFileSync(join(folder, file), file.includes("/e.") ? "process.env.HANSA_DATABASE_URL" : "");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("whole stacks, the browser and the short forms of campaigns are a command of their own, and no file is in neither", () => {
    const more = [...files, "test/reorg/x.test.ts", "test/reorganise.test.ts", "test/a/crash/x.test.ts"];
    const systems = ["test/b.system.test.ts", "test/c.browser.test.ts", "test/reorg/x.test.ts"];
    expect(filesOf("systems", more)).to.deep.equal(systems);
    expect(filesOf("main", more)).to.deep.equal(more.filter((file) => !systems.includes(file)));
  });

  it("the files that took longest are named, slowest first", () => {
    const result = (file: string, ms: number): TestResult => ({ file, ms, title: "", passed: true });
    const results = [result("a", 900), result("b", 1_000), result("a", 200), result("c", 5)];
    expect(slowestFiles(results, 2)).to.deep.equal(["    1.1 s  a", "    1.0 s  b"]);
  });

  it("what failed is told by its file, its title and the first lines of its reason", () => {
    const why = Array.from({ length: 60 }, (_, line) => `line ${line}`).join("\n");
    const results = [
      { file: "a", title: "holds", ms: 1, passed: true },
      { file: "b", title: "breaks", ms: 1, passed: false, why },
    ];
    const [failure = "", ...others] = describeFailures(results);
    expect(failure.startsWith("b: breaks\n    line 0\n")).to.equal(true);
    expect(failure.split("\n")).to.have.length(26);
    expect(others).to.deep.equal([]);
  });

  it("whole systems and browsers run alone, everything else beside each other", () => {
    expect(planSuites(files, all)).to.deep.equal({
      parallel: ["test/a.test.ts", "test/d.postgres.test.ts", "test/e.test.ts"],
      serial: ["test/b.system.test.ts", "test/c.browser.test.ts"],
    });
  });

  it("files are split evenly and always alike, and the files of one area stay together", () => {
    const many = ["test/b/1", "test/a/1", "test/a/2", "test/a/3", "test/c/1", "test/b/2", "test/d.test.ts"];
    const split = shard(many, 2);
    expect(split).to.deep.equal([
      ["test/a/1", "test/a/2", "test/a/3", "test/d.test.ts"],
      ["test/b/1", "test/b/2", "test/c/1"],
    ]);
    expect(shard([...many].reverse().sort(), 2)).to.deep.equal(split);
    expect(shard(["test/a/1"], 2)).to.deep.equal([["test/a/1"]]);
  });

  it("a suite without its means is left out and told, with what to do", () => {
    expect(planSuites(files, none).serial).to.deep.equal(["test/b.system.test.ts"]);
    const gaps = findGaps({ files, results: [], means: none, folder });
    expect(gaps.failed).to.equal(0);
    expect(gaps.lines.join("\n")).to.match(/no browser was found; install.*\n.*HANSA_DATABASE_URL is not set/);
  });

  it("a demanded suite that did not run is a failure, whatever the reason", () => {
    const demanded = { ...none, requireBrowser: true, requirePostgres: true };
    expect(findGaps({ files, results: [], means: demanded, folder }).failed).to.equal(2);
    expect(findGaps({ files, results: [], means: all, folder }).failed).to.equal(2);
  });

  it("a suite counts as run by its tests: on PostgreSQL also by their titles", () => {
    const results: TestResult[] = [
      { file: "test/c.browser.test.ts", title: "the portal", passed: true, ms: 1 },
      { file: "test/e.test.ts", title: "the store on PostgreSQL keeps order", passed: true, ms: 1 },
    ];
    expect(findGaps({ files, results, means: all, folder })).to.deep.equal({ lines: [], failed: 0 });
  });

  it("what does not exist yet is not missed", () => {
    expect(findGaps({ files: ["test/a.test.ts"], results: [], means: all, folder }).lines).to.deep.equal([]);
  });
});

describe("which browser is used", () => {
  const find = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, present: readonly string[]) =>
    findBrowser({ platform, env, exists: (path) => present.includes(path) });

  it("the named one first, then Chromium, Chrome and Edge on the PATH, then the system's folders", () => {
    expect(find("linux", { HANSA_BROWSER: "mine", PATH: "bin" }, [])).to.equal("mine");
    expect(find("linux", { PATH: "bin" }, [join("bin", "chromium")])).to.equal(join("bin", "chromium"));
    expect(find("linux", { PATH: "bin" }, [])).to.equal(undefined);
    const edge = join("programs", "Microsoft", "Edge", "Application", "msedge.exe");
    expect(find("win32", { ProgramFiles: "programs" }, [edge])).to.equal(edge);
  });
});

describe("what is built again", () => {
  let folder = "";
  const built = { name: "thing", sources: ["in/**/*.txt"], results: ["out"] };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hansa-stamps-"));
    write("in/a.txt", "a");
    write("out", "built");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("a thing is fresh until a source changes, appears or moves, or its result is gone", () => {
    const options = { folder, file: join(folder, "dist", "stamps.json") };
    const build = () => stamp(built, hashSources(folder, built.sources), options);
    expect(isFresh(built, options)).to.equal(false);
    build();
    expect(isFresh(built, options)).to.equal(true);
    write("in/a.txt", "b");
    expect(isFresh(built, options)).to.equal(false);
    build();
    write("in/deep/b.txt", "");
    expect(isFresh(built, options)).to.equal(false);
    build();
    rmSync(join(folder, "out"));
    expect(isFresh(built, options)).to.equal(false);
  });

  it("a torn stamp only costs another build", () => {
    const options = { folder, file: join(folder, "stamps.json") };
    writeFileSync(options.file, '{"thi');
    expect(isFresh(built, options)).to.equal(false);
  });
});
