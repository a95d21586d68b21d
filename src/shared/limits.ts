/** Bounds on everything that grows. One place, so that none is forgotten. */
export const limits = {
  bodyBytes: 1_048_576,
  jsonDepth: 32,
  pageSizeDefault: 50,
  pageSizeMax: 200,
  /** A batch has its own bound, or five hundred acts would have 2 kB each. */
  batchBodyBytes: 4_194_304,
  actsPerBatch: 500,
  /** Acts of a batch, or of requests that came together, that are stored in one commit. */
  actsPerCommit: 50,
  /** Transactions on their way to a block. */
  queue: { perOrganisation: 5_000, overall: 20_000, retryAfterSeconds: 5 },
  /** What one user may have under way at the same time. */
  requestsPerUser: 128,
  streamsPerUser: 16,
  connections: 12_000,
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
