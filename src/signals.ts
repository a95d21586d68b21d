import os from "node:os";
import { endWithin } from "./endWithin.ts";

const stopSignals = ["SIGINT", "SIGTERM"] as const;
export type StopSignal = (typeof stopSignals)[number];

/** What the process ends with when it was told to stop and did not manage in time. */
export const deadlineExitCode = 3;

/** Above the grace for running requests and one worker's step, below the 30 s after which orchestrators kill. */
export const deadlineMs = 25_000;

export interface Signals {
  /** Aborts at the first signal: whatever starts or runs then comes to its end. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly received: Promise<StopSignal>;
  /** Lets Node end the process at a signal again. */
  remove(): void;
}

export interface SignalOptions {
  /** Time for a stop in good order. */
  readonly deadlineMs?: number;
  /** For people: why the process ends otherwise than asked. */
  readonly complain: (line: string) => void;
  /** Where signals come from, and how the process ends. For tests. */
  readonly process?: Pick<NodeJS.Process, "on" | "off" | "exit">;
}

/**
 * The first SIGINT or SIGTERM asks for a stop in good order. A second one ends the process at once, as a signal
 * would (130 or 143), and so does the deadline, with `deadlineExitCode`. Neither loses what was acknowledged: the
 * next start takes it up as after a power cut.
 */
export function listenForSignals(options: SignalOptions): Signals {
  const { deadlineMs: ms = deadlineMs, complain, process: owner = process } = options;
  const controller = new AbortController();
  const { promise: received, resolve } = Promise.withResolvers<StopSignal>();
  let endWatch = (): void => {};

  function onSignal(name: StopSignal): void {
    if (controller.signal.aborted) {
      complain("Ended at once by a second signal. What was acknowledged is kept.");
      owner.exit(128 + os.constants.signals[name]);
      return;
    }
    endWatch = endWithin({ ms, exitCode: deadlineExitCode, what: "The stop", complain, process: owner });
    controller.abort();
    resolve(name);
  }

  for (const name of stopSignals) owner.on(name, onSignal);
  return {
    signal: controller.signal,
    received,
    remove() {
      endWatch();
      for (const name of stopSignals) owner.off(name, onSignal);
    },
  };
}
