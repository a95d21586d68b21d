import { expect } from "chai";
import { id as hashOf, keccak256, Wallet } from "ethers";
import type { SignedApproval } from "../../src/chain/approvals.ts";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import { nonceFor, type Order, signOrder } from "../../src/chain/orders.ts";
import { type Act, assemble, callOf, keysOf, type PartyName, perform, tokenOf, type World } from "./cast.ts";
import { plainTerms } from "./scenarios/credit.ts";
import * as escrow from "./scenarios/escrow.ts";
import { DAY, ready } from "./scenarios/ready.ts";

type Person = keyof ReturnType<typeof keysOf>;

interface Attempt {
  readonly party: PartyName;
  readonly act: Act;
  readonly signers: readonly Person[];
}

const [PROPOSE_AND_APPROVE, OPERATE] = [3, 4] as const;

describe("orders of an account", () => {
  let world: World;
  let rewind: () => Promise<void>;

  before(async () => {
    world = await assemble();
    rewind = await world.chain.mark();
  });

  afterEach(() => rewind());

  after(() => world.chain.close());

  function orderOf({ party, act }: Omit<Attempt, "signers">): Order {
    const { to: target, data } = callOf(world, act);
    const deadline = world.chain.now() + 3_600;
    return { account: world.parties[party].account, calls: [{ target, data }], nonce: nonceFor("first"), deadline };
  }

  function sign(order: Order, party: PartyName, signers: readonly Person[]): Promise<SignedApproval[]> {
    return Promise.all(signers.map((person) => signOrder(order, CHAIN_ID, keysOf(party)[person])));
  }

  /** In the order that the account demands. */
  function ascending(approvals: readonly SignedApproval[]): SignedApproval[] {
    return [...approvals].sort((a, b) => (keccak256(a.signer) < keccak256(b.signer) ? -1 : 1));
  }

  function execution(order: Order, approvals: readonly SignedApproval[]): Act {
    return { contract: "ParticipantAccount", fn: "execute", args: [order, approvals], at: order.account };
  }

  async function expectDone(order: Order, approvals: readonly SignedApproval[]): Promise<void> {
    await perform(world, "stranger", execution(order, ascending(approvals)));
  }

  /** The same for whoever relays: the account's own party, the operator, a lane, a stranger, and everyone else. */
  async function expectRefused(error: string, order: Order, approvals: readonly SignedApproval[]): Promise<void> {
    const call = callOf(world, execution(order, approvals));
    for (const [relayer, from] of Object.entries(world.callers)) {
      const outcome = await world.chain.attempt({ from, ...call });
      expect(outcome.kind === "done" ? "(done)" : outcome.error.name, relayer).to.equal(error);
    }
  }

  /** Issues a credit: it binds the bank. */
  async function issue(): Promise<Act> {
    await ready(world);
    const terms = plainTerms(world, await tokenOf(world, "issuingBank", "EUR"));
    return { contract: "Credits", fn: "issue", args: [terms] };
  }

  async function propose(): Promise<Act> {
    return { contract: "TradeEscrow", fn: "propose", args: [(await escrow.offered(world)).terms] };
  }

  function addKey(party: PartyName, signer: string, purposes: number = OPERATE): Act {
    const at = world.parties[party].account;
    return { contract: "ParticipantAccount", fn: "addKey", args: [signer, purposes], at };
  }

  const newSigner = new Wallet(hashOf("a new key")).address;
  const bind = { party: "issuingBank", act: issue } as const;
  const trade = { party: "importer", act: propose } as const;
  const changeBankKeys = { party: "issuingBank", act: () => addKey("issuingBank", newSigner) } as const;
  const changeMerchantKeys = { party: "importer", act: () => addKey("importer", newSigner) } as const;

  const sufficient = [
    { ...bind, signers: ["maker", "checker"], what: "a bank's binding act by two keys" },
    { ...trade, signers: ["maker"], what: "a merchant's act by the key that operates" },
    { ...changeBankKeys, signers: ["administrator", "checker"], what: "a bank's new key by administrator and checker" },
    { ...changeMerchantKeys, signers: ["administrator"], what: "a merchant's new key by the administrator" },
  ] as const;

  const insufficient = [
    { ...bind, signers: [], what: "a bank's binding act by nobody" },
    { ...bind, signers: ["maker"], what: "a bank's binding act by the maker alone" },
    { ...bind, signers: ["checker"], what: "a bank's binding act by the checker alone" },
    { ...bind, signers: ["maker", "administrator"], what: "a bank's binding act by maker and administrator" },
    { ...bind, signers: ["checker", "administrator"], what: "a bank's binding act by checker and administrator" },
    { ...trade, signers: [], what: "a merchant's act by nobody" },
    { ...trade, signers: ["checker"], what: "a merchant's act by a key that only approves" },
    { ...trade, signers: ["administrator"], what: "a merchant's act by a key that only administers" },
    { ...changeBankKeys, signers: ["administrator"], what: "a bank's new key by the administrator alone" },
    { ...changeBankKeys, signers: ["maker", "checker"], what: "a bank's new key by maker and checker" },
    { ...changeMerchantKeys, signers: ["maker"], what: "a merchant's new key by the key that operates" },
  ] as const;

  for (const { party, act, signers, what } of sufficient) {
    it(`carries out ${what} (AUTH-1)`, async () => {
      const order = orderOf({ party, act: await act() });
      await expectDone(order, await sign(order, party, signers));
    });
  }

  for (const { party, act, signers, what } of insufficient) {
    it(`refuses ${what}, whoever relays it (AUTH-1)`, async () => {
      const order = orderOf({ party, act: await act() });
      await expectRefused("OrderNotAuthorised", order, ascending(await sign(order, party, signers)));
    });
  }

  it("refuses one key that signs twice, even where it may propose and approve", async () => {
    const both = hashOf("one person");
    await perform(world, "issuingBank", addKey("issuingBank", new Wallet(both).address, PROPOSE_AND_APPROVE));
    const order = orderOf({ party: "issuingBank", act: await issue() });
    const approval = await signOrder(order, CHAIN_ID, both);
    await expectRefused("OrderNotAuthorised", order, [approval]);
    await expectRefused("OrderSignersNotAscending", order, [approval, approval]);
  });

  it("carries out an order once", async () => {
    const order = orderOf({ party: "importer", act: await propose() });
    const approvals = await sign(order, "importer", ["maker"]);
    await expectDone(order, approvals);
    await expectRefused("InvalidAccountNonce", order, approvals);
  });

  it("takes an order in the last second of its time and not in the next", async () => {
    const order = orderOf({ party: "importer", act: await propose() });
    const approvals = await sign(order, "importer", ["maker"]);
    const back = await world.chain.mark();
    world.chain.moveTo(order.deadline);
    await expectDone(order, approvals);
    await back();
    world.chain.moveTo(order.deadline + 1);
    await expectRefused("OrderExpired", order, approvals);
  });

  it("refuses a key of another party", async () => {
    const order = orderOf({ party: "importer", act: await propose() });
    await expectRefused("OrderSignerUnknown", order, await sign(order, "exporter", ["maker"]));
  });

  it("refuses an order that was changed after it was signed", async () => {
    const order = orderOf({ party: "importer", act: await propose() });
    const approvals = await sign(order, "importer", ["maker"]);
    await expectRefused("OrderSignatureInvalid", { ...order, deadline: order.deadline + 1 }, approvals);
  });

  it("refuses at one account what its key signed for another", async () => {
    const signer = new Wallet(keysOf("importer").maker).address;
    await perform(world, "exporter", addKey("exporter", signer));
    const order = orderOf({ party: "importer", act: await propose() });
    const approvals = await sign(order, "importer", ["maker"]);
    await expectRefused("OrderSignatureInvalid", { ...order, account: world.parties.exporter.account }, approvals);
  });

  it("takes a bank's routine act from the one key that operates, and from no other one", async () => {
    const deal = await escrow.later(escrow.proposedBy("importer"), DAY + 1)(world);
    const act: Act = { contract: "TradeEscrow", fn: "lapse", args: [deal.id, deal.terms] };
    const order = orderOf({ party: "otherBank", act });
    await expectRefused("OrderNotAuthorised", order, await sign(order, "otherBank", ["checker"]));
    await expectDone(order, await sign(order, "otherBank", ["maker"]));
  });
});
