// @ts-check
/**
 * Loaded into every task before its own code: when the launcher dies, even by SIGKILL, the task is asked to stop
 * as by SIGTERM. The channel is not counted as work, so a task that is done still ends by itself. Children of the
 * task load this file too and are left alone: their parent is not the launcher.
 */
if (process.channel && String(process.ppid) === process.env.HANSA_LAUNCHER) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
