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

const rowsPerCommit = 50_000;

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

/** Every so many credits one is the arbiter's, who buys too: a party that stands in few of them. */
export const rareEvery = 1_000;

/** A copy of the prepared folder with so many credits of the bank more. */
export async function copyWithCredits(credits: number): Promise<string> {
  const { creditId, arbiter } = await prepareFolder();
  const dataDir = await copyPrepared();
  const applicant = `case when nth % ${rareEvery} = 0 then ${arbiter.id} else of.applicant end`;
  const changed = `jsonb_build_object('id', ${idInSql}, 'applicant', ${applicant})`;
  const named = `jsonb_build_object('credit_id', ${idInSql}, 'reference', 'B' || nth)`;
  await withStore(dataDir, async ({ db }) => {
    // Messages of several statements each, outside the store's own transactions, which have a time limit.
    const run = (statements: string) => sql.raw(`begin read write; ${statements}; commit`).execute(db);
    const { rows: indexes } = await sql<{ name: string; definition: string }>`
      select indexname as name, indexdef as definition from pg_indexes
      where tablename = 'credits' and indexname <> 'credits_pkey'`.execute(db);
    for (const { name } of indexes) await run(`drop index ${name}`);
    for (let from = 1; from <= credits; from += rowsPerCommit) {
      const numbers = `generate_series(${from}, ${Math.min(credits, from + rowsPerCommit - 1)}) nth`;
      await run(`
        insert into credits select (jsonb_populate_record(of, ${changed})).*
          from credits of, ${numbers} where of.id = '${creditId}';
        insert into credit_contents select (jsonb_populate_record(of, ${named})).*
          from credit_contents of, ${numbers} where of.credit_id = '${creditId}'`);
    }
    for (const { definition } of indexes) await run(definition);
    await run("analyze credits; analyze credit_contents");
    await sql.raw("checkpoint").execute(db);
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
