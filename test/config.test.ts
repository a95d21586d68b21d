import path from "node:path";
import { expect } from "chai";
import { type Config, type Flags, parseConfig, printConfig } from "../src/config.ts";

const production = {
  ...{ HANSA_MODE: "production", HANSA_MASTER_KEY_FILE: "/etc/hansa/master.key", HANSA_EMBEDDED_LEDGER: "allow" },
};

function configOf(environment: Record<string, string | undefined>, flags: Flags = {}): Config {
  const parsed = parseConfig(environment, flags);
  if (!parsed.ok) throw new Error(parsed.faults.join("; "));
  return parsed.config;
}

/** Names of what is at fault, in order. */
function faultsOf(environment: Record<string, string | undefined>, flags: Flags = {}): string[] {
  const parsed = parseConfig(environment, flags);
  return parsed.ok ? [] : parsed.faults.map((fault) => fault.split(":")[0] ?? "");
}

describe("the configuration", () => {
  it("is a sandbox with a demo on loopback when nothing is said", () => {
    expect(configOf({})).to.deep.include({
      ...{ mode: "sandbox", host: "127.0.0.1", port: 8080, dataDir: ".hansa", databaseUrl: undefined },
      ...{ masterKeyFile: undefined, failpoint: undefined, ledgerFailpoint: undefined, logLevel: "warn" },
      ...{ once: false, demo: true, reset: false },
    });
  });

  it("takes every value from the environment, and flags before it", () => {
    const environment = {
      ...{ HANSA_HOST: "0.0.0.0", HANSA_PORT: "9000", HANSA_DATA: "/data", HANSA_LOG_LEVEL: "debug" },
      ...{ HANSA_DATABASE_URL: "postgresql://localhost/hansa", HANSA_MASTER_KEY_FILE: "/key" },
      ...{ HANSA_FAILPOINT: "intent.committed:3", HANSA_LEDGER_FAILPOINT: "ledger.journalled", PATH: "/bin" },
    };
    expect(configOf(environment)).to.deep.include({
      ...{ host: "0.0.0.0", port: 9000, dataDir: "/data", logLevel: "debug", masterKeyFile: "/key" },
      ...{ databaseUrl: "postgresql://localhost/hansa", failpoint: "intent.committed:3" },
      ...{ ledgerFailpoint: "ledger.journalled" },
    });
    const flags = { port: "0", data: "elsewhere", once: true, demo: false, reset: true };
    expect(configOf(environment, flags)).to.include({
      ...{ port: 0, dataDir: "elsewhere", once: true, demo: false, reset: true },
    });
  });

  it("names every fault at once, by the variable that has it", () => {
    const environment = {
      ...{ HANSA_MODE: "Production", HANSA_PORT: "65536", HANSA_DATA: "", HANSA_DATABASE_URL: "mysql://x" },
      ...{ HANSA_LOG_LEVEL: "loud", HANSA_EMBEDDED_LEDGER: "yes", HANSA_MASTER_KEY_FILE: "" },
      ...{ HANSA_FAILPOINT: "anywhere", HANSA_LEDGER_FAILPOINT: "intent.committed:0" },
    };
    expect(faultsOf(environment).sort()).to.deep.equal(Object.keys(environment).sort());
  });

  for (const port of ["", " ", "80 80", "-1", "1e3", "0x50", "8080.5", "65536", "123456", "NaN"]) {
    it(`refuses the port ${JSON.stringify(port)}, from the environment and as a flag`, () => {
      expect(faultsOf({ HANSA_PORT: port })).to.deep.equal(["HANSA_PORT"]);
      expect(faultsOf({}, { port })).to.deep.equal(["HANSA_PORT"]);
    });
  }

  it("refuses a failpoint that names no place", () => {
    for (const text of ["", "intent", "intent.committed:", "intent.committed:x", "index.committed;true"]) {
      expect(faultsOf({ HANSA_FAILPOINT: text }), text).to.deep.equal(["HANSA_FAILPOINT"]);
    }
  });

  it("refuses a database address that is none", () => {
    for (const url of ["", "postgres", "postgresfoo://x", "http://postgres"]) {
      expect(faultsOf({ HANSA_DATABASE_URL: url }), url).to.deep.equal(["HANSA_DATABASE_URL"]);
    }
  });
});

