/** One message of a `text/event-stream`. `id` is the last id that was set, so it can be resumed from. */
export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

interface Fields {
  event: string;
  data: string[];
}

/**
 * Reads a `text/event-stream` piece by piece, as the HTML standard describes: lines end with CR, LF or both, also
 * where a piece ends between them; a line that begins with a colon is a comment; an empty line ends a message, and one
 * without data is none. `push` returns the messages that a piece has completed.
 */
export function createEventStreamParser(): { push(piece: string): StreamMessage[] } {
  let rest = "";
  let lastId = "";
  let skipLineFeed = false;
  let fields: Fields = { event: "", data: [] };

  function endMessage(): StreamMessage | undefined {
    const { event, data } = fields;
    fields = { event: "", data: [] };
    return data.length === 0 ? undefined : { id: lastId, event: event || "message", data: data.join("\n") };
  }

  function readField(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") fields.event = value;
    if (name === "data") fields.data.push(value);
    if (name === "id" && !value.includes("\0")) lastId = value;
  }

  function readLine(line: string): StreamMessage | undefined {
    if (line === "") return endMessage();
    readField(line);
    return undefined;
  }

  return {
    push(piece) {
      const text = skipLineFeed && piece.startsWith("\n") ? piece.slice(1) : piece;
      if (piece !== "") skipLineFeed = piece.endsWith("\r");
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? "";
      return lines.flatMap((line) => readLine(line) ?? []);
    },
  };
}
