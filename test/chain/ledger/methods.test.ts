import { expect } from "chai";
import type { Ledger } from "../../../src/chain/ledger/ledger.ts";
import { answer } from "../../../src/chain/ledger/methods.ts";
import { AppError } from "../../../src/shared/errors.ts";

type Read = readonly [method: string, params: readonly unknown[]];

describe("the methods of the ledger", () => {
  const reads: Read[] = [];
  const ledgerOf = (more: Partial<Ledger> = {}): Ledger =>
    ({
      read(method: string, params: readonly unknown[]) {
        reads.push([method, params]);
        return Promise.resolve({ ok: true, result: "0x1" });
      },
      submit: () => Promise.resolve({ kind: "mined", hash: "0xhash", blockNumber: 1, blockHash: "0xblock" }),
      ...more,
    }) as unknown as Ledger;
  const ask = (method: string, params: readonly unknown[] = [], ledger = ledgerOf()) =>
    answer(ledger, { id: 1, method, params });
  beforeEach(() => void reads.splice(0));

  it("simulate now in the pending block, and in the past where that is asked for", async () => {
    const call = { to: "0x1" };
    const capped = { to: "0x1", gas: "0x4c4b40" };
    for (const block of [undefined, null, "latest", "pending"]) await ask("eth_call", [call, block]);
    await ask("eth_estimateGas", [call]);
    await ask("eth_call", [call, "0x5", { override: true }]);
    expect(reads).to.deep.equal([
      ...Array.from({ length: 4 }, () => ["eth_call", [capped, "pending"]]),
      ["eth_estimateGas", [capped, "pending"]],
      ["eth_call", [capped, "0x5", { override: true }]],
    ]);
  });

  it("simulate with no more gas than they may, and with less where less is asked for", async () => {
    const most = "0x4c4b40";
    const cases: readonly (readonly [asked: unknown, given: string])[] = [
      ["0x5208", "0x5208"],
      ["0x0", "0x0"],
      [most, most],
      ["0x4c4b41", most],
      [-1, most],
      ["nonsense", most],
      [1.5, most],
      [undefined, most],
      ["0xffffffffffffffffff", most],
    ];
    for (const [gas] of cases) await ask("eth_call", [{ gas }]);
    const given = reads.map(([, [transaction]]) => (transaction as { gas: string }).gas);
    expect(given).to.deep.equal(cases.map(([, expected]) => expected));
  });

  it("leave what is no transaction to the engine", async () => {
    for (const transaction of [null, 7, "0x", undefined]) await ask("eth_call", [transaction]);
    expect(reads.map(([, [transaction]]) => transaction)).to.deep.equal([null, 7, "0x", undefined]);
  });

  it("answer a transaction with its hash, its refusal with the reason and in the words of the refusal", async () => {
    expect(await ask("eth_sendRawTransaction", ["0x"])).to.deep.equal({ ok: true, result: "0xhash" });
    const refusal = { kind: "refused", reason: "nonce_too_low", message: "nonce too low: 5" } as const;
    const refusing = ledgerOf({ submit: () => Promise.resolve(refusal) });
    expect(await ask("eth_sendRawTransaction", ["0x"], refusing)).to.deep.equal({
      ok: false,
      error: {
        ...{ code: -32_000, message: "nonce too low: 5" },
        data: { code: "ledger.transaction_refused", reason: "nonce_too_low" },
      },
    });
    for (const params of [[], ["0x", "0x"]]) {
      expect(await ask("eth_sendRawTransaction", params)).to.deep.equal({
        ok: false,
        error: { code: -32_602, message: "eth_sendRawTransaction takes one parameter" },
      });
    }
  });

  it("cost nothing, and are no others", async () => {
    expect(await ask("eth_gasPrice")).to.deep.equal({ ok: true, result: "0x0" });
    expect(await ask("evm_mine")).to.deep.equal({
      ok: false,
      error: {
        ...{ code: -32_601, message: "the method does not exist or is not served" },
        data: { code: "ledger.method_not_served" },
      },
    });
    expect(reads).to.deep.equal([]);
  });

  it("answer an error of ours with its title, code and facts, and let another fault through", async () => {
    const failing = (error: Error) => ledgerOf({ read: () => Promise.reject(error) });
    const full = await ask("eth_chainId", [], failing(new AppError("ledger.disk_full", { freeBytes: 7 })));
    expect(full).to.have.nested.property("error.code", -32_000);
    expect(full).to.have.nested.property("error.message").that.matches(/disk/i);
    expect(full).to.deep.nested.include({ "error.data": { code: "ledger.disk_full", freeBytes: 7 } });
    const fault = new Error("a fault");
    expect(await ask("eth_chainId", [], failing(fault)).catch((error: unknown) => error)).to.equal(fault);
  });
});
