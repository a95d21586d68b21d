import { expect } from "chai";
import { encodeRlp, keccak256, type RlpStructuredData } from "ethers";
import * as fc from "fast-check";
import { headerHash } from "../../../src/chain/verify/header.ts";
import { MalformedWire, type VerifiableBlock } from "../../../src/chain/verify/wire.ts";
import { openManualLedger } from "./manualLedger.ts";

const zeros = (bytes: number): string => `0x${"00".repeat(bytes)}`;
const word = (digit: string): string => `0x${digit.repeat(64)}`;
const noUncles = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
const noItems = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/** The first two blocks of Ethereum, as every explorer shows them. */
const mainnetGenesis = {
  number: "0x0",
  hash: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
  parentHash: zeros(32),
  sha3Uncles: noUncles,
  miner: zeros(20),
  stateRoot: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
  transactionsRoot: noItems,
  receiptsRoot: noItems,
  logsBloom: zeros(256),
  difficulty: "0x400000000",
  gasLimit: "0x1388",
  gasUsed: "0x0",
  timestamp: "0x0",
  extraData: "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
  mixHash: zeros(32),
  nonce: "0x0000000000000042",
  transactions: [],
} as const satisfies VerifiableBlock;

const mainnetFirst = {
  ...mainnetGenesis,
  number: "0x1",
  hash: "0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6",
  parentHash: mainnetGenesis.hash,
  miner: "0x05a56e2d52c817161883f50c441c3228cfe54d9f",
  stateRoot: "0xd67e4d450343046425ae4271474353857ab860dbc0a1dde64b41b5cd3a532bf3",
  difficulty: "0x3ff800000",
  timestamp: "0x55ba4224",
  extraData: "0x476574682f76312e302e302f6c696e75782f676f312e342e32",
  mixHash: "0x969b900de27b6ac6a67742365dd65f55a0526c41fd18e1b16f1a1215c2e66f59",
  nonce: "0x539bd4979fef1ec4",
} as const satisfies VerifiableBlock;

/** Made and hashed by subnet-evm 0.8.0 itself: types.Header with customtypes.HeaderExtra. */
const subnetBlock = {
  ...mainnetGenesis,
  number: "0x102",
  hash: "0x9156a731860303cc4a7a5a305d5b2bd7a734127825d045b29acea743ba7506b6",
  parentHash: word("1"),
  miner: "0x0100000000000000000000000000000000000000",
  stateRoot: word("2"),
  difficulty: "0x1",
  gasLimit: "0xb71b00",
  timestamp: "0x68e77800",
  extraData: "0x010203",
  nonce: "0x0000000000000000",
  baseFeePerGas: "0x1",
  blockGasCost: "0x0",
  blobGasUsed: "0x0",
  excessBlobGas: "0x0",
  parentBeaconBlockRoot: zeros(32),
  timestampMilliseconds: "0x199c82cc07b",
  minDelayExcess: "0x799d4c",
} as const satisfies VerifiableBlock;
const subnetBlockBefore: VerifiableBlock = {
  ...subnetBlock,
  hash: "0xe103e5ace71e781bc9369251b6467c6398f9f4c96a88130fa84654c84ac5f066",
  ...{ blobGasUsed: null, excessBlobGas: null, parentBeaconBlockRoot: null },
  ...{ timestampMilliseconds: null, minDelayExcess: null },
};

const int = (text: string): string => (text === "0x0" ? "0x" : `0x${text.length % 2 === 0 ? "" : "0"}${text.slice(2)}`);

/** The header's hash with this extra data, by ethers. */
function hashWith(block: typeof mainnetGenesis | typeof qbftBlock, extraData: string): string {
  const { parentHash, sha3Uncles, miner, stateRoot, transactionsRoot, receiptsRoot, logsBloom } = block;
  const { difficulty, number, gasLimit, gasUsed, timestamp, mixHash, nonce } = block;
  const start = [parentHash, sha3Uncles, miner, stateRoot, transactionsRoot, receiptsRoot, logsBloom];
  const numbers = [difficulty, number, gasLimit, gasUsed, timestamp].map(int);
  return keccak256(encodeRlp([...start, ...numbers, extraData, mixHash, nonce]));
}

const qbftBlock = { ...mainnetFirst, number: "0x2a" } as const;
const validators = ["a", "b", "c", "d"].map((digit) => `0x${digit.repeat(40)}`);
const qbftExtra = (parts: { vote?: RlpStructuredData; round?: string; seals?: readonly string[] }): string =>
  encodeRlp([word("0"), validators, parts.vote ?? [], parts.round ?? "0x", [...(parts.seals ?? [])]]);

