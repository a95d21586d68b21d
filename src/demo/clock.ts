import * as z from "zod";
import type { Stage } from "./stage.ts";

const Presentation = z.looseObject({
  examinations: z.array(
    z.looseObject({
      bank: z.looseObject({ participantId: z.int() }),
      decideBy: z.nullable(z.string()),
      deadline: z.nullable(z.string()),
    }),
  ),
});

/** Tells until when a bank has to decide. */
export async function tellClock(
  stage: Stage,
  who: "confirmer" | "issuer",
  at: { presentationId: string; bank: number },
): Promise<void> {
  const view = Presentation.parse(await stage.get(who, `/v1/presentations/${at.presentationId}`));
  const own = view.examinations.find(({ bank }) => bank.participantId === at.bank);
  stage.say(`    its clock runs: decide by ${own?.decideBy ?? "?"}, precluded from ${own?.deadline ?? "?"} (U28, U42)`);
}
