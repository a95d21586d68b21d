import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./processes/bareServer.ts", import.meta.url));

/** `processes/bareServer.ts` on the store in a folder that nobody else has open. */
export async function startBareServer(storeDir: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = fork(program, [storeDir], {
    execArgv: ["--import", import.meta.resolve("tsx")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const [url] = await Promise.race([
    once(child, "message"),
    exited.then(([code]) => {
      throw new Error(`the bare server ended: ${code}`);
    }),
  ]);
  return {
    url: String(url),
    async close() {
      if (child.connected) child.send("close");
      await exited;
    },
  };
}