describe("the ledger outside", () => {
  const outside = { HANSA_LEDGER_URLS: "https://one.example/rpc, https://two.example/rpc" };

  it("is named by its endpoints and by what makes a block final there", () => {
    const urls = ["https://one.example/rpc", "https://two.example/rpc"];
    expect(configOf({}).ledger).to.deep.equal({ kind: "embedded" });
    expect(configOf(outside).ledger).to.deep.equal({ kind: "external", urls, finality: { kind: "instant" } });
    const deep = { ...outside, HANSA_LEDGER_FINALITY: "depth", HANSA_LEDGER_DEPTH: "12", HANSA_LEDGER_HEADER: "qbft" };
    expect(configOf(deep)).to.deep.include({ headerKind: "qbft" });
    expect(configOf(deep).ledger).to.deep.include({ finality: { kind: "depth", depth: 12 } });
    expect(configOf(outside).demo, "no demo on a ledger whose clock cannot be moved").to.equal(false);
  });

  const refused: readonly (readonly [what: string, more: object, flags: Flags, faults: string[]])[] = [
    ["addresses that are none", { HANSA_LEDGER_URLS: "ftp://one.example" }, {}, ["HANSA_LEDGER_URLS"]],
    ["one address twice", { HANSA_LEDGER_URLS: "http://a.example,http://a.example" }, {}, ["HANSA_LEDGER_URLS"]],
    ["the embedded ledger beside it", { HANSA_EMBEDDED_LEDGER: "allow" }, {}, ["HANSA_EMBEDDED_LEDGER"]],
    ["the demo", {}, { once: true }, ["--once, --demo"]],
    ["finality by depth without one", { HANSA_LEDGER_FINALITY: "depth" }, {}, ["HANSA_LEDGER_DEPTH"]],
    ["a depth of nothing", { HANSA_LEDGER_DEPTH: "0" }, {}, ["HANSA_LEDGER_DEPTH"]],
    ["a fixed price without one", { HANSA_FEES: "fixed" }, {}, ["HANSA_GAS_PRICE"]],
    ["a market price without limits", { HANSA_FEES: "eip1559" }, {}, ["HANSA_PRIORITY_FEE, HANSA_FEE_CAP"]],
    ["a price that is no number", { HANSA_FEES: "fixed", HANSA_GAS_PRICE: "1gwei" }, {}, ["HANSA_GAS_PRICE"]],
  ];
  for (const [what, more, flags, faults] of refused) {
    it(`refuses ${what}`, () => expect(faultsOf({ ...outside, ...more }, flags)).to.deep.equal(faults));
  }

  it("takes prices in wei", () => {
    const fees = { HANSA_FEES: "eip1559", HANSA_PRIORITY_FEE: "1000000000", HANSA_FEE_CAP: "90000000000" };
    expect(configOf({ ...outside, ...fees }).fees).to.deep.equal({
      ...{ policy: "eip1559", priorityFee: 1_000_000_000n, feeCap: 90_000_000_000n },
    });
  });
});

describe("the number of lanes", () => {
  for (const lanes of ["0", "17", "two"]) {
    it(`is not ${lanes}`, () => expect(faultsOf({ HANSA_LANES: lanes })).to.deep.equal(["HANSA_LANES"]));
  }
});

describe("a setting that there is not", () => {
  it("is a fault, since a mistyped name would have no effect", () => {
    expect(faultsOf({ HANSA_LANE: "3", HANSA_TOKEN: "of the tools", HANSA_LAUNCHER: "1" })).to.deep.equal([
      "HANSA_LANE",
    ]);
  });
});

