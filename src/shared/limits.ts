/** Bounds on everything that grows. One place, so that none is forgotten. */
export const limits = {
  bodyBytes: 1_048_576,
  jsonDepth: 32,
  pageSizeDefault: 50,
  pageSizeMax: 200,
  idempotencyKeyMin: 8,
  idempotencyKeyMax: 128,
  transactionMs: 2_000,
  waitSecondsMax: 30,
  documentBytes: 700_000,
  documentsPerPresentation: 32,
  discrepanciesPerNotice: 64,
  milestonesPerEscrow: 16,
  orderValiditySeconds: 7 * 86_400,
} as const;
