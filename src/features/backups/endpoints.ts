import * as z from "zod";
import { recordAudit } from "../../store/audit.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";

const tag = "Backups";

const Listed = z.strictObject({
  /** Relative to the data folder. */
  file: z.string(),
  bytes: z.int(),
  completedAt: z.iso.datetime(),
});
const Made = Listed.extend({
  sha256: z.string(),
  rows: z.int(),
  /** Last block of the embedded ledger in it; null where the ledger is elsewhere. */
  lastBlock: z.int().nullable(),
  seconds: z.number(),
});

/** Makes backups of this process and knows those that are there. */
export interface BackupDesk {
  /** @throws AppError `backup.under_way`, `store.disk_full`, `store.unavailable`, `ledger.journal_corrupt` */
  take(): Promise<z.infer<typeof Made>>;
  list(): Promise<readonly z.infer<typeof Listed>[]>;
}

/**
 * A backup of the embedded store is made by the process that owns it. The reply comes when the file is complete; a
 * client that does not wait for it finds the backup in the list. The same key again gives the same reply.
 */
export function createBackupEndpoints({ context }: GatewayContext, desk: BackupDesk): readonly Endpoint[] {
  const access = { tag, roles: ["admin"], organisationRoles: ["operator"] } as const;
  return [
    defineEndpoint({
      ...access,
      method: "post",
      path: "/v1/backups",
      operationId: "makeBackup",
      summary: "Back this gateway up to one file in its data folder",
      replies: { 201: Made },
      errors: ["backup.under_way", "store.disk_full", "ledger.journal_corrupt"],
      async handle({ caller: { organisationId, userId } }) {
        const made = await desk.take();
        return {
          async commit(tx) {
            const entry = { action: "backup.made", subject: made.sha256, atMs: context.clock.wallMs() };
            await recordAudit(tx, { ...entry, organisationId, userId });
            return { status: 201, body: made };
          },
        };
      },
    }),
    defineEndpoint({
      ...access,
      method: "get",
      path: "/v1/backups",
      operationId: "listBackups",
      summary: "Backups in the data folder, the last one first",
      replies: { 200: z.strictObject({ items: z.array(Listed) }) },
      handle: async () => ({ status: 200, body: { items: await desk.list() } }),
    }),
  ];
}
