/** What a process did to the files under one folder. `id` is a file, whatever it is called; names are relative paths. */
export type DiskOperation =
  /** A file that was there before, when it is first spoken of. */
  | { readonly kind: "known"; readonly name: string; readonly id: number }
  | { readonly kind: "create"; readonly name: string; readonly id: number }
  | { readonly kind: "folder"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "write"; readonly id: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly id: number; readonly size: number }
  | { readonly kind: "sync"; readonly id: number }
  | { readonly kind: "syncFolder"; readonly name: string };

/** Operations as bytes: a line of JSON, and behind a write its bytes. */
export function encodeOperation(operation: DiskOperation): Uint8Array {
  if (operation.kind !== "write") return Buffer.from(`${JSON.stringify(operation)}\n`);
  const { bytes, ...rest } = operation;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...rest, length: bytes.length })}\n`), bytes]);
}

export function decodeOperations(trace: Buffer): readonly DiskOperation[] {
  const operations: DiskOperation[] = [];
  let start = 0;
  while (start < trace.length) {
    const end = trace.indexOf(0x0a, start);
    const parsed = JSON.parse(trace.toString("utf8", start, end)) as DiskOperation & { length?: number };
    start = end + 1;
    if (parsed.kind === "write") {
      const { kind, id, position, length = 0 } = parsed;
      operations.push({ kind, id, position, bytes: trace.subarray(start, start + length) });
      start += length;
    } else operations.push(parsed);
  }
  return operations;
}
