/** Commits the next rows after those in the store of argv[2] and prints each number once its commit is acknowledged. */
import { sql } from "kysely";
import { silentLogger } from "../../../src/shared/context.ts";
import { openStore } from "../../../src/store/store.ts";
import { countMigrations } from "./countMigrations.ts";

const store = await openStore({
  context: { logger: silentLogger },
  dataDir: process.argv[2] ?? "",
  migrations: countMigrations,
});
const { rows } = await sql<{ last: number | null }>`select max(n) as last from counted`.execute(store.db);
for (let n = (rows[0]?.last ?? 0) + 1; ; n += 1) {
  await store.transaction((tx) => sql`insert into counted (n) values (${n})`.execute(tx));
  process.stdout.write(`${n}\n`);
}
