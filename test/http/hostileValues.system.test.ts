/** Values that fit a request's form and that no client of ours makes, through the real API: a refusal, never a 500. */
import { createHash } from "node:crypto";
import { expect } from "chai";
import { encodeCursor } from "../../src/features/schemas.ts";
import { pointersOf, refusal } from "../fixtures/api.ts";
import { daySeconds, describeGateway, instant, type TestBank, type TestParty } from "../fixtures/gateway.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface List {
  readonly path: string;
  readonly operationId: string;
}

const encoded = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString("base64url");

/** What no list takes: our own encoding gives no such text, or the store cannot hold it. */
const refusedCursors: readonly string[] = [
  ...["\0", "a\0b", "1:\0", "\0:1", "1:2\0", "\ud800", "5:\udc00x", "\udfff\ud800"].map(encodeCursor),
  ...["[null]", "[[1]]", '[{"a":1}]', "[true]", "[]", "{}", "null", "7", '"a"', "", "[", '["a","b"]', '[ "a"]'].map(
    encoded,
  ),
  ...["[1e999]", "[-1e999]", "[-0]", "[1.0]", "[9007199254740993]", '["\\u0061"]'].map(encoded),
  encoded(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])),
  `${encodeCursor("a")}=`,
];

/** Text that some list has for a place, so that a page is a good answer too. */
const oddTexts: readonly string[] = [
  ...["", ":", "::", "-1", "1e3", "0x10", " 1", "1 ", "1.5", "NaN", "Infinity", "-0", "1:", ":1", "1:2:3", "-1:1"],
  ...["9007199254740991", "9007199254740992", "9223372036854775808", "2147483648", "-9007199254740991", "01"],
  ...["9007199254740991:9007199254740991", "1:2147483648", "1:-2147483649", "99999999999999:a", "1:\u{10ffff}"],
  ...["9007199254740992:1", "9223372036854775808:a", "\u0001", "\ufffe", "\uffff", "%00", "\\", "a'; --"],
];
const oddCursors = [...oddTexts, -1, 1.5, 1e300, 2 ** 53, 5e-324].map(encodeCursor);

/** Lists whose places have numbers, with cursors that name none. */
const misplaced: Readonly<Record<string, readonly string[]>> = {
  listTransactions: ["", "-1", "1e3", "0x10", " 1", "1.5", "NaN", "Infinity", "9007199254740992", "01"],
  getStatement: ["1", "1:", ":1", "-1:1", "1:-1", "1:2147483648", "9007199254740992:1", "1:2:3", " 1:1", "1:1e3"],
  getStatementCsv: ["1", "1:2147483648", "9007199254740992:1"],
  listPayments: ["1", "-1:1", "1:2147483648", "1:2:3"],
  listRedemptions: ["1", "-1:1", "1:2147483648", "1:2:3"],
  listLimits: ["EUR", "EUR:1", "eur:1:2", "EUR:1:2147483648", "EUR:-1:2", "EUR:1:2:3", ":1:2"],
  listCycles: ["1", "-1:1", "1:2147483648", "1:2:3"],
  listSettlementMandates: ["EUR", "eur:1", "EUR:-1", "EUR:2147483648", "EUR:1:2", ":1"],
  listEscrows: ["1", ":a", "-1:a", "1e3:a", "9007199254740992:a", "1:a:b"],
};

/** Lists that only a bank reads. */
const listsOfBanks: readonly string[] = ["listLimits", "listFrozenMoney", "listCycles", "listSettlementMandates"];

