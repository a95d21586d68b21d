import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface GatewayProcessOptions {
  readonly dataDir: string;
  /** `HANSA_…` settings beside the usual ones; none is inherited. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly alsoSenders?: readonly string[];
}

export interface Memory {
  /** Bytes, after a garbage collection. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
}

export type ToGateway = "close" | "memory";
export type FromGateway =
  | {
      readonly kind: "ready";
      readonly url: string;
      readonly ledgerUrl: string;
      /** When the program's own start began: Node and all modules were there. Milliseconds since the epoch. */
      readonly startedAtMs: number;
    }
  | ({ readonly kind: "memory" } & Memory);

export interface GatewayProcess {
  readonly url: string;
  readonly ledgerUrl: string;
  readonly startedAtMs: number;
  memory(): Promise<Memory>;
  /** Ends it in order. */
  close(): Promise<void>;
  /** As a power cut. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL("./processes/gateway.ts", import.meta.url));

/** `HANSA_BENCH_PROFILE=<folder>` writes a CPU profile of each thread of each gateway there. */
function profileFlags(): readonly string[] {
  const folder = process.env["HANSA_BENCH_PROFILE"];
  return folder ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
}

export async function startGateway(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HANSA_"));
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ["--import", import.meta.resolve("tsx"), "--expose-gc", ...profileFlags()],
    env: Object.fromEntries(inherited),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const next = async (): Promise<FromGateway> => {
    const ended = exited.then(([code, signal]) => {
      throw new Error(`the gateway ended: ${code ?? signal}`);
    });
    ended.catch(() => undefined);
    const [message] = await Promise.race([once(child, "message"), ended]);
    return message as FromGateway;
  };
  const ready = await next();
  if (ready.kind !== "ready") throw new Error("the gateway says first that it is ready");
  const { url, ledgerUrl, startedAtMs } = ready;
  return {
    ...{ url, ledgerUrl, startedAtMs },
    async memory() {
      child.send("memory" satisfies ToGateway);
      const answer = await next();
      if (answer.kind !== "memory") throw new Error("the gateway was asked for its memory");
      return answer;
    },
    async close() {
      if (child.connected) child.send("close" satisfies ToGateway);
      const [code] = await exited;
      if (code !== 0) throw new Error(`the gateway ended with ${code}`);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
