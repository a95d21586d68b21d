import { request } from "node:http";
import { expect } from "chai";
import { type Endpoint, openEndpoint } from "../../../src/chain/ledger/endpoint.ts";
import { servedMethods } from "../../../src/chain/ledger/methods.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import {
  call,
  contracts,
  createSigner,
  mine,
  openTestLedger,
  post,
  type RpcBody,
  type TestLedger,
} from "./ledgerFixture.ts";

/** What the engine would do for anybody who could reach it. */
const FORBIDDEN: readonly [method: string, params: readonly unknown[]][] = [
  ["eth_accounts", []],
  [
    "eth_sendTransaction",
    [{ from: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", to: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" }],
  ],
  ["eth_sign", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x00"]],
  ["eth_signTypedData_v4", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", {}]],
  ["personal_sign", ["0x00", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]],
  ["eth_requestAccounts", []],
  ["eth_coinbase", []],
  ["eth_newFilter", [{}]],
  ["eth_newBlockFilter", []],
  ["eth_subscribe", ["newHeads"]],
  ["evm_snapshot", []],
  ["evm_revert", ["0x1"]],
  ["evm_mine", []],
  ["evm_increaseTime", [86_400]],
  ["evm_setNextBlockTimestamp", [4_000_000_000]],
  ["evm_setAutomine", [false]],
  ["evm_setIntervalMining", [1]],
  ["evm_setBlockGasLimit", ["0x5208"]],
  ["hardhat_impersonateAccount", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]],
  ["hardhat_setStorageAt", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x0", `0x${"11".repeat(32)}`]],
  ["hardhat_setBalance", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x1"]],
  ["hardhat_setNonce", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x5"]],
  ["hardhat_setCode", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x00"]],
  ["hardhat_setNextBlockBaseFeePerGas", ["0x1"]],
  ["hardhat_setPrevRandao", [`0x${"11".repeat(32)}`]],
  ["hardhat_setCoinbase", ["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]],
  ["hardhat_mine", ["0x5"]],
  ["hardhat_dropTransaction", [`0x${"11".repeat(32)}`]],
  ["hardhat_reset", []],
  ["hardhat_metadata", []],
  ["debug_traceTransaction", [`0x${"11".repeat(32)}`]],
  ["debug_traceCall", [{}, "latest"]],
  ["moveClock", [{ id: 1, businessSeconds: 4_000_000_000 }]],
  ["__proto__", []],
  ["constructor", []],
  ["", []],
];

describe("The ledger's endpoint", () => {
  let test: TestLedger;
  let endpoint: Endpoint;
  let contract: string;
  let transactionHash: string;
  let blockHash: string;

  beforeEach(async () => {
    test = await openTestLedger();
    endpoint = await openEndpoint({ ledger: test.ledger, logger: silentLogger, port: 0 });
    const signer = createSigner();
    contract = signer.nextContract();
    ({ hash: transactionHash, blockHash } = await mine(
      test.ledger,
      await signer.sign({ to: null, data: contracts.counter }),
    ));
  });

  afterEach(async () => {
    await endpoint.close();
    await test.ledger.close();
  });

  /** One fitting call and the answer that shows that it reached the engine. */
  const served: Record<string, () => [params: readonly unknown[], check: (result: unknown) => void]> = {
    eth_chainId: () => [[], (result) => expect(result).to.equal("0xef99")],
    eth_blockNumber: () => [[], (result) => expect(result).to.equal("0x1")],
    eth_getBlockByNumber: () => [["0x1", false], (result) => expect(result).to.include({ hash: blockHash })],
    eth_getBlockByHash: () => [[blockHash, true], (result) => expect(result).to.include({ number: "0x1" })],
    eth_getTransactionByHash: () => [[transactionHash], (result) => expect(result).to.include({ blockHash })],
    eth_getTransactionReceipt: () => [[transactionHash], (result) => expect(result).to.include({ status: "0x1" })],
    eth_getTransactionCount: () => [[contract, "latest"], (result) => expect(result).to.equal("0x1")],
    eth_getCode: () => [[contract, "latest"], (result) => expect(result).to.include("5f54600101")],
    eth_getBalance: () => [[contract, "latest"], (result) => expect(result).to.equal("0x0")],
    eth_getStorageAt: () => [[contract, "0x0", "latest"], (result) => expect(Number(result)).to.equal(0)],
    eth_call: () => [[{ to: contract }, "latest"], (result) => expect(Number(result)).to.equal(1)],
    eth_estimateGas: () => [[{ to: contract }], (result) => expect(Number(result)).to.be.greaterThan(21_000)],
    eth_gasPrice: () => [[], (result) => expect(result).to.equal("0x0")],
    eth_feeHistory: () => [
      ["0x1", "latest", []],
      (result) => expect(result).to.deep.include({ baseFeePerGas: ["0x0", "0x0"] }),
    ],
    eth_getLogs: () => [[{ fromBlock: "0x0", toBlock: "latest" }], (result) => expect(result).to.deep.equal([])],
    eth_sendRawTransaction: () => [[], () => expect.fail("needs a transaction")],
    net_version: () => [[], (result) => expect(result).to.equal("61337")],
    web3_clientVersion: () => [[], (result) => expect(result).to.include("HardhatNetwork/3.17")],
  };

  it("serves exactly the methods of its list", () => {
    expect([...servedMethods].sort()).to.deep.equal(Object.keys(served).sort());
  });

  for (const method of Object.keys(served).filter((name) => name !== "eth_sendRawTransaction")) {
    it(`serves ${method}`, async () => {
      const [params, check] = served[method]?.() ?? [[], () => expect.fail("no call")];
      const { result, error } = await call(endpoint.url, method, params);
      expect(error).to.equal(undefined);
      check(result);
    });
  }

  it("serves eth_sendRawTransaction: the block is there when the reply comes", async () => {
    const raw = await createSigner().sign();
    const { result } = await call(endpoint.url, "eth_sendRawTransaction", [raw]);
    expect((await call(endpoint.url, "eth_getTransactionReceipt", [result])).result).to.include({ blockNumber: "0x2" });
  });

  for (const [method, params] of FORBIDDEN) {
    it(`refuses ${method || "the empty method"} and changes nothing`, async () => {
      const before = test.file.content();
      const { error } = await call(endpoint.url, method, params);
      expect(error).to.deep.include({ code: -32601, data: { code: "ledger.method_not_served" } });
      expect(test.file.content()).to.deep.equal(before);
      expect((await call(endpoint.url, "eth_getBlockByNumber", ["latest", false])).result).to.include({
        hash: blockHash,
      });
      // The next block is what it would have been without the call.
      const next = await mine(test.ledger, await createSigner().sign());
      const { result } = await call(endpoint.url, "eth_getBlockByHash", [next.blockHash, false]);
      const timestamp = `0x${test.ledger.businessSeconds().toString(16)}`;
      expect(result).to.include({
        number: "0x2",
        parentHash: blockHash,
        timestamp,
        baseFeePerGas: "0x0",
        gasLimit: "0x3938700",
      });
    });
  }

  it("answers a refused transaction with the reason, as a code", async () => {
    const { error } = await call(endpoint.url, "eth_sendRawTransaction", [await createSigner().sign({ nonce: 9 })]);
    expect(error?.code).to.equal(-32000);
    expect(error?.data).to.deep.equal({ code: "ledger.transaction_refused", reason: "nonce_too_high" });
  });

  it("answers a full disk with its code, and mines nothing", async () => {
    test.file.limit(0);
    const { error } = await call(endpoint.url, "eth_sendRawTransaction", [await createSigner().sign()]);
    expect(error).to.deep.include({ code: -32000, data: { code: "ledger.disk_full" } });
    expect((await call(endpoint.url, "eth_blockNumber")).result).to.equal("0x1");
  });

  it("answers parameters that do not fit with the engine's error", async () => {
    for (const params of [[], ["latest"], ["nonsense", false], [{ deep: { deeper: [] } }, 7]]) {
      expect((await call(endpoint.url, "eth_getBlockByNumber", params)).error?.code).to.equal(-32602);
    }
    expect((await call(endpoint.url, "eth_sendRawTransaction", ["0x", "0x"])).error?.code).to.equal(-32602);
  });

  describe("reads a body", () => {
    async function codeOf(body: unknown): Promise<number | undefined> {
      const reply = (await (await post(endpoint.url, body)).json()) as RpcBody;
      return reply.error?.code;
    }

    it("that is not JSON as -32700", async () => {
      for (const body of ["", "{", "nonsense", "[".repeat(1_000_000)]) expect(await codeOf(body)).to.equal(-32700);
    });

    it("that is no request as -32600, a notification included", async () => {
      const method = "eth_chainId";
      const wrong = [
        7,
        null,
        "text",
        {},
        { jsonrpc: "1.0", id: 1, method },
        { jsonrpc: "2.0", method },
        { jsonrpc: "2.0", id: {}, method },
      ];
      for (const body of [...wrong.map((item) => JSON.stringify(item)), "[]"])
        expect(await codeOf(body)).to.equal(-32600);
      expect(await codeOf({ jsonrpc: "2.0", id: 1, method, params: {} })).to.equal(-32602);
    });

    it("of up to 1000 requests and answers each in its place", async () => {
      const item = (id: number, method: string) => ({ jsonrpc: "2.0", id, method, params: [] });
      const batch = Array.from({ length: 1_000 }, (_, id) => item(id, id % 2 === 0 ? "eth_chainId" : "evm_mine"));
      const replies = (await (
        await post(endpoint.url, [...batch.slice(0, 998), 7, item(999, "eth_blockNumber")])
      ).json()) as RpcBody[];
      expect(replies).to.have.length(1_000);
      expect(replies[4]).to.deep.include({ id: 4, result: "0xef99" });
      expect(replies[5]).to.have.nested.property("error.code", -32601);
      expect(replies[998]).to.have.nested.property("error.code", -32600);
      expect(replies[999]).to.deep.include({ result: "0x1" });
      expect(await codeOf([...batch, item(1_000, "eth_chainId")])).to.equal(-32600);
    });

    it("of up to 8 MiB", async () => {
      const withPadding = (bytes: number) =>
        JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", pad: "x".repeat(bytes) });
      expect(await codeOf(withPadding(8 * 1_048_576 - 1_000))).to.equal(undefined);
      expect((await post(endpoint.url, withPadding(8 * 1_048_576))).status).to.equal(413);
    });
  });

  it("serves no web page: another method, content type or host name is refused", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId" });
    expect((await fetch(endpoint.url)).status).to.equal(405);
    expect((await post(endpoint.url, body, { "content-type": "text/plain" })).status).to.equal(415);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: "ledger.example", "content-type": "application/json" };
      const sent = request(endpoint.url, { method: "POST", headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      sent.on("error", reject);
      sent.end(body);
    });
    expect(status).to.equal(403);
  });

  it("lets reads wait for blocks that are being written", async () => {
    const raw = await createSigner().sign();
    const [sent, number] = await Promise.all([test.ledger.submit(raw), test.ledger.read("eth_blockNumber", [])]);
    expect(sent.kind).to.equal("mined");
    expect(number).to.deep.equal({ ok: true, result: "0x2" });
  });
});
