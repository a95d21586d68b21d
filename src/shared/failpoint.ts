/**
 * A named place between two side effects. With `HANSA_FAILPOINT=<name>` in the environment the process
 * kills itself there, as a power cut would, so that the crash tests can stop it at exactly that instant.
 * `HANSA_FAILPOINT=<name>:<n>` kills at the n-th passage. Refused in production by the configuration.
 */
export type Failpoint =
  | "intent.committed"
  | "transaction.signed"
  | "transaction.accepted"
  | "ledger.journalled"
  | "ledger.executed"
  | "index.committed";

let armed: { name: string; left: number } | undefined;

export function armFailpoint(setting: string | undefined): void {
  if (!setting) {
    armed = undefined;
    return;
  }
  const [name = "", count = "1"] = setting.split(":");
  armed = { name, left: Number(count) };
}

export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left <= 0) process.kill(process.pid, "SIGKILL");
}
