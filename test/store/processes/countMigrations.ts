import type { Migration } from "../../../src/store/migrate.ts";

export const countMigrations: readonly Migration[] = [
  { id: "0001_counted", sql: "create table counted (n bigint primary key, filling text)" },
];
