export const pruning = {
  id: "0007_pruning",
  sql: `
create index idempotency_created on idempotency (created_at_ms);
`,
} as const;
