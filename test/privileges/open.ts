import { id as hashOf, Signature } from "ethers";
import { signDigest } from "../../src/chain/approvals.ts";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import {
  encodeExecute,
  encodeExecuteEach,
  hashBatch,
  hashCancellation,
  nonceFor,
  type Order,
  signOrder,
} from "../../src/chain/orders.ts";
import { type CallerName, callOf, keysOf, look, perform, signersOf, type World } from "./cast.ts";
import { abis, type ContractName } from "./contracts.ts";
import * as credit from "./scenarios/credit.ts";
import * as escrow from "./scenarios/escrow.ts";
import * as money from "./scenarios/money.ts";
import { DAY, funded } from "./scenarios/ready.ts";
import * as settlement from "./scenarios/settlement.ts";

interface OpenOf<State> {
  readonly contract: ContractName;
  readonly fn: string;
  /** Why anyone may call it. */
  readonly rule: string;
  readonly scenario: (world: World) => Promise<State>;
  readonly at?: (state: State, world: World) => string;
  readonly args: (state: State, world: World) => readonly unknown[];
  /** An event, or "nothing". */
  readonly effect: string;
  /** The error with which it answers everyone, where it never succeeds. */
  readonly answer?: string;
  /** The effect bears the caller's own name and touches nothing but what is the caller's; this reads what is another's. */
  readonly ofOthers?: (state: State, caller: CallerName, world: World) => Promise<unknown>;
}

export type Open = Pick<OpenOf<unknown>, "contract" | "fn" | "rule" | "effect" | "answer"> & {
  readonly prepare: (world: World) => Promise<{
    readonly at: string | undefined;
    readonly args: readonly unknown[];
    readonly ofOthers: ((caller: CallerName) => Promise<unknown>) | undefined;
  }>;
};

function open<State>({ scenario, at, args, ofOthers, ...rest }: OpenOf<State>): Open {
  return {
    ...rest,
    async prepare(world) {
      const state = await scenario(world);
      return {
        at: at?.(state, world),
        args: args(state, world),
        ofOthers: ofOthers && ((caller) => ofOthers(state, caller, world)),
      };
    },
  };
}

/** Nobody of the cast. */
const SPENDER = `0x${"5e".repeat(20)}`;

async function offer(world: World): Promise<Order> {
  const { terms } = await escrow.offered(world);
  const { to: target, data } = callOf(world, { contract: "TradeEscrow", fn: "propose", args: [terms] });
  return {
    account: world.parties.importer.account,
    calls: [{ target, data }],
    nonce: nonceFor("offer"),
    deadline: world.chain.now() + 3_600,
  };
}

/** The importer's maker signed one order: a new offer of an escrow. */
async function signedOrder(world: World): Promise<readonly unknown[]> {
  const order = await offer(world);
  const approval = await signOrder(order, CHAIN_ID, keysOf("importer").maker);
  return [...abis.ParticipantAccount.decodeFunctionData("execute", encodeExecute(order, [approval]))];
}

/** The importer's maker signed a batch of one call: a new offer of an escrow. */
async function signedBatch(world: World): Promise<readonly unknown[]> {
  const order = await offer(world);
  const approval = signDigest(hashBatch(order, CHAIN_ID), keysOf("importer").maker);
  return [...abis.ParticipantAccount.decodeFunctionData("executeEach", encodeExecuteEach(order, [approval]))];
}

/** The importer's maker voids what may have been signed with the next nonce. */
function signedCancellation(world: World): Promise<readonly unknown[]> {
  const nonce = nonceFor("offer");
  const { account } = world.parties.importer;
  const approval = signDigest(hashCancellation(nonce, { account, chainId: CHAIN_ID }), keysOf("importer").maker);
  return Promise.resolve([nonce, [approval]]);
}

/** The operator proposed new keys for the issuing bank seven days ago. */
async function recoverable(world: World): Promise<readonly unknown[]> {
  const change = { revoked: signersOf("issuingBank"), signers: signersOf("otherBank"), purposes: [15, 15, 15] };
  const args = [world.parties.issuingBank.id, change];
  await perform(world, "operator", { contract: "ParticipantRegistry", fn: "proposeRecovery", args });
  world.chain.moveTo(world.chain.now() + 7 * DAY);
  return args;
}

/** What anyone has let another take; the caller's own excepted. */
function allowancesOfOthers(token: string, caller: CallerName, world: World): Promise<unknown> {
  const others = Object.entries(world.callers).filter(([name]) => name !== caller);
  return Promise.all(
    others.map(([, owner]) =>
      look(world, { contract: "DepositToken", fn: "allowance", args: [owner, SPENDER], at: token }),
    ),
  );
}

/** What a key signed is worth the same whoever sends it; each form of it is a function of its own. */
const signedFunctions: readonly Open[] = (["bytes", "uint8,bytes32,bytes32"] as const).flatMap((types) => {
  const parts = (signature: string) => {
    const { v, r, s } = Signature.from(signature);
    return types === "bytes" ? [signature] : [v, r, s];
  };
  const nonce = hashOf("a nonce");
  return [
    open({
      contract: "DepositToken",
      fn: `permit(address,address,uint256,uint256,${types})`,
      rule: "ERC-2612: the owner's signature carries the authority, so it does not matter who sends it.",
      scenario: (world) =>
        money.signedByOwner(world, "Permit", { spender: SPENDER, value: 77, nonce: 0, deadline: money.FOREVER }),
      at: (s) => s.token,
      args: (s) => [s.owner, SPENDER, 77, money.FOREVER, ...parts(s.signature)],
      effect: "Approval",
    }),
    open({
      contract: "DepositToken",
      fn: `cancelAuthorization(address,bytes32,${types})`,
      rule: "ERC-3009: the authorizer's signature carries the authority, so it does not matter who sends it.",
      scenario: (world) => money.signedByOwner(world, "CancelAuthorization", { nonce }),
      at: (s) => s.token,
      args: (s) => [s.owner, nonce, ...parts(s.signature)],
      effect: "AuthorizationCanceled",
    }),
    open({
      contract: "DepositToken",
      fn: `transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,${types})`,
      rule: "ERC-3009: the payer's signature carries the authority, so it does not matter who sends it.",
      scenario: money.agreeable,
      at: (s) => s.token,
      args: (_, world) => [...money.authorised(world), ...(types === "bytes" ? ["0x01"] : [27, nonce, nonce])],
      effect: "AuthorizationUsed",
    }),
  ];
});

