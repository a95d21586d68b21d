/** Folders with many credits, whose rows are made in SQL after the pattern of one that was really issued. */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Caller, Endpoint } from "../../src/features/endpoint.ts";
import { encodeCursor } from "../../src/features/schemas.ts";
import { sealCursor } from "../../src/http/cursor.ts";
import type { TestBank } from "../fixtures/gateway.ts";
import { type Client, openClient } from "./client.ts";
import { type GatewayProcess, startGateway } from "./gatewayProcess.ts";
import { copyPrepared, prepareFolder, withStore } from "./preparedFolder.ts";

const rowsPerCommit = 20_000;

/** Id of the nth generated credit, from 1 on. */
export function creditIdOf(nth: number): string {
  return `0x${createHash("sha256").update(String(nth)).digest("hex")}`;
}

/** Begins the bank's list after a credit. As the API seals its cursors. */
export function cursorAfter({ organisationId }: TestBank, creditId: string): string {
  const body = { nextCursor: encodeCursor(creditId) };
  const sealed = sealCursor(body, { operationId: "listCredits" } as Endpoint, { organisationId } as Caller);
  return (sealed as typeof body).nextCursor;
}

/** A copy of the prepared folder with so many credits of the bank more. */
export async function copyWithCredits(credits: number): Promise<string> {
  const { creditId } = await prepareFolder();
  const dataDir = await copyPrepared();
  await withStore(dataDir, async ({ db }) => {
    for (let from = 1; from <= credits; from += rowsPerCommit) {
      const to = Math.min(credits, from + rowsPerCommit - 1);
      // One message, outside the store's own transactions, which have a time limit.
      await sql
        .raw(
          `begin read write;
          insert into credits select (jsonb_populate_record(of, jsonb_build_object('id', ${idInSql}))).*
            from credits of, generate_series(${from}, ${to}) nth where of.id = '${creditId}';
          insert into credit_contents select (jsonb_populate_record(of, jsonb_build_object(
              'credit_id', ${idInSql}, 'reference', 'B' || nth))).*
            from credit_contents of, generate_series(${from}, ${to}) nth where of.credit_id = '${creditId}';
          commit`,
        )
        .execute(db);
    }
    await sql.raw("begin read write; analyze credits; analyze credit_contents; commit").execute(db);
  });
  return dataDir;
}

const idInSql = "'0x' || encode(sha256(convert_to(nth::text, 'utf8')), 'hex')";

export interface CreditGateway {
  readonly gateway: GatewayProcess;
  /** The issuing bank's maker. */
  readonly client: Client;
  close(): Promise<void>;
}

export async function openCreditGateway(dataDir: string, connections: number): Promise<CreditGateway> {
  const { bank } = await prepareFolder();
  const gateway = await startGateway({ dataDir });
  const client = openClient(gateway.url, bank.maker.token, connections);
  return {
    ...{ gateway, client },
    async close() {
      await client.close();
      await gateway.close();
    },
  };
}
