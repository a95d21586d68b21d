/** Rejections that nobody handled while some work was done: any of them would end a gateway. */
export async function unhandledDuring(work: () => Promise<void>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const note = (reason: unknown) => void found.push(reason);
  process.on("unhandledRejection", note);
  try {
    await work();
    await turns();
  } finally {
    process.off("unhandledRejection", note);
  }
  return found;
}

/** Long enough for a rejection to be noticed. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
