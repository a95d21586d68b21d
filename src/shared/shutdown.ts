/** Things to close, in reverse order of opening. Closing twice is harmless. */
export interface Shutdown {
  readonly signal: AbortSignal;
  add(name: string, close: () => Promise<void> | void): void;
  /** Closes everything; a failing closer does not keep the others from closing. Returns the names that failed. */
  close(): Promise<readonly string[]>;
}

export function createShutdown(): Shutdown {
  const controller = new AbortController();
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<readonly string[]> | undefined;

  async function closeAll(): Promise<readonly string[]> {
    controller.abort();
    const failed: string[] = [];
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch {
        failed.push(name);
      }
    }
    return failed;
  }

  return {
    signal: controller.signal,
    add(name, close) {
      closers.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
