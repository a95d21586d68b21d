import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Code } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";
import { problemMediaType, problemOf, sendProblem } from "./problem.ts";
import { requestState } from "./requestState.ts";

interface Connection {
  /** Exchanges under way; a client that pipelines has several. */
  readonly open: Set<ServerResponse<IncomingMessage>>;
  isFailing: boolean;
}

export interface ConnectionGuard {
  /** Closes every connection without an exchange under way, and from now on each when its last one ends. */
  closeIdle(): void;
}

/**
 * Watches over a server's connections: bounds their number, and answers what is no request with a problem.
 *
 * When there is one too many, the connection that has been idle longest makes room, so that any number of idle ones
 * keeps nobody out; where all are busy the newest is closed.
 */
export function guardConnections(
  server: Server,
  { connectionsMax }: { readonly connectionsMax: number },
): ConnectionGuard {
  let isClosing = false;
  // In the order in which they became idle.
  const idle = new Set<Socket>();
  const connections = new Map<Socket, Connection>();

  server.on("connection", (socket: Socket) => {
    connections.set(socket, { open: new Set(), isFailing: false });
    idle.add(socket);
    socket.once("close", () => {
      connections.delete(socket);
      idle.delete(socket);
    });
    if (connections.size > connectionsMax) idle.values().next().value?.destroy();
  });

  server.on("request", (request: IncomingMessage, response: ServerResponse<IncomingMessage>) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (!connection) return;
    connection.open.add(response);
    idle.delete(socket);
    response.once("close", () => {
      connection.open.delete(response);
      if (connection.open.size > 0 || !connections.has(socket)) return;
      idle.add(socket);
      // When the last bytes of the reply have gone out.
      if (isClosing) socket.destroySoon();
    });
  });

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const connection = connections.get(socket);
    if (!connection || !socket.writable || gone.includes(error.code)) {
      socket.destroy();
      return;
    }
    if (connection.isFailing) return;
    connection.isFailing = true;
    socket.pause();
    void refuse(socket, connection, codeOf(error));
  });

  return {
    closeIdle() {
      isClosing = true;
      for (const socket of idle) socket.destroy();
    },
  };
}

/** The client went away, or said in the middle of its request that nothing more comes. */
const gone: readonly (string | undefined)[] = ["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"];

function codeOf({ code }: NodeJS.ErrnoException): Code {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "request.timeout";
  return code === "HPE_HEADER_OVERFLOW" ? "request.header_too_large" : "request.malformed_http";
}

/**
 * Requests that came whole before are answered first: their replies must not be taken for this one, nor this one for
 * theirs. Then whatever is broken gets its problem, and the connection ends.
 */
async function refuse(socket: Socket, { open }: Connection, code: Code): Promise<void> {
  const [broken] = [...open].filter(({ req }) => !req.complete);
  const whole = [...open].filter((response) => response !== broken);
  await Promise.all(whole.map((response) => new Promise((resolve) => response.once("close", resolve))));
  if (!socket.writable) return;
  if (broken?.headersSent) socket.destroySoon();
  else if (broken) {
    const state = requestState(broken);
    state.code = code;
    broken.setHeader("Connection", "close");
    broken.once("close", () => socket.destroySoon());
    sendProblem(broken, problemOf(new AppError(code), state.requestId));
  } else {
    socket.end(rawProblem(code), () => socket.destroySoon());
  }
}

/** A reply to what was no request, so that there is no response to write it with. */
function rawProblem(code: Code): string {
  const requestId = randomUUID();
  const problem = problemOf(new AppError(code), requestId);
  const body = JSON.stringify(problem);
  const headers = [
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Request-Id: ${requestId}`,
    "Connection: close",
  ];
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
}
