import * as z from "zod";
import { isFailpointSetting } from "./shared/failpoint.ts";

const portFault = "is no number from 0 to 65535";
const Port = z
  .string()
  .regex(/^\d{1,5}$/, portFault)
  .transform(Number)
  .refine((port) => port <= 65_535, portFault);

function numberBetween(least: number, most: number) {
  const fault = `is no number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, fault)
    .transform(Number)
    .refine((value) => value >= least && value <= most, fault);
}

const Wei = z.string().regex(/^\d{1,30}$/, "is no whole number of wei");

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const HttpUrl = z.string().refine(isHttpUrl, "is no http:// or https:// address");

const Urls = z
  .string()
  .transform((text) => text.split(",").map((url) => url.trim()))
  .refine((urls) => urls.every(isHttpUrl), "is no list of http:// or https:// addresses, with commas between")
  .refine((urls) => new Set(urls).size === urls.length, "names an address twice");

/** Every setting that there is, as the environment gives it. A variable that begins with HANSA_ and is not here is a fault. */
export const Environment = z.object({
  HANSA_MODE: z.enum(["sandbox", "production"]).default("sandbox"),
  HANSA_HOST: z.string().default("127.0.0.1"),
  HANSA_PORT: Port.default(8080),
  HANSA_DATA: z.string().min(1).default(".hansa"),
  HANSA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "is no postgres:// address")
    .optional(),
  /** File with 32 bytes in hex. Production only reads it; the sandbox makes it. */
  HANSA_MASTER_KEY_FILE: z.string().min(1).optional(),
  /** `relaxed` runs where a commit cannot be proven to reach the disk. */
  HANSA_DURABILITY: z.enum(["strict", "relaxed"]).default("strict"),
  /** `allow` lets production run on the embedded ledger, for one machine with backups. */
  HANSA_EMBEDDED_LEDGER: z.enum(["allow"]).optional(),
  /** JSON-RPC endpoints of a ledger outside, instead of the embedded one; several of the same chain are compared. */
  HANSA_LEDGER_URLS: Urls.optional(),
  /** When a block is final: when visible, when the node tags it `finalized`, or under so many others. */
  HANSA_LEDGER_FINALITY: z.enum(["instant", "tagged", "depth"]).default("instant"),
  HANSA_LEDGER_DEPTH: numberBetween(1, 10_000).optional(),
  /** Whose block header it is: how a block's hash is made of its fields. `none` takes the hash as given. */
  HANSA_LEDGER_HEADER: z.enum(["ethereum", "qbft", "subnet-evm", "none"]).default("ethereum"),
  /** Which blocks' receipts are proven against the header's receipts root. */
  HANSA_VERIFY: z.enum(["full", "sampled", "off"]).default("full"),
  HANSA_LANES: numberBetween(1, 16).default(2),
  HANSA_FEES: z.enum(["zero", "fixed", "eip1559"]).default("zero"),
  /** For `fixed`: price of gas in wei. */
  HANSA_GAS_PRICE: Wei.optional(),
  /** For `eip1559`: tip and upper limit of the whole price, in wei. */
  HANSA_PRIORITY_FEE: Wei.optional(),
  HANSA_FEE_CAP: Wei.optional(),
  /** Where traces go (OTLP over HTTP); absent: nowhere. */
  HANSA_OTLP_URL: HttpUrl.optional(),
  HANSA_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("warn"),
  /** Tests only: a process kills itself at a named place of its own, or the one that HANSA_FAILPOINT_KILLS names. */
  HANSA_FAILPOINT: z.string().refine(isFailpointSetting, "names no place").optional(),
  HANSA_LEDGER_FAILPOINT: z.string().refine(isFailpointSetting, "names no place").optional(),
  HANSA_FAILPOINT_KILLS: z.enum(["gateway", "ledger"]).optional(),
});
export type Environment = z.infer<typeof Environment>;

/** Read by the command line tools or set by the launcher of tasks, not read by the gateway. */
const ofTools = new Set(["HANSA_TOKEN", "HANSA_LAUNCHER"]);

/** A mistyped name would be silently without effect. */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith("HANSA_") && !(name in Environment.shape) && !ofTools.has(name),
  );
}