describeGateway("values that no client of ours makes", (fixture) => {
  let bank: TestBank;
  let merchant: TestParty;
  let lists: readonly List[];

  before(async () => {
    const { system } = fixture;
    bank = await system.bank();
    merchant = await system.party({ roles: ["merchant"] });
    await system.deposit(bank, merchant, "10.00");
    const accounts = await system.as(merchant.maker).get<{ items: { token: string }[] }>("/v1/accounts");
    const token = accounts.body.items[0]?.token ?? "";
    const { body } = await system.as(null).get<ApiDocument>("/openapi.json");
    lists = Object.entries(body.paths).flatMap(([path, { get }]) => {
      const isList = get?.parameters?.some((parameter) => parameter.in === "query" && parameter.name === "cursor");
      return get && isList ? [{ path: path.replace("{token}", token), operationId: get.operationId }] : [];
    });
  });

  /** With a tag as the gateway would have made it: anybody can. */
  function listFrom({ path, operationId }: List, cursor: string) {
    const party = listsOfBanks.includes(operationId) ? bank : merchant;
    const tag = createHash("sha256").update(`${operationId} ${party.organisationId} ${cursor}`).digest().subarray(0, 9);
    return fixture.system.as(party.maker).get(`${path}?cursor=${cursor}.${tag.toString("base64url")}`);
  }

  it("are no cursor in any list", async () => {
    expect(lists.length).to.be.greaterThan(10);
    for (const list of lists) {
      for (const cursor of refusedCursors) {
        const reply = await listFrom(list, cursor);
        expect(refusal(reply), `${list.operationId} ${cursor}`).to.deep.equal([400, "request.cursor_invalid"]);
      }
    }
  });

  it("are a place in a list or no cursor", async () => {
    for (const list of lists) {
      for (const cursor of oddCursors) {
        const reply = await listFrom(list, cursor);
        if (reply.status === 200) continue;
        expect(refusal(reply), `${list.operationId} ${cursor}`).to.deep.equal([400, "request.cursor_invalid"]);
      }
    }
  });

  it("are no cursor where a place has numbers", async () => {
    for (const [operationId, texts] of Object.entries(misplaced)) {
      const list = lists.find((one) => one.operationId === operationId);
      if (!list) throw new Error(`${operationId} is a list`);
      for (const text of texts) {
        const reply = await listFrom(list, encodeCursor(text));
        expect(refusal(reply), `${operationId} ${text}`).to.deep.equal([400, "request.cursor_invalid"]);
      }
    }
  });

  it("stand in no path and no filter with a NUL, and find nothing as half a character", async () => {
    const { as } = fixture.system;
    const filters = ["/v1/credits?reference=", "/v1/events?subject=", "/v1/messages?type=", "/v1/escrows?party="];
    const paths = [
      "/v1/redemptions/",
      "/v1/credits/",
      "/v1/participants/",
      "/v1/documents/",
      "/v1/approvals/",
      "/v1/verifications/",
    ];
    for (const text of ["%00", "a%00", "%ED%A0%80", "%ff", "%EF%BF%BF", "%F4%90%80%80"]) {
      for (const place of [...filters, ...paths, "/v1/credits?x="]) {
        const reply = await as(bank.maker).get<{ items?: unknown[] }>(`${place}${text}`);
        if (reply.status === 200) expect(reply.body.items, `${place}${text}`).to.deep.equal([]);
        else expect(reply.status, `${place}${text}`).to.be.oneOf([400, 404]);
        if (text.includes("%00")) expect(reply.status, `${place}${text}`).to.equal(400);
      }
    }
  });

  it("are no text of a body, with a NUL or half a surrogate pair in it, by itself or in a batch", async () => {
    const { as } = fixture.system;
    for (const reference of ["a\0", "a\ud800", "\udc00a"]) {
      const body = { to: merchant.id, money: { amount: "1.00", currency: "EUR" }, reference };
      const acts = [{ path: "/v1/deposits", body, idempotencyKey: "hostile-0001" }];
      for (const reply of [
        await as(bank.maker).post("/v1/deposits", body),
        await as(bank.maker).post("/v1/batch", { acts }),
      ]) {
        expect(refusal(reply)).to.deep.equal([400, "request.malformed_json"]);
      }
    }
  });

  async function escrow(parties: object) {
    const now = await fixture.system.now();
    const money = { amount: "1.00", currency: "EUR" };
    return {
      ...{ buyer: merchant.id, seller: merchant.id, arbiter: merchant.id, bank: bank.id, title: "A", text: "B" },
      ...{ fundBy: instant(now + daySeconds), inspectionDays: 7, rulingDays: 7, defaultSellerBps: 5_000 },
      ...{ milestones: [{ title: "All", money, dueAt: instant(now + 9 * daySeconds) }], ...parties },
    };
  }

  it("are no participant beyond what the store can number", async () => {
    const asBank = fixture.system.as(bank.maker);
    const money = { amount: "1.00", currency: "EUR" };
    const last = 2 ** 31 - 1;
    expect((await asBank.get(`/v1/participants/${last}`)).status).to.equal(404);
    expect((await asBank.get(`/v1/escrows?party=${last}`)).status).to.equal(200);
    expect((await asBank.post("/v1/deposits", { to: last, money, reference: "a" })).status).to.equal(404);
    for (const id of [last + 1, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]) {
      for (const reply of [
        await asBank.get(`/v1/participants/${id}`),
        await asBank.get(`/v1/escrows?party=${id}`),
        await asBank.get(`/v1/credits?party=${id}`),
        await asBank.post("/v1/deposits", { to: id, money, reference: "a" }),
        await fixture.system.as(merchant.maker).post("/v1/escrows", await escrow({ arbiter: id })),
        await fixture.system.as(merchant.maker).post("/v1/escrows", await escrow({ bank: id })),
      ]) {
        expect(refusal(reply), String(id)).to.deep.equal([400, "request.invalid"]);
        expect(pointersOf(reply)).to.have.length(1);
      }
    }
  });

  it("are no date that the ledger has no number for", async () => {
    const calendar = { timeZone: "Europe/Amsterdam", years: { from: 2029, to: 2029 }, cutOff: "17:00" };
    const publish = (days: object) => fixture.system.as(bank.maker).post("/v1/calendar", { ...calendar, ...days });
    for (const date of ["0000-01-01", "1000-01-01", "1899-12-31", "1969-12-31", "1970-01-01", "2026-02-30"]) {
      expect(pointersOf(await publish({ closed: [date] })), date).to.deep.equal(["/closed/0"]);
      expect(pointersOf(await publish({ open: [date] })), date).to.deep.equal(["/open/0"]);
    }
    for (const date of ["1970-01-02", "9999-12-31"]) {
      expect(refusal(await publish({ closed: [date] })), date).to.deep.equal([409, "calendar.exists"]);
    }
  });

  it("are no dates of a credit", async () => {
    const draft = (terms: object) =>
      fixture.system.as(bank.maker).post("/v1/credits", {
        reference: "LC1",
        parties: { applicant: merchant.id, beneficiary: merchant.id, advisingBank: bank.id, nominatedBank: bank.id },
        terms: {
          ...{ amount: { amount: "1.00", currency: "EUR" }, confirmation: "without", availableBy: "sight" },
          ...{ expiryDate: "2026-05-13", expiryPlace: "AMSTERDAM", ...terms },
        },
      });
    for (const date of ["0000-01-01", "1899-12-31", "1969-12-31"]) {
      for (const field of ["issueDate", "expiryDate", "latestShipmentDate"]) {
        expect(refusal(await draft({ [field]: date }))).to.deep.equal([400, "request.invalid"]);
      }
    }
    const far = await draft({ expiryDate: "9999-12-31", latestShipmentDate: "9999-12-31", presentationDays: 999 });
    expect(refusal(far)).to.deep.equal([422, "credit.draft_contradictory"]);
  });

  it("move the clock to no time whose successors have five digits in their year, and not at all", async () => {
    const clock = fixture.system.as(fixture.system.operator.maker);
    const before = await fixture.system.now();
    const times = ["9999-12-31T23:59:59Z", "2100-01-01T00:00:00.001Z", "2100-01-01T00:00:01Z"];
    for (const to of times) {
      const reply = await clock.post("/v1/sandbox/clock", { to });
      expect(refusal(reply), to).to.deep.equal([400, "request.invalid"]);
      expect(reply.body).to.have.deep.property("errors", [
        { pointer: "/to", detail: "at the latest 2100-01-01T00:00:00Z" },
      ]);
    }
    expect(pointersOf(await clock.post("/v1/sandbox/clock", { to: "tomorrow" }))).to.deep.equal(["/to"]);
    expect(refusal(await clock.post("/v1/sandbox/clock", { to: "0000-01-01T00:00:00Z" }))).to.deep.equal([
      422,
      "clock.backwards",
    ]);
    const { body } = await clock.get<{ offsetSeconds: number }>("/v1/sandbox/clock");
    expect(await fixture.system.now()).to.be.within(before, Math.floor(Date.now() / 1000) + body.offsetSeconds);
  });
});

describeGateway("the latest time of the test clock", (fixture) => {
  it("is one at which every reply still has its four digits in the year", async () => {
    const { system } = fixture;
    await system.moveTo(Date.UTC(2100, 0, 1) / 1000);
    const clock = system.as(system.operator.maker);
    const { body } = await clock.get<{ businessTime: string }>("/v1/sandbox/clock");
    expect(body.businessTime).to.match(/^2100-01-01T00:/);
    const party = await system.party({ roles: ["merchant"] });
    expect((await system.as(party.maker).get("/v1/approvals")).status).to.equal(200);
  });
});
