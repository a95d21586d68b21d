import { existsSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { browserAdvice, findBrowser } from "../../scripts/browser.ts";

/** Whatever a page waits for is there by then, or it never comes. */
const patienceMs = 20_000;

const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser of this machine, headless and with a profile of its own. @throws Error that says how to get one */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error(`The browser suite needs a browser: ${browserAdvice}.`);
  const built = path.join(import.meta.dirname, "..", "..", "dist", "portal", "index.html");
  if (!existsSync(built)) throw new Error("The portal is not built: npm run build.");
  return await chromium.launch({ executablePath, args: quietly });
}

export interface Visit {
  readonly page: Page;
  /** What went wrong in the page: scripts' errors, breaches of its policy, requests to other servers. */
  readonly faults: readonly string[];
  /** Addresses of the scripts and styles that were loaded. */
  readonly loaded: readonly string[];
}

/** A page at an address of the portal, watched for faults. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Amsterdam", ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  const loaded: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // A refused request is the browser's own line about a reply that the page shows in words.
    const isReply = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isReply) faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin)) faults.push(`asked ${request.url()}`);
    if (["script", "stylesheet", "font"].includes(request.resourceType())) loaded.push(request.url());
  });
  await page.goto(url);
  return { page, faults, loaded };
}

export async function signIn(page: Page, apiKey: string): Promise<void> {
  await page.getByLabel("API key").fill(apiKey);
  await page.getByRole("button", { name: "Sign in" }).click();
}
