import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection that a test writes to as no well-behaved client does. */
export interface RawSocket {
  readonly socket: Socket;
  /** Resolves with everything that came, when the server has closed the connection. */
  readonly closed: Promise<string>;
  write(text: string): void;
  /** Resolves when so many replies have begun. */
  replies(count: number): Promise<string>;
}

export async function openRawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, "127.0.0.1");
  // A connection that the server cuts is what many of these tests are about.
  socket.on("error", () => undefined);
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("utf8");
  });
  const closed = once(socket, "close").then(() => text);
  await once(socket, "connect");
  return {
    socket,
    closed,
    write: (bytes) => void socket.write(bytes),
    async replies(count) {
      while (statusesOf(text).length < count) await once(socket, "data");
      return text;
    },
  };
}

/** Status codes of the replies in what a connection gave, in order. */
export function statusesOf(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** Codes of the problems in it. */
export function codesOf(text: string): readonly string[] {
  return [...text.matchAll(/"code":"([a-z_.]+)"/g)].map(([, code]) => code ?? "");
}

/** A request as text, with credentials. */
export function requestText(
  method: string,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: string; headers?: Readonly<Record<string, string>> } = {},
): string {
  const fields = {
    Host: "gateway",
    Authorization: "Bearer maker-key",
    ...(key !== undefined && { "Idempotency-Key": key }),
    ...(body !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
    }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}
