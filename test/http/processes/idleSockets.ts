/**
 * Opens many connections that say nothing, in a process of its own: client and server would share one process's limit
 * of open files otherwise. Says `open <count>` when they stand, and ends with its parent.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const [port = 0, wanted = 0] = process.argv.slice(2).map(Number);
const burst = 200;
const sockets: Socket[] = [];

while (sockets.length < wanted) {
  const opened = await Promise.all(
    Array.from({ length: Math.min(burst, wanted - sockets.length) }, async () => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.on("error", () => undefined);
      return socket;
    }),
  );
  sockets.push(...opened);
}
process.send?.(`open ${sockets.length}`);
process.once("disconnect", () => process.exit(0));
