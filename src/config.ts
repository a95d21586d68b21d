import path from "node:path";
import * as z from "zod";
import { isFailpointSetting } from "./shared/failpoint.ts";

const dataDefault = ".hansa";

const Port = z
  .string()
  .regex(/^\d{1,5}$/, "is no number from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "is no number from 0 to 65535");

/**
 * Configuration: environment variables, overridden by flags, checked at once. Only this file reads the environment.
 * *sandbox* makes its own keys and has a test clock; *production* refuses all of that.
 */
const Environment = z.object({
  HANSA_MODE: z.enum(["sandbox", "production"]).default("sandbox"),
  HANSA_HOST: z.string().default("127.0.0.1"),
  HANSA_PORT: Port.default(8080),
  HANSA_DATA: z.string().min(1).default(dataDefault),
  HANSA_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "is no postgres:// address")
    .optional(),
  /** File with 32 bytes in hex. Production only reads it; the sandbox makes it. */
  HANSA_MASTER_KEY_FILE: z.string().min(1).optional(),
  /** `allow` lets production run on the embedded ledger, for one machine with backups. */
  HANSA_EMBEDDED_LEDGER: z.enum(["allow"]).optional(),
  HANSA_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("warn"),
  /** Tests only: a process kills itself at a named place of its own, or the one that HANSA_FAILPOINT_KILLS names. */
  HANSA_FAILPOINT: z.string().refine(isFailpointSetting, "names no place").optional(),
  HANSA_LEDGER_FAILPOINT: z.string().refine(isFailpointSetting, "names no place").optional(),
  HANSA_FAILPOINT_KILLS: z.enum(["gateway", "ledger"]).optional(),
});

export interface Flags {
  readonly once?: boolean | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly demo?: boolean | undefined;
  readonly reset?: boolean | undefined;
}

export interface Config {
  readonly mode: "sandbox" | "production";
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly masterKeyFile: string | undefined;
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

/** What production must not have, said all at once. */
function productionFaults(env: Readonly<Record<string, string | undefined>>, flags: Flags): string[] {
  if (env.HANSA_MODE !== "production") return [];
  const faults = [];
  if (!env.HANSA_MASTER_KEY_FILE) faults.push("HANSA_MASTER_KEY_FILE: production makes no master key of its own");
  else if (isInside(env.HANSA_MASTER_KEY_FILE, env.HANSA_DATA || dataDefault)) {
    // There the sandbox makes its own, and there it would be in every copy of the data.
    faults.push("HANSA_MASTER_KEY_FILE: production keeps it outside the data folder");
  }
  if (!env.HANSA_EMBEDDED_LEDGER) {
    faults.push("HANSA_EMBEDDED_LEDGER: production runs on the embedded ledger only when this says allow");
  }
  if (env.HANSA_FAILPOINT || env.HANSA_LEDGER_FAILPOINT || env.HANSA_FAILPOINT_KILLS)
    faults.push("HANSA_FAILPOINT: not in production");
  if (flags.demo === true || flags.once) faults.push("--once, --demo: production plays no demo");
  if (flags.reset) faults.push("--reset: production keeps its data; remove the folder by hand");
  return faults;
}

/** Reads environment and flags. Every fault is in the answer, none stops at the first. */
export function parseConfig(environment: Record<string, string | undefined>, flags: Flags): ParsedConfig {
  const merged = {
    ...environment,
    ...(flags.port !== undefined && { HANSA_PORT: flags.port }),
    ...(flags.data !== undefined && { HANSA_DATA: flags.data }),
  };
  const parsed = Environment.safeParse(merged);
  const malformed = parsed.error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];
  const faults = [...malformed, ...productionFaults(merged, flags)];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  const env = parsed.data;
  return {
    ok: true,
    config: {
      mode: env.HANSA_MODE,
      host: env.HANSA_HOST,
      port: env.HANSA_PORT,
      dataDir: env.HANSA_DATA,
      databaseUrl: env.HANSA_DATABASE_URL,
      masterKeyFile: env.HANSA_MASTER_KEY_FILE,
      logLevel: env.HANSA_LOG_LEVEL,
      failpoint: env.HANSA_FAILPOINT,
      ledgerFailpoint: env.HANSA_LEDGER_FAILPOINT,
      failpointKills: env.HANSA_FAILPOINT_KILLS,
      once: flags.once ?? false,
      demo: env.HANSA_MODE === "sandbox" && (flags.demo ?? true),
      reset: flags.reset ?? false,
    },
  };
}
