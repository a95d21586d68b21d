import { expect } from "chai";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import { unavailable } from "../../../src/chain/rpcTransport.ts";
import { askEveryone, submit } from "../../../src/chain/sending/submit.ts";
import type { Attempt } from "../../../src/domain/transaction.ts";
import { AppError } from "../../../src/shared/errors.ts";

const attemptOf = (nonce: number): Attempt => ({
  ...{ hash: `0xhash${nonce}`, transactionId: `t${nonce}`, nonce, kind: "act", raw: `0xraw${nonce}` },
  ...{ fee: { type: 0, gasPrice: "0" } as unknown as Attempt["fee"], signedAtMs: 0, broadcastAtMs: null },
});
const attempts = [0, 1, 2, 3].map(attemptOf);
const refusal = (message: string) => new RpcError(-32_000, message, undefined);

/** Answers offers by their bytes, and questions for a transaction by its hash. */
function nodeOf(offers: Readonly<Record<string, unknown>>, known: Readonly<Record<string, unknown>> = {}) {
  const batches: (readonly RpcCall[])[] = [];
  const rpc: Rpc = {
    call: () => Promise.reject(new Error("batches only")),
    batch(calls) {
      batches.push(calls);
      const answers = calls.map(({ method, params: [param] }) =>
        method === "eth_sendRawTransaction" ? (offers[String(param)] ?? "0xhash") : (known[String(param)] ?? null),
      );
      return Promise.resolve(answers);
    },
  };
  return { rpc, batches };
}

describe("offering attempts to a node", () => {
  it("takes one round trip, in order, when nothing is in doubt", async () => {
    const { rpc, batches } = nodeOf({ "0xraw1": refusal("already known"), "0xraw2": refusal("nonce too high") });
    expect(await submit(rpc, attempts)).to.deep.equal([
      { kind: "taken" },
      { kind: "taken", refusal: "alreadyKnown" },
      { kind: "refused", refusal: "nonceTooHigh", text: "nonce too high" },
      { kind: "taken" },
    ]);
    const asked = attempts.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [raw] }));
    expect(batches).to.deep.equal([asked]);
  });

  it("asks for the bytes themselves where a nonce is used or the words are not known", async () => {
    const offers = {
      "0xraw0": refusal("nonce too low"),
      "0xraw1": refusal("computer says no"),
      "0xraw2": refusal("replacement transaction underpriced"),
      "0xraw3": refusal("nonce too low: next nonce 9"),
    };
    const { rpc, batches } = nodeOf(offers, { "0xhash0": { hash: "0xhash0" }, "0xhash2": { hash: "0xhash2" } });
    expect(await submit(rpc, attempts)).to.deep.equal([
      { kind: "taken", refusal: "nonceTooLow" },
      { kind: "refused", refusal: "unknown", text: "computer says no" },
      { kind: "occupied", refusal: "replacementUnderpriced" },
      { kind: "occupied", refusal: "nonceTooLow" },
    ]);
    const asked = ["0xhash0", "0xhash1", "0xhash3"];
    expect(batches[1]).to.deep.equal(asked.map((hash) => ({ method: "eth_getTransactionByHash", params: [hash] })));
  });

  it("takes neither an error nor a text for a transaction that the node has", async () => {
    const offers = { "0xraw0": refusal("nonce too low"), "0xraw1": refusal("nonce too low") };
    const { rpc } = nodeOf(offers, { "0xhash0": refusal("busy"), "0xhash1": "0xhash1" });
    const found = await submit(rpc, attempts.slice(0, 2));
    expect(found.map(({ kind }) => kind)).to.deep.equal(["occupied", "occupied"]);
  });

  it("takes an answer that is neither hash nor error for no answer that it knows", async () => {
    const { rpc } = nodeOf({ "0xraw0": 7, "0xraw1": { hash: "0xhash1" } });
    expect(await submit(rpc, attempts.slice(0, 2))).to.deep.equal([
      { kind: "refused", refusal: "unknown", text: "neither hash nor error" },
      { kind: "refused", refusal: "unknown", text: "neither hash nor error" },
    ]);
  });

  it("keeps the first 200 characters of a refusal", async () => {
    const { rpc } = nodeOf({ "0xraw0": refusal(`rlp: ${"x".repeat(300)}`) });
    const [reception] = await submit(rpc, attempts.slice(0, 1));
    expect(reception).to.deep.equal({
      kind: "refused",
      refusal: "refusedForGood",
      text: `rlp: ${"x".repeat(195)}`,
    });
  });
});

describe("asking every endpoint about bytes that one refused for good", () => {
  const [attempt = attemptOf(0)] = attempts;
  const forGood = () => nodeOf({ "0xraw0": refusal("oversized data") }).rpc;
  const busy = () => nodeOf({ "0xraw0": refusal("txpool is full") }).rpc;
  const taking = () => nodeOf({}).rpc;
  const failing = (error: Error): Rpc => ({ call: () => Promise.reject(error), batch: () => Promise.reject(error) });

  it("is refused when all refuse for good, taken when one takes it, else unclear", async () => {
    expect(await askEveryone([forGood(), forGood()], attempt)).to.equal("refusedForGood");
    expect(await askEveryone([forGood(), taking()], attempt)).to.equal("taken");
    expect(await askEveryone([busy(), taking()], attempt)).to.equal("taken");
    expect(await askEveryone([busy(), forGood()], attempt)).to.equal("unclear");
    expect(await askEveryone([forGood(), busy()], attempt)).to.equal("unclear");
  });

  it("gives one that does not answer no say, and lets another fault through", async () => {
    const silent = failing(unavailable("timeout"));
    expect(await askEveryone([silent, forGood()], attempt)).to.equal("refusedForGood");
    expect(await askEveryone([forGood(), silent, busy()], attempt)).to.equal("unclear");
    const fault = new Error("a fault of ours");
    expect(await askEveryone([failing(fault)], attempt).catch((error: unknown) => error)).to.equal(fault);
    const other = new AppError("chain.other_chain");
    expect(await askEveryone([failing(other)], attempt).catch((error: unknown) => error)).to.equal(other);
  });
});
