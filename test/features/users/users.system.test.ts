import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { formatToken } from "../../../src/features/credentials.ts";
import type { UserRole } from "../../../src/features/endpoint.ts";
import type { MeView, UserView } from "../../../src/features/users/queries.ts";
import { rotatedKeyId } from "../../../src/features/users/rotateKey.ts";
import { type ApiReply, pointersOf, refusal } from "../../fixtures/api.ts";
import { describeGateway, makeSecret, type TestBank, type TestParty, type TestUser } from "../../fixtures/gateway.ts";
import { proposalOf } from "../escrows/escrowFixture.ts";

describeGateway("users over the API", (fixture) => {
  let bank: TestBank;
  let merchant: TestParty;

  before(async () => {
    bank = await fixture.system.bank();
    merchant = await fixture.system.party({ name: "Exporter Ltd.", roles: ["merchant"] });
  });

  async function invite(party: TestParty, role: UserRole): Promise<TestUser> {
    const invitation = makeSecret();
    const { system } = fixture;
    const body = { name: `Another ${role}`, role, invitation };
    const reply = await system.as(party.admin).post<UserView>("/v1/users", body);
    expect([reply.status, reply.body.status, reply.body.signer]).to.deep.equal([201, "invited", null]);
    return system.accept({ userId: reply.body.userId, role, invitation });
  }

  async function statusOf(party: TestParty, { userId }: TestUser): Promise<string | undefined> {
    const { body } = await fixture.system.as(party.admin).get<Page>("/v1/users?limit=200");
    return body.items.find((user) => user.userId === userId)?.status;
  }

  /** A bank's entry: any maker can propose it, any checker approve it. */
  const entry = () => ({ to: merchant.id, money: { amount: "1.00", currency: "EUR" }, reference: randomUUID() });

  it("tells one who one is", async () => {
    const { body } = await fixture.system.as(bank.maker).get<MeView>("/v1/me");
    const { user, organisation } = body;
    expect([user.userId, user.role, user.status]).to.deep.equal([bank.maker.userId, "maker", "active"]);
    expect([organisation.participantId, organisation.bic, organisation.account, organisation.roles]).to.deep.equal([
      bank.id,
      bank.bic,
      bank.account,
      ["bank"],
    ]);
  });

  it("a new maker acts once an administrator and a checker have put its key on the ledger (AUTH-1)", async () => {
    const { system } = fixture;
    const maker = await invite(bank, "maker");
    expect(await statusOf(bank, maker)).to.equal("accepted");
    const early = await system.as(maker).post("/v1/deposits", entry());
    expect(refusal(early)).to.deep.equal([403, "access.forbidden"]);

    const proposed = await system.as(bank.admin).post(`/v1/users/${maker.userId}/activate`);
    expect(proposed.body.status).to.equal("awaiting_approval");
    expect(await statusOf(bank, maker)).to.equal("accepted");
    await system.as(bank.checker).post(`/v1/approvals/${proposed.body.orderId}/approve`, undefined, { wait: 20 });
    expect(await statusOf(bank, maker)).to.equal("active");

    await system.act({ ...bank, maker }, "/v1/deposits", entry());
    const again = await system.as(bank.admin).post(`/v1/users/${maker.userId}/activate`);
    expect(refusal(again)).to.deep.equal([409, "user.wrong_state"]);
  });

  it("a merchant's administrator needs nobody else, and a viewer no key on the ledger", async () => {
    const { system } = fixture;
    const maker = await invite(merchant, "maker");
    await system.administer(merchant, `/v1/users/${maker.userId}/activate`);
    expect(await statusOf(merchant, maker)).to.equal("active");
    const viewer = await invite(merchant, "viewer");
    expect(await statusOf(merchant, viewer)).to.equal("active");
    expect((await system.as(viewer).get("/v1/escrows")).status).to.equal(200);
    const activate = await system.as(merchant.admin).post(`/v1/users/${viewer.userId}/activate`);
    expect(refusal(activate)).to.deep.equal([409, "user.wrong_state"]);
  });

  it("a disabled user is out at once; its key leaves the ledger when a checker has approved", async () => {
    const { system } = fixture;
    const maker = await invite(bank, "maker");
    await system.administer(bank, `/v1/users/${maker.userId}/activate`);
    const pending = await system.as(maker).post("/v1/deposits", entry());

    const path = `/v1/users/${maker.userId}/disable`;
    const disabled = await system.as(bank.admin).post(path);
    expect([disabled.status, disabled.body.status]).to.deep.equal([202, "awaiting_approval"]);
    expect(refusal(await system.as(maker).get("/v1/me"))).to.deep.equal([401, "access.unauthenticated"]);
    expect(await statusOf(bank, maker)).to.equal("disabled");
    const early = await system.as(bank.checker).post(`/v1/approvals/${pending.body.orderId}/approve`);
    expect(refusal(early), "void from the commit on").to.deep.equal([409, "approval.wrong_state"]);

    // The removal comes to nothing, so it is proposed again.
    const reject = `/v1/approvals/${disabled.body.orderId}/reject`;
    expect((await system.as(bank.checker).post(reject, { reason: "by mistake" })).status).to.equal(202);
    await system.administer(bank, path);
    const approve = await system.as(bank.checker).post(`/v1/approvals/${pending.body.orderId}/approve`);
    expect(refusal(approve), "what it proposed before is void").to.deep.equal([409, "approval.wrong_state"]);
    expect(refusal(await system.as(bank.admin).post(path))).to.deep.equal([409, "user.wrong_state"]);
  });

  it("an open event stream ends with the key that opened it: disabled, or rotated away", async () => {
    const { system } = fixture;
    for (const ending of ["disable", "rotate"] as const) {
      const maker = await invite(bank, "maker");
      await system.administer(bank, `/v1/users/${maker.userId}/activate`);
      const stream = await fetch(`${system.url}/v1/events/stream`, {
        headers: { authorization: `Bearer ${maker.token}` },
      });
      expect(stream.status).to.equal(200);
      const text = stream.text();
      if (ending === "rotate") await system.as(maker).post("/v1/keys/rotate", { secret: makeSecret() });
      else await system.as(bank.admin).post(`/v1/users/${maker.userId}/disable`);
      await system.act(bank, "/v1/deposits", entry());
      const { body } = await system.as(bank.maker).get<{ items: { sequence: number }[] }>("/v1/events?limit=200");
      const last = body.items.at(-1)?.sequence ?? 0;
      expect(await text, "the stream is over and the deposit is not in it").not.to.contain(`id: ${last}\n`);
    }
  });

  it("a user without a key on the ledger is disabled in one step, and its activation is void", async () => {
    const { system } = fixture;
    const maker = await invite(bank, "maker");
    const activation = await system.as(bank.admin).post(`/v1/users/${maker.userId}/activate`);
    const disabled = await system.as(bank.admin).post<UserView>(`/v1/users/${maker.userId}/disable`);
    expect([disabled.status, disabled.body.status]).to.deep.equal([200, "disabled"]);
    const approve = await system.as(bank.checker).post(`/v1/approvals/${activation.body.orderId}/approve`);
    expect(refusal(approve)).to.deep.equal([409, "approval.wrong_state"]);
    expect(refusal(await system.as(maker).get("/v1/me"))).to.deep.equal([401, "access.unauthenticated"]);

    const invitation = makeSecret();
    const invited = await system
      .as(bank.admin)
      .post<UserView>("/v1/users", { name: "Late", role: "maker", invitation });
    const { userId } = invited.body;
    expect((await system.as(bank.admin).post(`/v1/users/${userId}/disable`)).status).to.equal(200);
    const accept = await system.as(null).post("/v1/invitations/accept", { userId, invitation, secret: makeSecret() });
    expect(refusal(accept)).to.deep.equal([404, "invitation.not_open"]);
  });

  it("nobody disables itself, and the account keeps the keys that its acts need", async () => {
    const { system } = fixture;
    const self = await system.as(bank.admin).post(`/v1/users/${bank.admin.userId}/disable`);
    expect(refusal(self)).to.deep.equal([403, "access.forbidden"]);
    const shop = await system.party({ roles: ["merchant"] });
    const other = await invite(shop, "admin");
    await system.administer(shop, `/v1/users/${other.userId}/activate`);
    await system.administer({ ...shop, admin: other }, `/v1/users/${shop.admin.userId}/disable`);
    expect(refusal(await system.as(shop.admin).get("/v1/me"))).to.deep.equal([401, "access.unauthenticated"]);

    const small = await system.party({ roles: ["bank"], bic: "SMALNL2A" });
    for (const needed of [small.maker, small.checker]) {
      const reply = await system.as(small.admin).post(`/v1/users/${needed.userId}/disable`);
      expect(refusal(reply)).to.deep.equal([409, "key.indispensable"]);
      expect((await system.as(needed).get("/v1/me")).status, "nothing was changed").to.equal(200);
    }
  });

  it("only administrators change users, and only those of their own organisation", async () => {
    const { system } = fixture;
    const invitation = makeSecret();
    for (const user of [bank.maker, bank.checker]) {
      const reply = await system.as(user).post("/v1/users", { name: "x", role: "admin", invitation });
      expect(refusal(reply)).to.deep.equal([403, "access.forbidden"]);
    }
    for (const verb of ["activate", "disable"]) {
      const foreign = await system.as(merchant.admin).post(`/v1/users/${bank.maker.userId}/${verb}`);
      expect(refusal(foreign)).to.deep.equal([404, "request.not_found"]);
    }
    const { body } = await system.as(merchant.maker).get<Page>("/v1/users?limit=200");
    expect(body.items.map(({ userId }) => userId)).not.to.include(bank.maker.userId);
  });

  it("a maker cannot approve its own act", async () => {
    const { system } = fixture;
    const proposed = await system.as(bank.maker).post("/v1/deposits", entry());
    const approve = await system.as(bank.maker).post(`/v1/approvals/${proposed.body.orderId}/approve`);
    expect(refusal(approve)).to.deep.equal([403, "access.own_act"]);
    const { body } = await system.as(bank.maker).get<{ status: string }>(`/v1/approvals/${proposed.body.orderId}`);
    expect(body.status).to.equal("awaiting_approval");
    const foreign = await system.as(merchant.checker).post(`/v1/approvals/${proposed.body.orderId}/approve`);
    expect(refusal(foreign)).to.deep.equal([404, "request.not_found"]);
  });

  it("a rotated credential replaces the old one, and still signs with the same key", async () => {
    const { system } = fixture;
    const maker = await invite(merchant, "maker");
    await system.administer(merchant, `/v1/users/${maker.userId}/activate`);
    const before = await system.as(maker).get<MeView>("/v1/me");
    const secret = makeSecret();
    const key = randomUUID();
    const rotated = await system.as(maker).post<{ keyId: string }>("/v1/keys/rotate", { secret }, { key });
    expect([rotated.status, rotated.body.keyId]).to.deep.equal([201, rotatedKeyId(secret)]);

    expect(refusal(await system.as(maker).get("/v1/me"))).to.deep.equal([401, "access.unauthenticated"]);
    // A client that lost the reply computes the id, and the same request gives the same reply.
    const renewed: TestUser = { ...maker, secret, token: formatToken(rotatedKeyId(secret), secret) };
    const again = await system.as(renewed).post("/v1/keys/rotate", { secret }, { key });
    expect([again.status, again.text]).to.deep.equal([201, rotated.text]);
    const after = await system.as(renewed).get<MeView>("/v1/me");
    expect(after.body).to.deep.equal(before.body);

    await expectSigned({ ...merchant, maker: renewed });
    for (const used of [secret, maker.secret]) {
      const reply: ApiReply<unknown> = await system.as(renewed).post("/v1/keys/rotate", { secret: used });
      expect([...refusal(reply), ...pointersOf(reply)]).to.deep.equal([400, "request.invalid", "/secret"]);
    }
  });

  /** Proposes an escrow with itself as the buyer: the ledger takes it only with the maker's signature. */
  async function expectSigned(party: TestParty): Promise<void> {
    const { system } = fixture;
    const arbiter = await system.party({ roles: ["arbiter"] });
    const seller = await system.party({ roles: ["merchant"] });
    const parties = { bank, buyer: party, seller, arbiter };
    await system.act(party, "/v1/escrows", await proposalOf(system, parties));
  }
});

interface Page {
  readonly items: readonly UserView[];
}
