import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { bodyOf } from "./client.ts";
import { makeIdempotencyKey } from "./idempotencyKey.ts";
import type { ProblemError } from "./problem.ts";
import type { Act } from "./types.ts";
import { useSession } from "./useSession.ts";

export type Decision = { readonly kind: "approve" } | { readonly kind: "reject"; readonly reason: string };

/** Long enough for the ledger to have decided in nearly every case. */
const prefer = "wait=20";

/**
 * A checker's decision about one act. The idempotency key is made for the decision, not for the click: when no answer
 * came, the same key goes out again, and what the first request did is answered and not done twice.
 */
export function useDecision(approvalId: string) {
  const { client } = useSession();
  const queries = useQueryClient();
  const open = useRef<{ readonly decision: string; readonly key: string } | null>(null);

  function keyFor(decision: Decision): string {
    const text = JSON.stringify(decision);
    if (open.current?.decision !== text) open.current = { decision: text, key: makeIdempotencyKey() };
    return open.current.key;
  }

  return useMutation<Act, ProblemError, Decision>({
    mutationFn(decision) {
      const header = { "idempotency-key": keyFor(decision), prefer };
      const path = { approvalId };
      return decision.kind === "approve"
        ? bodyOf(client.POST("/v1/approvals/{approvalId}/approve", { params: { header, path } }))
        : bodyOf(
            client.POST("/v1/approvals/{approvalId}/reject", {
              params: { header, path },
              body: { reason: decision.reason },
            }),
          );
    },
    onSettled(_act, problem) {
      if (problem?.status !== 0) open.current = null;
      void queries.invalidateQueries({ queryKey: ["approvals"] });
      void queries.invalidateQueries({ queryKey: ["approval"] });
    },
  });
}
