import path from "node:path";
import type { Finality } from "./domain/blockStore.ts";
import { Environment, unknownSettings } from "./environment.ts";

type RawEnvironment = Readonly<Record<string, string | undefined>>;

export interface Flags {
  readonly once?: boolean | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly demo?: boolean | undefined;
  readonly reset?: boolean | undefined;
}

/** The embedded ledger, or endpoints of one outside. */
export type LedgerConfig =
  | { readonly kind: "embedded" }
  | { readonly kind: "external"; readonly urls: readonly string[]; readonly finality: Finality };

/** Prices in wei. */
export type FeeConfig =
  | { readonly policy: "zero" }
  | { readonly policy: "fixed"; readonly gasPrice: bigint }
  | { readonly policy: "eip1559"; readonly priorityFee: bigint; readonly feeCap: bigint };

/** What the gateway runs with: environment variables, overridden by flags. */
export interface Config {
  readonly mode: "sandbox" | "production";
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly durability: "strict" | "relaxed";
  readonly masterKeyFile: string | undefined;
  readonly ledger: LedgerConfig;
  readonly headerKind: Environment["HANSA_LEDGER_HEADER"];
  readonly verify: "full" | "sampled" | "off";
  readonly lanes: number;
  readonly fees: FeeConfig;
  readonly otlpUrl: string | undefined;
  readonly logLevel: string;
  readonly failpoint: string | undefined;
  readonly ledgerFailpoint: string | undefined;
  /** Whom a failpoint kills; without it, the process that passes it. */
  readonly failpointKills: "gateway" | "ledger" | undefined;
  readonly once: boolean;
  readonly demo: boolean;
  readonly reset: boolean;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly string[] };

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative.split(path.sep)[0] !== ".." && !path.isAbsolute(relative);
}

/**
 * What production must not have, said all at once. *sandbox* makes its own keys and has a test clock; *production*
 * refuses all of that.
 */
function productionFaults(env: RawEnvironment, flags: Flags): string[] {
  if (env.HANSA_MODE !== "production") return [];
  const faults = [];
  if (!env.HANSA_MASTER_KEY_FILE) faults.push("HANSA_MASTER_KEY_FILE: production makes no master key of its own");
  else if (isInside(env.HANSA_MASTER_KEY_FILE, env.HANSA_DATA || ".hansa")) {
    // There the sandbox makes its own, and there it would be in every copy of the data.
    faults.push("HANSA_MASTER_KEY_FILE: production keeps it outside the data folder");
  }
  if (!env.HANSA_EMBEDDED_LEDGER && !env.HANSA_LEDGER_URLS) {
    faults.push("HANSA_EMBEDDED_LEDGER: production has a ledger outside (HANSA_LEDGER_URLS), or this says allow");
  }
  if (env.HANSA_FAILPOINT || env.HANSA_LEDGER_FAILPOINT || env.HANSA_FAILPOINT_KILLS)
    faults.push("HANSA_FAILPOINT: not in production");
  if (flags.demo === true || flags.once) faults.push("--once, --demo: production plays no demo");
  if (flags.reset) faults.push("--reset: production keeps its data; remove the folder by hand");
  return faults;
}

/** Settings that ask for each other. */
function ledgerFaults(env: RawEnvironment, flags: Flags): string[] {
  const faults = [];
  const isExternal = Boolean(env.HANSA_LEDGER_URLS);
  if (isExternal && env.HANSA_EMBEDDED_LEDGER) faults.push("HANSA_EMBEDDED_LEDGER: there is a ledger outside already");
  if (isExternal && (flags.demo === true || flags.once)) {
    faults.push("--once, --demo: the demo moves the clock, which only the embedded ledger lets it");
  }
  const isDepth = env.HANSA_LEDGER_FINALITY === "depth";
  if (isDepth && !env.HANSA_LEDGER_DEPTH) faults.push("HANSA_LEDGER_DEPTH: finality by depth needs one");
  if (!isExternal && env.HANSA_LEDGER_FINALITY) faults.push("HANSA_LEDGER_FINALITY: the embedded ledger is instant");
  if (env.HANSA_FEES === "fixed" && !env.HANSA_GAS_PRICE) faults.push("HANSA_GAS_PRICE: fixed fees need a price");
  if (env.HANSA_FEES === "eip1559" && !(env.HANSA_PRIORITY_FEE && env.HANSA_FEE_CAP)) {
    faults.push("HANSA_PRIORITY_FEE, HANSA_FEE_CAP: eip1559 fees need both");
  }
  return faults;
}

