export interface EndOptions {
  readonly ms: number;
  readonly exitCode: number;
  /** What did not end, for people. */
  readonly what: string;
  readonly complain: (line: string) => void;
  /** How the process ends. For tests. */
  readonly process?: Pick<NodeJS.Process, "exit">;
}

/**
 * Ends the process by force when it has not ended by itself in time. A gateway that lost its ledger must end whatever
 * hangs, for what starts it again waits for that. Nothing that was acknowledged is lost: the next start takes it up as
 * after a power cut.
 * @returns ends the watch
 */
export function endWithin({ ms, exitCode, what, complain, process: owner = process }: EndOptions): () => void {
  const timer = setTimeout(() => {
    // Kinds of what is open, such as `TCPSocketWrap`: where to look for the cause.
    const open = [...new Set(process.getActiveResourcesInfo())].join(", ");
    complain(
      `${what} did not end within ${ms / 1000} seconds: ended by force. What was acknowledged is kept. Open: ${open}`,
    );
    owner.exit(exitCode);
  }, ms);
  // Nothing left to do ends the process before.
  timer.unref();
  return () => clearTimeout(timer);
}
