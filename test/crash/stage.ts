/** What a client of the traffic can do: acts of parties, seen through to their end, and the model of what they change. */
import { setTimeout as delay } from "node:timers/promises";
import type { Draw } from "../images/draw.ts";
import type { Cast, PartyName, Role } from "./cast.ts";
import type { Answer, Desk, Request } from "./desk.ts";
import type { Model } from "./model.ts";

export interface ActBody {
  readonly orderId: string;
  readonly subject: string;
  readonly status: string;
  readonly transaction: { readonly id: string; readonly status: string; readonly error: string | null } | null;
}

export interface Step {
  /** Short; the round makes it unique. */
  readonly name: string;
  readonly who: PartyName;
  readonly path: string;
  readonly body?: unknown;
}

/** What becomes of a proposal that awaits a second person. */
export type Second = "approve" | "reject" | "withdraw";

export interface Stage {
  readonly draw: Draw;
  readonly cast: Cast;
  readonly model: Model;
  /** Sends an act and has it executed. The body is that of the first answer. */
  act(step: Step, second?: Second): Promise<ActBody>;
  /** Acts of one party in one request, each executed when this resolves. */
  batch(steps: readonly Step[]): Promise<void>;
  /** A request that is no act on the ledger. */
  post(step: Step): Promise<Readonly<Record<string, unknown>>>;
  /** A request that must be refused with this code and change nothing. */
  refused(step: Step, code: string): Promise<void>;
  read(who: PartyName, target: string): Promise<unknown>;
}

const pollMs = 40;
const ended: ReadonlySet<string> = new Set(["final", "reverted", "cancelled", "replaced", "dead"]);

export function createStage(options: {
  readonly desk: Desk;
  readonly cast: Cast;
  readonly model: Model;
  readonly draw: Draw;
  /** Of the client; goes into every key. */
  readonly prefix: string;
}): Stage {
  const { desk, cast, model, draw, prefix } = options;
  let steps = 0;

  function tokenOf(who: PartyName, role: Role = "maker"): string {
    const token = cast[who].tokens[role];
    if (!token) throw new Error(`${who} has no ${role}`);
    return token;
  }

  function requestOf({ name, who, path, body }: Step): Request {
    steps += 1;
    return { key: `${prefix}.${steps}.${name}`, token: tokenOf(who), path, ...(body !== undefined && { body }) };
  }

  /** Now and then twice at once, now and then once more afterwards, with and without the wish to wait. */
  async function send(request: Request): Promise<Answer> {
    const wait = () => (draw.chance(1, 2) ? 1 + draw(15) : undefined);
    const manner = draw(10);
    if (manner === 0) {
      const [first] = await Promise.all([desk.send(request, wait()), desk.send(request, wait())]);
      return first;
    }
    const first = await desk.send(request, wait());
    if (manner === 1) await desk.send(request, wait());
    return first;
  }

  async function succeed(request: Request, answer?: Answer): Promise<ActBody> {
    const { status, text } = answer ?? (await send(request));
    if (status < 200 || status > 299) throw new Error(`${request.key} ${request.path}: ${status} ${text}`);
    return JSON.parse(text) as ActBody;
  }

  /** A second person decides, and the ledger executes what was approved. */
  async function seeThrough(who: PartyName, first: ActBody, second: Second = "approve"): Promise<void> {
    let act = first;
    if (act.status === "awaiting_approval") {
      const path = `/v1/approvals/${act.orderId}/${second}`;
      const step = { name: second, who, path, ...(second !== "approve" && { body: { reason: "Changed its mind" } }) };
      const request = { ...requestOf(step), token: tokenOf(who, second === "withdraw" ? "maker" : "checker") };
      act = await succeed(request);
    }
    model.orders.set(first.orderId, { status: act.status, transactionId: act.transaction?.id ?? null });
    if (act.transaction) await executed(who, act.transaction.id);
  }

  async function executed(who: PartyName, id: string): Promise<void> {
    for (;;) {
      const now = (await desk.read(tokenOf(who), `/v1/transactions/${id}`)) as { status: string; error: string | null };
      if (now.status === "final") return;
      if (ended.has(now.status)) throw new Error(`transaction ${id} is ${now.status} (${now.error})`);
      await delay(pollMs);
    }
  }

  return {
    draw,
    cast,
    model,
    async act(step, second) {
      const first = await succeed(requestOf(step));
      await seeThrough(step.who, first, second);
      return first;
    },
    async batch(steps) {
      const requests = steps.map(requestOf);
      const answers = await desk.batch(requests);
      await Promise.all(
        steps.map(async ({ who }, index) => {
          const request = requests[index];
          const answer = answers[index];
          if (request && answer) await seeThrough(who, await succeed(request, answer));
        }),
      );
    },
    async post(step) {
      return (await succeed(requestOf(step))) as unknown as Readonly<Record<string, unknown>>;
    },
    async refused(step, code) {
      const { status, text } = await desk.send(requestOf(step));
      const found = status >= 400 ? (JSON.parse(text) as { code: string }).code : `success ${status}`;
      if (found !== code) throw new Error(`${step.name} should be refused as ${code}: ${found}`);
    },
    read: (who, target) => desk.read(tokenOf(who), target),
  };
}