describe("the printed configuration", () => {
  it("shows every value and no credentials", () => {
    const printed = printConfig(
      configOf({
        HANSA_DATABASE_URL: "postgresql://hansa:secret-1@db.example:5432/trade?password=secret-2",
        HANSA_LEDGER_URLS: "https://user:secret-3@node.example/v3/secret-4?key=secret-5",
        HANSA_OTLP_URL: "https://secret-6@traces.example/secret-7",
        ...{ HANSA_FEES: "fixed", HANSA_GAS_PRICE: "7" },
      }),
    );
    expect(printed).not.to.match(/secret/);
    expect(JSON.parse(printed)).to.deep.include({
      ...{ databaseUrl: "postgresql://db.example:5432/trade", otlpUrl: "https://traces.example", lanes: 2 },
      ...{ fees: { policy: "fixed", gasPrice: "7" } },
    });
  });
});

describe("production", () => {
  it("is what it is told to be, without a demo", () => {
    expect(configOf(production)).to.include({
      mode: "production",
      demo: false,
      masterKeyFile: "/etc/hansa/master.key",
    });
    expect(configOf(production, { demo: false })).to.include({ demo: false });
  });

  const refused: readonly (readonly [what: string, more: object, flags: Flags, fault: string])[] = [
    ["a demo", {}, { demo: true }, "--once, --demo"],
    ["to end after the demo", {}, { once: true }, "--once, --demo"],
    ["to remove its data", {}, { reset: true }, "--reset"],
    ["a failpoint", { HANSA_FAILPOINT: "intent.committed" }, {}, "HANSA_FAILPOINT"],
    ["a failpoint of the ledger", { HANSA_LEDGER_FAILPOINT: "ledger.journalled" }, {}, "HANSA_FAILPOINT"],
    ["a failpoint's victim", { HANSA_FAILPOINT_KILLS: "ledger" }, {}, "HANSA_FAILPOINT"],
    ["a master key of its own making", { HANSA_MASTER_KEY_FILE: undefined }, {}, "HANSA_MASTER_KEY_FILE"],
    ["the sandbox's master key", { HANSA_MASTER_KEY_FILE: ".hansa/master.key" }, {}, "HANSA_MASTER_KEY_FILE"],
    ["the embedded ledger unless allowed", { HANSA_EMBEDDED_LEDGER: undefined }, {}, "HANSA_EMBEDDED_LEDGER"],
  ];
  for (const [what, more, flags, fault] of refused) {
    it(`refuses ${what}`, () => {
      expect(faultsOf({ ...production, ...more }, flags)).to.deep.equal([fault]);
      const sandbox = { ...production, ...more, HANSA_MODE: "sandbox" };
      expect(faultsOf(sandbox, flags), "which a sandbox takes").to.deep.equal([]);
    });
  }

  it("refuses a master key inside its data folder, however that is written", () => {
    const at = (file: string, data: string) => {
      return faultsOf({ ...production, HANSA_DATA: data, HANSA_MASTER_KEY_FILE: file });
    };
    const inside = ["HANSA_MASTER_KEY_FILE"];
    expect(at("/data/hansa/keys/../master.key", "/data/hansa")).to.deep.equal(inside);
    expect(at(path.resolve("data/master.key"), "./data/")).to.deep.equal(inside);
    expect(at("/data/hansa-master.key", "/data/hansa")).to.deep.equal([]);
    expect(at("/data/master.key", "/data/hansa")).to.deep.equal([]);
    expect(at("/data/hansa/..key", "/data/hansa")).to.deep.equal(inside);
  });

  it("names all that is wrong at once, malformed values and forbidden ones", () => {
    const environment = { HANSA_MODE: "production", HANSA_PORT: "x", HANSA_FAILPOINT: "intent.committed" };
    expect(faultsOf(environment, { once: true, demo: true, reset: true }).sort()).to.deep.equal([
      ...["--once, --demo", "--reset", "HANSA_EMBEDDED_LEDGER", "HANSA_FAILPOINT", "HANSA_MASTER_KEY_FILE"],
      "HANSA_PORT",
    ]);
  });
});
