/** A consumer of an organisation's event stream, as a customer would write one: it resumes after the last id it has. */
import { setTimeout as delay } from "node:timers/promises";
import type { Network } from "./desk.ts";

export interface Heard {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

export interface Listener {
  readonly heard: readonly Heard[];
  /** Times that the stream ended and was taken up again. */
  resumed(): number;
  stop(): Promise<void>;
}

const pauseMs = 60;

export function listen(network: Network, token: string): Listener {
  const heard: Heard[] = [];
  const stopping = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stopping.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
  });
  stopped.catch(() => undefined);
  let resumed = -1;

  async function follow(): Promise<void> {
    const url = await Promise.race([network.url(), stopped]);
    const last = heard.at(-1)?.id;
    resumed += 1;
    const reply = await fetch(`${url}/v1/events/stream`, {
      headers: { authorization: `Bearer ${token}`, ...(last !== undefined && { "last-event-id": String(last) }) },
      signal: stopping.signal,
    });
    let rest = "";
    for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += chunk;
      const frames = rest.split("\n\n");
      // The last one is not whole yet; a cut in the middle of it leaves it unheard.
      rest = frames.pop() ?? "";
      for (const frame of frames) take(frame);
    }
  }

  function take(frame: string): void {
    const fields = new Map(
      frame.split("\n").map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
      }),
    );
    const [id, event, data] = [fields.get("id"), fields.get("event"), fields.get("data")];
    if (id !== undefined && event !== undefined && data !== undefined) heard.push({ id: Number(id), event, data });
  }

  const ended = (async () => {
    while (!stopping.signal.aborted) {
      await follow().catch(() => undefined);
      await delay(pauseMs);
    }
  })();

  return {
    heard,
    resumed: () => Math.max(0, resumed),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
