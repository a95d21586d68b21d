import type { Code } from "../shared/errors/codes.ts";
import type { Facts } from "../shared/errors.ts";
import type { Durability } from "./durability.ts";
import type { DiskFaults } from "./durableFileSystem.ts";

export interface WorkerSettings {
  /** Absent: a database in memory, for tests. */
  readonly dataDir: string | undefined;
  readonly faults: DiskFaults | undefined;
  readonly durability: Durability;
}

export type ToWorker = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly syncs: number }
  | { readonly kind: "failed"; readonly code: Code; readonly facts: Facts; readonly detail: string }
  | { readonly kind: "closed" };
