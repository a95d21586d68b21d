import * as z from "zod";
import { type Api, ApiProblem } from "./client.ts";
import { type PartyName, parties } from "./parties.ts";
import { type Plan, rfc3339, timeOf } from "./plan.ts";

const Act = z.looseObject({
  orderId: z.string(),
  subject: z.string(),
  status: z.string(),
  transaction: z.nullable(z.looseObject({ status: z.string(), hash: z.nullable(z.string()) })),
});
export type Act = z.infer<typeof Act>;

type Role = "maker" | "checker" | "admin";
export type Actor = PartyName | "operator";

/** One act of the story, as it is told. */
export interface Step {
  /** Stable name: the idempotency key. */
  readonly key: string;
  readonly who: Actor;
  /** In words: "issues the credit". */
  readonly what: string;
  /** Rule that the act follows, such as U13. */
  readonly rule?: string;
  readonly amount?: string;
  /** The status that it leads to. */
  readonly becomes?: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Where the story is played: sends the acts, has them approved, and tells them line by line. */
export interface Stage {
  readonly plan: Plan;
  readonly api: Api;
  say(line: string): void;
  token(who: Actor, role?: Role): string;
  setToken(who: Actor, role: Role, token: string): void;
  /** Moves business time to this day and hour of the story, unless it is later already. */
  moveTo(day: number, hour: number): Promise<void>;
  moveToInstant(seconds: number): Promise<void>;
  /** An act on the ledger: proposed, approved by the second person where needed, mined. */
  act(step: Step): Promise<Act>;
  /** A request that is no act on the ledger. */
  post(step: Step): Promise<Record<string, unknown>>;
  get(who: Actor, path: string): Promise<unknown>;
}

export function createStage(options: {
  api: Api;
  plan: Plan;
  say: (line: string) => void;
  operatorTokens: Readonly<Record<Role, string>>;
}): Stage {
  const { api, plan, say } = options;
  const tokens = new Map<string, string>(
    Object.entries(options.operatorTokens).map(([role, token]) => [`operator.${role}`, token]),
  );
  let nowSeconds = plan.genesisSeconds;

  function token(who: Actor, role: Role = "maker"): string {
    const found = tokens.get(`${who}.${role}`);
    if (!found) throw new Error(`invariant: ${who} has no ${role}`);
    return found;
  }

  function tell(step: Step, detail: { hash?: string | null; status: string }): void {
    const name = step.who === "operator" ? "Operator" : parties[step.who].name;
    const parts = [
      step.what,
      step.amount,
      step.rule,
      detail.hash ? `tx ${detail.hash.slice(0, 10)}…` : undefined,
      `→ ${step.becomes ?? detail.status}`,
    ];
    const time = rfc3339(nowSeconds).slice(0, 16).replace("T", " ");
    say(`${time}  ${name.padEnd(37)} ${parts.filter((part) => part !== undefined).join(" · ")}`);
  }

  async function send(step: Step): Promise<unknown> {
    const { body } = await api({
      token: token(step.who),
      method: "POST",
      path: step.path,
      key: step.key,
      ...(step.body !== undefined && { body: step.body }),
    });
    return body;
  }

  async function moveToInstant(seconds: number): Promise<void> {
    const request = { token: token("operator"), method: "POST", path: "/v1/sandbox/clock" } as const;
    try {
      await api({ ...request, key: `clock.${seconds}`, body: { to: rfc3339(seconds) } });
    } catch (error) {
      // After a restart the clock stands where it was or later: that is the same story, further on.
      if (!(error instanceof ApiProblem && error.code === "clock.backwards")) throw error;
    }
    nowSeconds = Math.max(nowSeconds, seconds);
  }

  return {
    plan,
    api,
    say,
    token,
    setToken: (who, role, value) => tokens.set(`${who}.${role}`, value),
    moveToInstant,
    moveTo: (day, hour) => moveToInstant(timeOf(plan, day, hour)),
    async act(step) {
      let act = Act.parse(await send(step));
      if (act.status === "awaiting_approval") {
        const path = `/v1/approvals/${act.orderId}/approve`;
        const key = `${step.key}.approve`;
        act = Act.parse((await api({ token: token(step.who, "checker"), method: "POST", path, key })).body);
      }
      const status = act.transaction?.status ?? act.status;
      if (status !== "mined" && status !== "final") throw new Error(`${step.key}: the act is ${status}, not mined`);
      tell(step, { hash: act.transaction?.hash ?? null, status });
      return act;
    },
    async post(step) {
      const body = z.record(z.string(), z.unknown()).parse(await send(step));
      tell(step, { status: "done" });
      return body;
    },
    async get(who, path) {
      return (await api({ token: token(who), method: "GET", path })).body;
    },
  };
}
