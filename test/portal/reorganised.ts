import type { Page } from "playwright-core";

interface Entry {
  readonly sequence: number;
  readonly type: string;
}

/**
 * The embedded ledger never reorganises, so the page is told that one did: what each list of events says of this type is
 * taken back and happens again.
 */
export async function pretendReorganisation(page: Page, type: string): Promise<void> {
  await page.route("**/v1/events?*", async (route) => {
    const answer = await route.fetch();
    const { items, next } = (await answer.json()) as { items: readonly Entry[]; next: number };
    const found = items.find((entry) => entry.type === type);
    const retraction = { ...found, sequence: next + 1, retracts: found?.sequence };
    const more = found ? [retraction, { ...found, sequence: next + 2 }] : [];
    await route.fulfill({ response: answer, json: { items: [...items, ...more], next: next + more.length } });
  });
}