describe("the hash of a header", () => {
  it("is the one that Ethereum's first two blocks have", () => {
    expect(headerHash(mainnetGenesis, "ethereum")).to.equal(mainnetGenesis.hash);
    expect(headerHash(mainnetFirst, "ethereum")).to.equal(mainnetFirst.hash);
  });

  for (const hardfork of ["london", "merge", "shanghai", "cancun", "prague", "osaka"]) {
    it(`is the one that Hardhat's engine gives blocks of ${hardfork}`, async () => {
      const ledger = await openManualLedger(hardfork);
      try {
        await ledger.mine(0);
        for (const number of [0, 1, 2]) {
          const { block } = await ledger.read(number);
          expect(headerHash(block, "ethereum"), String(number)).to.equal(block.hash);
          const unused = { blockGasCost: "0x5", minDelayExcess: "0x5" };
          expect(headerHash({ ...block, ...unused }, "ethereum"), "fields of other kinds do not count").to.equal(
            block.hash,
          );
        }
      } finally {
        await ledger.close();
      }
    });
  }

  it("is the one that subnet-evm gives its own, before and after its fields for milliseconds", () => {
    expect(headerHash(subnetBlock, "subnet-evm")).to.equal(subnetBlock.hash);
    expect(headerHash(subnetBlockBefore, "subnet-evm")).to.equal(subnetBlockBefore.hash);
    expect(headerHash(subnetBlock, "ethereum")).to.not.equal(subnetBlock.hash);
  });

  it("holds the place of a field that is absent before one that is there, as geth encodes it", () => {
    const { baseFeePerGas, ...block } = { ...mainnetFirst, baseFeePerGas: null, withdrawalsRoot: noItems };
    const { parentHash, sha3Uncles, miner, stateRoot, transactionsRoot, receiptsRoot, logsBloom } = block;
    const { difficulty, number, gasLimit, gasUsed, timestamp, extraData, mixHash, nonce } = block;
    const start = [parentHash, sha3Uncles, miner, stateRoot, transactionsRoot, receiptsRoot, logsBloom];
    const numbers = [difficulty, number, gasLimit, gasUsed, timestamp].map(int);
    const expected = keccak256(encodeRlp([...start, ...numbers, extraData, mixHash, nonce, "0x", noItems]));
    expect(headerHash({ ...block, baseFeePerGas }, "ethereum")).to.equal(expected);
  });

  it("of QBFT has round 0 and no seals: Besu's encodeWithoutCommitSealsAndRoundNumber", () => {
    const expected = hashWith(qbftBlock, qbftExtra({}));
    const seals = [`0x${"5e".repeat(65)}`, `0x${"a1".repeat(65)}`, `0x${"77".repeat(65)}`];
    for (const parts of [{}, { seals }, { round: "0x07" }, { round: "0x0102", seals: seals.slice(1) }]) {
      expect(headerHash({ ...qbftBlock, extraData: qbftExtra(parts) }, "qbft")).to.equal(expected);
    }
    const vote = [`0x${"e".repeat(40)}`, "0xff"];
    const voted = { ...qbftBlock, extraData: qbftExtra({ vote, round: "0x01", seals }) };
    expect(headerHash(voted, "qbft"), "a vote counts").to.equal(hashWith(qbftBlock, qbftExtra({ vote })));
  });

  it("of QBFT's genesis block is made of the extra data as it is", () => {
    const extraData = qbftExtra({ round: "0x07" });
    const genesis = { ...mainnetGenesis, extraData };
    expect(headerHash(genesis, "qbft")).to.equal(hashWith(mainnetGenesis, extraData));
  });

  it("of QBFT is refused for extra data of another form", () => {
    for (const extraData of ["0x", "0xc0", "0xzz", encodeRlp(["0x01", "0x02"]), `${qbftExtra({})}00`, null]) {
      const block = { ...qbftBlock, extraData } as unknown as VerifiableBlock;
      expect(() => headerHash(block, "qbft"), String(extraData)).to.throw(MalformedWire);
    }
  });

  it("changes with each field that it is made of", () => {
    const kinds = [
      { kind: "ethereum", block: { ...mainnetFirst, baseFeePerGas: "0x7", withdrawalsRoot: noItems } },
      { kind: "subnet-evm", block: subnetBlock },
    ] as const;
    const skipped = new Set(["hash", "transactions"]);
    for (const { kind, block } of kinds) {
      const hash = headerHash(block, kind);
      for (const [name, value] of Object.entries(block).filter(([field]) => !skipped.has(field))) {
        const bent = `${String(value).slice(0, -1)}${String(value).endsWith("1") ? "2" : "1"}`;
        expect(headerHash({ ...block, [name]: bent }, kind), name).to.not.equal(hash);
      }
    }
  });

  it("is not made of a field that is missing or no hex", () => {
    const fields = Object.keys(mainnetFirst).filter((name) => name !== "hash" && name !== "transactions");
    const junk = fc.constantFrom(undefined, null, 7, "0x1g", "", {}, [], "7", "0xABC");
    void fc.assert(
      fc.property(fc.constantFrom(...fields), junk, (name, value) => {
        const block = { ...mainnetFirst, [name]: value } as unknown as VerifiableBlock;
        expect(() => headerHash(block, "ethereum")).to.throw(MalformedWire);
      }),
    );
  });
});
