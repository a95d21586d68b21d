import * as z from "zod";
import { limits } from "../../shared/limits.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";

const { actsPerBatch, idempotencyKeyMax, idempotencyKeyMin } = limits;

const BatchedAct = z.strictObject({
  /** Address of an act of this API, such as `/v1/escrows/{id}/agree` with the id in its place. No query. */
  path: z.string().min(1).max(500),
  /** The body that the act takes by itself. */
  body: z.unknown().optional(),
  idempotencyKey: z
    .string()
    .min(idempotencyKeyMin)
    .max(idempotencyKeyMax)
    .regex(/^[\x20-\x7e]+$/, "printable ASCII characters"),
});

const Batch = z.strictObject({
  acts: z.array(BatchedAct).min(1).max(actsPerBatch),
  /** False: the ledger is not asked first whether it would accept each act; then its refusal is a reverted transaction. */
  simulate: z.boolean().default(true),
});

const BatchReply = z.strictObject({
  results: z.array(
    z.strictObject({
      status: z.int(),
      /** The reply that the act would have had by itself, or the problem. */
      body: z.record(z.string(), z.unknown()).nullable(),
      /** The act was done by an earlier request with this key. */
      replayed: z.boolean(),
    }),
  ),
});

export function createBatchEndpoints(): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag: "Transactions",
      method: "post",
      path: "/v1/batch",
      operationId: "batchActs",
      summary: `Up to ${actsPerBatch} acts in one request, each with its own key and its own result`,
      idempotency: "entries",
      bodyBytesMax: limits.batchBodyBytes,
      body: Batch,
      replies: { 200: BatchReply },
      handle: ({ body }) => Promise.resolve(body),
    }),
  ];
}
