/** The portal in a real browser, beside the whole system: what a bank's people and a merchant see and do. */
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startSystem, type TestSystem } from "../fixtures/gateway.ts";
import { openBrowser, signIn, visit } from "./browser.ts";
import { pretendReorganisation } from "./reorganised.ts";
import { issueCredit, present, type Story, tellStory } from "./story.ts";

const startMs = 180_000;
const kilobyte = 1_024;

describe("The portal in a browser", function portal() {
  let browser: Browser;
  let system: TestSystem;
  let story: Story;
  let faults: readonly string[] = [];

  before(async function start() {
    this.timeout(startMs);
    browser = await openBrowser();
    system = await startSystem();
    story = await tellStory(system);
  });

  after(async () => {
    await browser?.close();
    await system?.close();
  });

  afterEach(() => {
    const seen = faults;
    faults = [];
    expect(seen, "faults in the page").to.deep.equal([]);
  });

  /** A page of the portal, signed in by its form. */
  async function open(apiKey: string, path = "/"): Promise<Page> {
    const visited = await visit(browser, system.url + path);
    faults = visited.faults;
    await signIn(visited.page, apiKey);
    await visited.page.getByRole("button", { name: "Sign out" }).waitFor();
    return visited.page;
  }

  const checkerOfIssuer = () => story.issuer.checker.token;
  const creditPath = () => `/app/credits/${story.creditId}`;

  it("refuses a wrong key with the problem's title and code, and keeps a right one in this tab only", async () => {
    const visited = await visit(browser, system.url);
    faults = visited.faults;
    const { page } = visited;
    await signIn(page, "hansa_0000000000000000_wrong");
    await page.getByRole("alert").getByText("access.unauthenticated").waitFor();

    await signIn(page, checkerOfIssuer());
    const banner = page.getByRole("banner");
    await banner.getByText("Bank of Nowhere").waitFor();
    await banner.getByText("A checker · checker").waitFor();
    expect(await page.evaluate(() => Object.values(localStorage).join())).not.to.contain("hansa_");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).to.equal(0);
    await page.context().close();
  });

  it("shows a merchant's credits and escrows with parties, amounts and statuses, filtered by the address", async () => {
    const page = await open(story.importer.maker.token);
    const credit = page.getByRole("row").filter({ hasText: "LC-2026-1" });
    await credit.getByText("EUR 250,000.00").waitFor();
    await credit.getByText("Exporter Ltd.").waitFor();
    await credit.getByText("Issued", { exact: true }).waitFor();
    await page.getByRole("row").filter({ hasText: "Bottling line" }).getByText("EUR 350.01").waitFor();

    await page.getByRole("navigation", { name: "Filter by status" }).getByRole("link", { name: "Funded" }).click();
    await page.waitForURL("**/?status=funded");
    await credit.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("link", { name: "Bottling line" }).waitFor();
    expect(await credit.count()).to.equal(0);
    await page.context().close();
  });

  it("shows where an escrow's money lies and what happened, in order", async () => {
    const page = await open(story.importer.maker.token, `/app/escrows/${story.escrowId}`);
    await page.getByRole("list", { name: "Where the money is" }).getByText("Locked EUR 350.01").waitFor();
    await page.getByText("Exporter Ltd. agreed to the terms").waitFor();
    const types = await page.locator("[data-event]").evaluateAll((entries) => {
      return entries.map((entry) => entry.getAttribute("data-event"));
    });
    expect(types).to.deep.equal(["escrow.proposed", "escrow.agreed", "escrow.funded"]);
    await page.context().close();
  });

  it("shows a credit's timeline with rules and deadlines, and hears of an event as it happens (U15)", async () => {
    const creditId = await issueCredit(system, story, "LC-LIVE");
    const page = await open(checkerOfIssuer(), `/app/credits/${creditId}`);
    await page.getByRole("heading", { name: "LC-LIVE" }).waitFor();
    await page.getByText("Bank of Nowhere issued the credit in favour of Exporter Ltd.").waitFor();
    await page.getByText("U02 art. 2, 3").waitFor();
    await page
      .getByText(/^\d+ days .*left$/)
      .first()
      .waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
    const advised = page.getByText("Adviser Bank advised the credit");
    expect(await page.locator("[data-event]").count()).to.equal(1);
    const announced = page.getByTestId("latest-event");
    expect(await announced.textContent(), "the past is not announced").to.equal("");

    await system.act(story.adviser, `/v1/credits/${creditId}/advise`);
    await page.getByRole("listitem").filter({ has: advised }).getByText("U15").first().waitFor();
    await page.getByText("Advised", { exact: true }).waitFor();
    expect(await announced.textContent()).to.equal("Adviser Bank advised the credit");
    await page.context().close();
  });

  it("strikes through what a reorganisation took back, says so in words, and shows the retraction plainly", async () => {
    const visited = await visit(browser, `${system.url}/app/escrows/${story.escrowId}`);
    faults = visited.faults;
    const { page } = visited;
    await pretendReorganisation(page, "escrow.funded");
    await signIn(page, story.importer.maker.token);
    const entries = page.locator('[data-event="escrow.funded"]');
    await entries.nth(2).waitFor();
    const [takenBack, retraction, again] = [entries.nth(0), entries.nth(1), entries.nth(2)];
    const struck = takenBack.locator("del .sentence");
    const said = (await struck.textContent()) ?? "";
    expect(await struck.evaluate((element) => getComputedStyle(element).textDecorationLine)).to.equal("line-through");
    expect(await takenBack.locator("del").textContent()).to.contain("350.01");
    await takenBack.getByText("Taken back: the ledger was reorganised, and this no longer holds.").waitFor();
    await retraction.getByText(`The ledger was reorganised and took back: ${said}`).waitFor();
    expect(await retraction.locator("del, .amount").count()).to.equal(0);
    expect(await again.locator(".sentence").textContent()).to.equal(said);
    expect(await again.locator("del").count()).to.equal(0);
    await page.context().close();
  });

  it("speaks Chinese: words, amounts and dates, also after a reload", async () => {
    const page = await open(checkerOfIssuer(), creditPath());
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("heading", { name: "时间线" }).waitFor();
    await page.getByText("Bank of Nowhere 开立信用证，受益人 Exporter Ltd.").waitFor();
    await page.getByText("2026年5月29日").first().waitFor();
    expect(await page.locator("html").getAttribute("lang")).to.equal("zh-CN");
    await page.reload();
    await page.getByRole("heading", { name: "时间线" }).waitFor();
    await page.context().close();
  });

  it("tells a bank which documents to examine and how long it has, and lets its checker honour (U28, U38)", async () => {
    const creditId = await issueCredit(system, story, "LC-EXAMINE");
    await system.act(story.adviser, `/v1/credits/${creditId}/advise`);
    const page = await open(checkerOfIssuer());
    await page.getByText("No documents wait for your bank's decision.").waitFor();

    const presentationId = await present(system, story, creditId);
    const queue = page.getByRole("region", { name: "To examine" });
    await queue.getByRole("link", { name: "Documents presented on 2026-03-02" }).waitFor();
    await queue.getByText(/^\d+ days .*left$/).waitFor();

    const honour = `/v1/presentations/${presentationId}/honour`;
    expect((await system.as(story.issuer.maker).post(honour)).status).to.equal(202);
    await page.getByTestId("approvals-waiting").getByText("1").waitFor();
    await page.getByRole("link", { name: "Honour the presentation" }).click();
    await page.getByRole("button", { name: "Approve and sign" }).click();
    await page.getByText(/^Executed on the ledger in block \d+\.$/).waitFor();

    await page.getByRole("link", { name: "Show the deal" }).click();
    await page.getByRole("heading", { name: "LC-EXAMINE" }).waitFor();
    await page.getByText("Bank of Nowhere found the documents complying and honoured").waitFor();
    await page.getByText("Complies", { exact: true }).waitFor();
    await page.getByText("Drawn EUR 250,000.00").waitFor();
    await page.context().close();
  });

  it("shows a checker exactly what is signed, decoded, and sends nothing when it is rejected with a reason", async () => {
    const before = await system.balance(story.exporter, story.issuer);
    const money = { amount: "1234.50", currency: "EUR" };
    const deposit = { to: story.exporter.id, money, reference: "R-77" };
    const proposed = await system.as(story.issuer.maker).post("/v1/deposits", deposit);
    const path = `/app/approvals/${proposed.body.orderId}`;

    const page = await open(checkerOfIssuer(), path);
    const signed = page.getByRole("region", { name: "What is signed" });
    await signed.getByText("EUR 1,234.50").waitFor();
    await signed.getByText("Exporter Ltd.").waitFor();
    await signed.getByText("R-77").waitFor();
    await page.getByText("A maker", { exact: true }).waitFor();
    await page.getByLabel("Reason").fill("Not agreed with the customer");
    await page.getByRole("button", { name: "Reject" }).click();
    await page.getByText("You rejected it. Nothing was sent to the ledger.").waitFor();
    await page.getByText("Not agreed with the customer").waitFor();

    const { body } = await system.as(story.issuer.maker).get<{ status: string }>(path.replace("/app", "/v1"));
    expect(body.status).to.equal("rejected");
    expect(await system.balance(story.exporter, story.issuer)).to.equal(before);
    await page.context().close();
  });

  it("lets a maker read what waits but offers it no decision", async () => {
    const money = { amount: "1.00", currency: "EUR" };
    const deposit = { to: story.exporter.id, money, reference: "R-78" };
    const proposed = await system.as(story.issuer.maker).post("/v1/deposits", deposit);
    const page = await open(story.issuer.maker.token, `/app/approvals/${proposed.body.orderId}`);
    await page.getByText("A checker of your organisation approves or rejects this.").waitFor();
    expect(await page.getByRole("button", { name: "Approve and sign" }).count()).to.equal(0);
    await page.context().close();
  });

  it("shows the organisation's balances with their banks, and the statement", async () => {
    const page = await open(story.importer.maker.token, "/app/accounts");
    const account = page.getByRole("listitem").filter({ hasText: "Bank of Nowhere" });
    await account.getByText("EUR 0.00").waitFor();
    await account.getByText("Statement").click();
    await account.getByText("Locked in a deal").waitFor();
    await account.getByText("EUR \u2212350.01").waitFor();
    await page.context().close();
  });

  it("shows payments between banks as they are made, with both parties, their banks and what was said", async () => {
    const page = await open(story.importer.maker.token, "/app/accounts");
    await page.getByText("There are no payments.").waitFor();
    const payeeBank = await system.bank({ name: "Elsewhere Bank" });
    await system.deposit(story.issuer, story.importer, "20.00");
    const money = { amount: "20.00", currency: "EUR" };
    await system.act(payeeBank, "/v1/limits", { debtor: story.issuer.id, money });
    const payment = { payerBank: story.issuer.id, payee: story.exporter.id, payeeBank: payeeBank.id, money };
    await system.act(story.importer, "/v1/payments", { ...payment, endToEndId: "SPARES-7", remittance: "INVOICE 7" });
    const line = page.getByRole("region", { name: "Payments between banks" }).getByRole("listitem");
    await line.getByText("SPARES-7").waitFor();
    for (const text of ["Elsewhere Bank", "INVOICE 7", "EUR 20.00"]) await line.getByText(text).waitFor();
    await page.context().close();
  });

  it("is used by keyboard alone: the focus is visible and follows to the new screen", async () => {
    const page = await open(story.importer.maker.token);
    await page.getByRole("link", { name: "LC-2026-1" }).waitFor();
    await page.locator("body").press("Tab");
    await page.getByRole("link", { name: "Skip to the content" }).press("Enter");
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => document.activeElement?.textContent);
      if (focused === "LC-2026-1") break;
    }
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(outline).to.equal("solid");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "LC-2026-1" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal("main");
    await page.context().close();
  });

  it("fits a narrow screen without scrolling sideways, on every screen, in both languages and colour schemes", async () => {
    const deposit = { to: story.exporter.id, money: { amount: "1.00", currency: "EUR" }, reference: "R-79" };
    const { body } = await system.as(story.issuer.maker).post("/v1/deposits", deposit);
    const paths = ["/", creditPath(), "/app/approvals", `/app/approvals/${body.orderId}`, "/app/accounts"];
    for (const [colorScheme, button] of [
      ["light", "English"],
      ["dark", "中文"],
    ] as const) {
      const { page } = await visit(browser, system.url, { viewport: { width: 360, height: 740 }, colorScheme });
      await signIn(page, checkerOfIssuer());
      await page.getByRole("button", { name: button }).click();
      for (const path of paths) {
        await page.goto(system.url + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page
          .locator("main")
          .getByText(/加载中|Loading/)
          .first()
          .waitFor({ state: "detached" });
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overhang, `${path} in ${button}`).to.be.at.most(0);
      }
      await page.context().close();
    }
  });

  it("loads at most 160 KB of scripts and 12 KB of styles, compressed, and no fonts", async () => {
    const { page, loaded } = await visit(browser, system.url);
    await page.getByLabel("API key").waitFor();
    const sizeOf = async (ending: string) => {
      const files = loaded.filter((address) => address.endsWith(ending));
      const bodies = await Promise.all(files.map(async (address) => (await fetch(address)).arrayBuffer()));
      return bodies.reduce((sum, body) => sum + gzipSync(new Uint8Array(body)).byteLength, 0);
    };
    expect(await sizeOf(".js")).to.be.within(1, 160 * kilobyte);
    expect(await sizeOf(".css")).to.be.within(1, 12 * kilobyte);
    expect(
      loaded.every((address) => /\.(js|css)$/.test(address)),
      loaded.join(),
    ).to.equal(true);
    await page.context().close();
  });
});