/** Reads environment and flags. Every fault is in the answer, none stops at the first. */
export function parseConfig(environment: RawEnvironment, flags: Flags): ParsedConfig {
  const merged = {
    ...environment,
    ...(flags.port !== undefined && { HANSA_PORT: flags.port }),
    ...(flags.data !== undefined && { HANSA_DATA: flags.data }),
  };
  const parsed = Environment.safeParse(merged);
  const malformed = parsed.error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];
  const unknown = unknownSettings(environment).map((name) => `${name}: there is no such setting`);
  const faults = [...malformed, ...unknown, ...productionFaults(merged, flags), ...ledgerFaults(merged, flags)];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, config: toConfig(parsed.data, flags) };
}

function toConfig(env: Environment, flags: Flags): Config {
  const ledger = ledgerOf(env);
  return {
    mode: env.HANSA_MODE,
    host: env.HANSA_HOST,
    port: env.HANSA_PORT,
    dataDir: env.HANSA_DATA,
    databaseUrl: env.HANSA_DATABASE_URL,
    durability: env.HANSA_DURABILITY,
    masterKeyFile: env.HANSA_MASTER_KEY_FILE,
    ledger,
    headerKind: env.HANSA_LEDGER_HEADER,
    verify: env.HANSA_VERIFY,
    lanes: env.HANSA_LANES,
    fees: feesOf(env),
    otlpUrl: env.HANSA_OTLP_URL,
    logLevel: env.HANSA_LOG_LEVEL,
    failpoint: env.HANSA_FAILPOINT,
    ledgerFailpoint: env.HANSA_LEDGER_FAILPOINT,
    failpointKills: env.HANSA_FAILPOINT_KILLS,
    once: flags.once ?? false,
    demo: env.HANSA_MODE === "sandbox" && ledger.kind === "embedded" && (flags.demo ?? true),
    reset: flags.reset ?? false,
  };
}

function ledgerOf(env: Environment): LedgerConfig {
  if (!env.HANSA_LEDGER_URLS) return { kind: "embedded" };
  const kind = env.HANSA_LEDGER_FINALITY;
  const finality: Finality = kind === "depth" ? { kind, depth: env.HANSA_LEDGER_DEPTH ?? 0 } : { kind };
  return { kind: "external", urls: env.HANSA_LEDGER_URLS, finality };
}

function feesOf(env: Environment): FeeConfig {
  const policy = env.HANSA_FEES;
  if (policy === "fixed") return { policy, gasPrice: BigInt(env.HANSA_GAS_PRICE ?? 0) };
  if (policy === "eip1559") {
    return { policy, priorityFee: BigInt(env.HANSA_PRIORITY_FEE ?? 0), feeCap: BigInt(env.HANSA_FEE_CAP ?? 0) };
  }
  return { policy };
}

/** The configuration as JSON for people: addresses without the credentials in them. */
export function printConfig(config: Config): string {
  const shown = {
    ...config,
    databaseUrl: config.databaseUrl && withoutCredentials(config.databaseUrl),
    otlpUrl: config.otlpUrl && withoutCredentials(config.otlpUrl),
    ledger:
      config.ledger.kind === "external"
        ? { ...config.ledger, urls: config.ledger.urls.map(withoutCredentials) }
        : config.ledger,
  };
  return JSON.stringify(shown, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2);
}

/** Providers put keys into the path and the query too, so only scheme, host and a database's name are shown. */
function withoutCredentials(address: string): string {
  if (!URL.canParse(address)) return "(an address)";
  const { protocol, host, pathname } = new URL(address);
  const isDatabase = protocol.startsWith("postgres");
  return `${protocol}//${host}${isDatabase ? pathname : ""}`;
}
