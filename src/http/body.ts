import type { IncomingMessage } from "node:http";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";

/** The client went away while it was sending; nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

const jsonMediaType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** How many times the allowed size is read and thrown away, so that a sender of a little too much sees its 413. */
const discardFactor = 8;

/** Whether a body follows the header of this request. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/**
 * Reads a JSON body whole, as the bytes that came. Errors: `request.unsupported_media_type` for anything but
 * uncompressed `application/json` in UTF-8, `request.too_large` above `bytesMax`.
 */
export async function readJsonBody(request: IncomingMessage, bytesMax: number = limits.bodyBytes): Promise<Uint8Array> {
  if (!hasBody(request)) return new Uint8Array();
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (!jsonMediaType.test(request.headers["content-type"] ?? "") || encoding.toLowerCase() !== "identity") {
    throw new AppError("request.unsupported_media_type");
  }
  return await collect(request, bytesMax);
}

function collect(request: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError("request.too_large", { bytesMax });
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let total = 0;
    if (Number(request.headers["content-length"] ?? 0) > bytesMax) reject(tooLarge());
    request.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      reject(tooLarge());
      // Answering while the client still sends, then closing, would lose the answer: read on a little, then cut.
      if (total > bytesMax * discardFactor) request.destroy();
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", () => reject(new ClientGone()));
    request.once("close", () => reject(new ClientGone()));
  });
}
