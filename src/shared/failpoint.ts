/**
 * A named place between two side effects. Armed with `<name>` (or `<name>:<n>` for the n-th passage), a process is
 * killed there as a power cut would, so that the crash tests stop it at exactly that instant. The configuration
 * refuses it in production.
 */
export const failpoints = [
  "intent.committed",
  "intent.claimed",
  "transaction.signed",
  "transaction.accepted",
  "transaction.recorded",
  "replacement.signed",
  "ledger.journalled",
  "ledger.executed",
  "ledger.recorded",
  "index.read",
  "index.committed",
  "reorganisation.committed",
  "reindex.committed",
] as const;
export type Failpoint = (typeof failpoints)[number];

const setting = new RegExp(`^(${failpoints.join("|").replaceAll(".", "\\.")})(:[1-9]\\d{0,5})?$`);

export function isFailpointSetting(text: string): boolean {
  return setting.test(text);
}

let armed: { name: string; left: number; victim: number } | undefined;

/** Arms one place of this process, or none. `victim` is the process to kill there: this one, or its other half. */
export function armFailpoint(text: string | undefined, victim: number = process.pid): void {
  const [name = "", count = "1"] = text?.split(":") ?? [];
  armed = name === "" ? undefined : { name, left: Number(count), victim };
}

export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left > 0) return;
  const { victim } = armed;
  // Once only: this process may live on, and by the next passage the victim's id may be another's.
  armed = undefined;
  process.kill(victim, "SIGKILL");
}
