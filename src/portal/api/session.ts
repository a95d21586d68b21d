/** The API key lives in this tab's sessionStorage: it is gone when the tab is closed, and no other tab has it. */
const name = "hansa.apiKey";

export function readApiKey(): string | null {
  return sessionStorage.getItem(name);
}

export function keepApiKey(apiKey: string): void {
  sessionStorage.setItem(name, apiKey);
}

/** Forgets everything that the tab kept. */
export function forgetSession(): void {
  sessionStorage.clear();
}