/**
 * Functions that are open to every caller, each with its rule. A new function of a contract stands here or in the
 * matrix, or the suite fails.
 */
export const openFunctions: readonly Open[] = [
  ...signedFunctions,
  open({
    contract: "ParticipantAccount",
    fn: "execute",
    rule: "Relaying: signatures carry the authority, so it does not matter who sends an order (AUTH-1).",
    scenario: signedOrder,
    at: (_, world) => world.parties.importer.account,
    args: (order) => order,
    effect: "OrderExecuted",
  }),
  open({
    contract: "ParticipantAccount",
    fn: "executeEach",
    rule: "Relaying: signatures carry the authority, so it does not matter who sends a batch (AUTH-1).",
    scenario: signedBatch,
    at: (_, world) => world.parties.importer.account,
    args: (batch) => batch,
    effect: "OrderExecuted",
  }),
  open({
    contract: "ParticipantAccount",
    fn: "cancel",
    rule: "Relaying: signatures carry the authority, so it does not matter who sends a cancellation (AUTH-1).",
    scenario: signedCancellation,
    at: (_, world) => world.parties.importer.account,
    args: (cancellation) => cancellation,
    effect: "OrderCancelled",
  }),
  open({
    contract: "ParticipantRegistry",
    fn: "completeRecovery",
    rule: "What was proposed, and vetoed by nobody in seven days, is carried out by time; anyone may say so.",
    scenario: recoverable,
    args: (args) => args,
    effect: "RecoveryCompleted",
  }),
  open({
    contract: "AtomicSettlement",
    fn: "execute",
    rule: "Relaying: the consents of all parties carry the authority, so it does not matter who brings them (AUTH-1).",
    scenario: settlement.agreed,
    args: ({ deal, consents }) => [deal, consents],
    effect: "SettlementExecuted",
  }),
  open({
    contract: "AtomicSettlement",
    fn: "simulate",
    rule: "Anyone may ask what legs would do; nothing is done by asking.",
    scenario: settlement.agreed,
    args: ({ deal }) => [deal.legs],
    effect: "nothing",
  }),
  open({
    contract: "AtomicSettlement",
    fn: "simulateAndRevert",
    rule: "It does the legs without asking for consents, and always takes all of it back.",
    scenario: settlement.agreed,
    args: ({ deal }) => [deal.legs],
    effect: "nothing",
    answer: "SettlementSimulated",
  }),
  open({
    contract: "Presentations",
    fn: "assertPreclusion",
    rule: "U42: a bank whose time passed without decision is precluded by that alone; anyone may say so.",
    scenario: credit.timeOver,
    args: (s, world) => [s.presentationId, world.parties.confirmingBank.id],
    effect: "BankPrecluded",
  }),
  open({
    contract: "Credits",
    fn: "close",
    rule: "U12: expiry is the work of time. Closing states it, thirty days after, and takes nothing from anyone.",
    scenario: credit.closable,
    args: (s) => [s.creditId],
    effect: "CreditClosed",
  }),
  open({
    contract: "TradeEscrow",
    fn: "lapse",
    rule: "Timed exit: a deal that was not funded in time is over; nothing was locked.",
    scenario: escrow.later(escrow.agreed, DAY + 1),
    args: (s) => [s.id, s.terms],
    effect: "EscrowLapsed",
  }),
  open({
    contract: "TradeEscrow",
    fn: "settleUndelivered",
    rule: "Timed exit: what was not delivered in time goes back to the buyer.",
    scenario: escrow.later(escrow.escrowed, 10 * DAY + 1),
    args: (s) => [s.id, s.terms, 0],
    effect: "MilestoneSettled",
  }),
  open({
    contract: "TradeEscrow",
    fn: "settleInspected",
    rule: "Timed exit: what was delivered and not disputed during the inspection goes to the seller.",
    scenario: escrow.later(escrow.delivered, escrow.INSPECTION),
    args: (s) => [s.id, s.terms, 0],
    effect: "MilestoneSettled",
  }),
  open({
    contract: "TradeEscrow",
    fn: "settleByDefault",
    rule: "Timed exit: a silent arbiter is replaced by the split that was agreed.",
    scenario: escrow.later(escrow.disputed, escrow.RULING),
    args: (s) => [s.id, s.terms, 0],
    effect: "MilestoneSettled",
  }),
  open({
    contract: "DepositToken",
    fn: "approve",
    rule: "ERC-20: a holder says who may take of what is its own; said by one who holds nothing it is worth nothing.",
    scenario: funded,
    at: (s) => s.token,
    args: () => [SPENDER, 77],
    effect: "Approval",
    ofOthers: (s, caller, world) => allowancesOfOthers(s.token, caller, world),
  }),
];
