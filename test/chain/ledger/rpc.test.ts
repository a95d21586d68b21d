import { expect } from "chai";
import { readRequest, refuse, reply, rpcCodes } from "../../../src/chain/ledger/rpc.ts";

describe("a request to the ledger", () => {
  const whole = { jsonrpc: "2.0", id: 7, method: "eth_chainId", params: [1] };

  it("is read with its id, method and parameters; without parameters it has none", () => {
    expect(readRequest(whole)).to.deep.equal({ id: 7, method: "eth_chainId", params: [1] });
    for (const id of ["a", 0, null]) {
      expect(readRequest({ jsonrpc: "2.0", id, method: "m" })).to.deep.equal({ id, method: "m", params: [] });
    }
  });

  it("is refused with what is wrong with it, and with its id where it has one", () => {
    const object = { code: rpcCodes.invalidRequest, message: "a request must be an object" };
    for (const value of [7, null, "text", [], [whole], undefined]) {
      expect(readRequest(value)).to.deep.equal({ id: null, error: object });
    }
    const id = { code: rpcCodes.invalidRequest, message: "id must be a string, a number or null" };
    for (const value of [{}, { ...whole, id: undefined }, { ...whole, id: {} }, { ...whole, id: true }]) {
      expect(readRequest(value)).to.deep.equal({ id: null, error: id });
    }
    const form = { code: rpcCodes.invalidRequest, message: 'a request needs jsonrpc "2.0" and a method' };
    for (const value of [
      { ...whole, jsonrpc: "1.0" },
      { ...whole, method: 5 },
      { id: 7, method: "m" },
    ]) {
      expect(readRequest(value)).to.deep.equal({ id: 7, error: form });
    }
    const params = { code: rpcCodes.invalidParams, message: "params must be an array" };
    for (const value of [{}, "x", null]) {
      expect(readRequest({ ...whole, params: value })).to.deep.equal({ id: 7, error: params });
    }
  });

  it("is answered with its result, null where there is none, or with the error", () => {
    expect(reply(7, { ok: true, result: "0x1" })).to.deep.equal({ jsonrpc: "2.0", id: 7, result: "0x1" });
    expect(reply("a", { ok: true, result: undefined })).to.deep.equal({ jsonrpc: "2.0", id: "a", result: null });
    expect(reply(null, { ok: true, result: 0 })).to.deep.equal({ jsonrpc: "2.0", id: null, result: 0 });
    const error = { code: rpcCodes.parse, message: "no" };
    expect(reply(1, refuse(error))).to.deep.equal({ jsonrpc: "2.0", id: 1, error });
  });

  it("is refused by the codes of JSON-RPC", () => {
    expect(rpcCodes).to.deep.equal({
      ...{ parse: -32_700, invalidRequest: -32_600, methodNotFound: -32_601, invalidParams: -32_602 },
      ...{ internal: -32_603, refused: -32_000 },
    });
  });
});
