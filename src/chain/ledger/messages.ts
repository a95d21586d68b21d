import * as z from "zod";

/** What parent and child say to each other over the IPC channel. The clock moves here and nowhere else. */
export const toChildSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("moveClock"), id: z.number(), businessSeconds: z.number().int() }),
  z.strictObject({ type: z.literal("stop") }),
]);

const factsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]),
);

export const toParentSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("progress"),
    progress: z.strictObject({ blocks: z.number(), readBytes: z.number(), sizeBytes: z.number() }),
  }),
  z.strictObject({ type: z.literal("ready"), url: z.string(), offsetSeconds: z.number() }),
  z.strictObject({ type: z.literal("failed"), code: z.string(), facts: factsSchema }),
  z.strictObject({ type: z.literal("moved"), id: z.number(), offsetSeconds: z.number() }),
  z.strictObject({ type: z.literal("refused"), id: z.number(), code: z.string(), facts: factsSchema }),
  z.strictObject({
    type: z.literal("log"),
    level: z.enum(["debug", "info", "warn", "error"]),
    facts: z.record(z.string(), z.unknown()),
    message: z.string(),
  }),
]);

export type ToChild = z.infer<typeof toChildSchema>;
export type ToParent = z.infer<typeof toParentSchema>;
