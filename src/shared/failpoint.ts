/**
 * A named place between two side effects. Armed with `<name>` (or `<name>:<n>` for the n-th passage), the process
 * kills itself there as a power cut would, so that the crash tests stop it at exactly that instant. The configuration
 * refuses it in production.
 */
export const failpoints = [
  "intent.committed",
  "transaction.signed",
  "transaction.accepted",
  "ledger.journalled",
  "ledger.executed",
  "index.committed",
] as const;
export type Failpoint = (typeof failpoints)[number];

const setting = new RegExp(`^(${failpoints.join("|").replaceAll(".", "\\.")})(:[1-9]\\d{0,5})?$`);

export function isFailpointSetting(text: string): boolean {
  return setting.test(text);
}

let armed: { name: string; left: number } | undefined;

/** Arms one place of this process, or none. */
export function armFailpoint(text: string | undefined): void {
  const [name = "", count = "1"] = text?.split(":") ?? [];
  armed = name === "" ? undefined : { name, left: Number(count) };
}

export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left <= 0) process.kill(process.pid, "SIGKILL");
}
