import { expect } from "chai";
import { classifyRefusal, type RefusalClass } from "../../../src/chain/sending/nodeErrors.ts";

/** What nodes say, by client. Where it is not -32000, with its code. */
const sayings: Readonly<Record<string, readonly (readonly [RefusalClass, string, number?])[]>> = {
  "our own ledger": [
    ["alreadyKnown", "already known"],
    ["nonceTooLow", "nonce too low: next nonce 7, tx nonce 3"],
    ["nonceTooHigh", "nonce too high: next nonce 7, tx nonce 9"],
    ["insufficientFunds", "insufficient funds for gas * price + value: this ledger has no ether, send both as 0"],
    ["refusedForGood", "rlp: not a signed transaction"],
    ["refusedForGood", "rlp: the transaction must be 0x and an even number of hex digits"],
    ["refusedForGood", "oversized data: limit 131072 bytes"],
    ["refusedForGood", "transaction type not supported"],
    ["refusedForGood", "only replay-protected (EIP-155) transactions allowed over RPC"],
    ["refusedForGood", "invalid chain id for signer: have 1"],
    ["refusedForGood", "exceeds block gas limit: cap 15000000"],
    ["refusedForGood", "invalid sender: the signature recovers to nobody"],
    ["refusedForGood", "the sender is not admitted to this ledger"],
    ["refusedForGood", "the engine refused the transaction"],
    ["busy", "The ledger's disk is full"],
    ["busy", "The ledger cannot be reached"],
  ],
  Hardhat: [
    ["alreadyKnown", `Known transaction: 0x${"ab".repeat(32)}`],
    [
      "nonceTooLow",
      "Nonce too low. Expected nonce to be 44 but got 43. Note that transactions can't be queued when automining.",
    ],
    ["nonceTooLow", "Transaction nonce too low. Expected nonce to be at least 44 but got 43."],
    [
      "nonceTooHigh",
      "Nonce too high. Expected nonce to be 44 but got 45. Note that transactions can't be queued when automining.",
    ],
    [
      "replacementUnderpriced",
      "Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 22 is necessary to replace the existing transaction with nonce 0.",
    ],
    [
      "underpriced",
      "Transaction maxFeePerGas (7) is too low for the next block, which has a baseFeePerGas of 875000000",
    ],
    [
      "insufficientFunds",
      "Sender doesn't have enough funds to send tx. The max upfront cost is: 5 and the sender's balance is: 0.",
    ],
    ["refusedForGood", "Transaction gas limit is 60000001 and exceeds block gas limit of 60000000", -32000],
    ["refusedForGood", "Transaction gas limit is 20000000 and exceeds transaction gas cap of 16777216"],
    ["refusedForGood", "Transaction requires at least 21000 gas but got 20000"],
    ["refusedForGood", "maxPriorityFeePerGas (90) is bigger than maxFeePerGas (80)"],
    ["underpriced", "Transaction gas price is 7, which is below the minimum gas price of 8"],
    ["underpriced", "Transaction gas price is 7, which is below the minimum gasPrice of 8"],
    ["refusedForGood", "Invalid chainId 1 provided, expected 31337 instead."],
    ["refusedForGood", "Trying to send an incompatible EIP-155 transaction, signed for another chain."],
    [
      "refusedForGood",
      "Trying to send a deployment transaction whose init code length is 49153. The max length allowed by EIP-3860 is 49152.",
    ],
    ["unknown", "VM Exception while processing transaction: reverted with reason string 'no'"],
  ],
  Besu: [
    ["alreadyKnown", "Known transaction"],
    ["nonceTooLow", "Nonce too low", -32001],
    ["nonceTooHigh", "Nonce too high", -32006],
    ["nonceTooHigh", "Transaction nonce is too distant from current sender nonce"],
    ["nonceTooHigh", "An invalid transaction with a lower nonce exists"],
    ["nonceTooHigh", "Nonce too far in the future"],
    ["replacementUnderpriced", "Replacement transaction underpriced"],
    ["underpriced", "Gas price below configured minimum gas price", -32009],
    ["underpriced", "Gas price below current base fee", -32009],
    ["insufficientFunds", "Upfront cost exceeds account balance", -32004],
    ["insufficientFunds", "Transaction fee cap exceeded"],
    ["refusedForGood", "Intrinsic gas exceeds gas limit", -32003],
    ["refusedForGood", "Transaction gas limit exceeds block gas limit", -32005],
    ["refusedForGood", "Transaction gas limit cap exceeded", -32005],
    ["refusedForGood", "Sender account not authorized to send transactions", -32007],
    ["refusedForGood", "Invalid signature", -32002],
    ["refusedForGood", "Invalid transaction type", -32602],
    ["refusedForGood", "Wrong chainId"],
    ["refusedForGood", "ChainId is required"],
    ["refusedForGood", "ChainId not supported"],
    ["refusedForGood", "Max priority fee per gas exceeds max fee per gas"],
    ["refusedForGood", "Plugin has marked the transaction as invalid"],
    ["busy", "Initial sync is still in progress", -32008],
    ["busy", "Transaction pool not enabled. (Either txpool explicitly disabled, or node not yet in sync).", -32002],
    ["busy", "Timeout expired", -32603],
    ["busy", "Number of requests exceeds max batch size", -32005],
  ],
  "geth and BSC": [
    ["alreadyKnown", "already known"],
    ["nonceTooLow", "nonce too low: next nonce 5, tx nonce 4"],
    ["nonceTooLow", "nonce too low: address 0xAb58, tx: 4 state: 5"],
    ["nonceTooHigh", "nonce too high: tx nonce 9, gapped nonce 7"],
    ["nonceTooHigh", "future transaction tries to replace pending"],
    ["nonceTooHigh", "gapped-nonce tx from delegated accounts"],
    ["replacementUnderpriced", "replacement transaction underpriced"],
    ["replacementUnderpriced", "replacement transaction underpriced: new tx gas fee cap 10 <= 10 queued"],
    ["underpriced", "transaction underpriced"],
    ["underpriced", "transaction underpriced: tip needed 1, tip permitted 0"],
    ["underpriced", "transaction gas price below minimum: gas tip cap 0, minimum needed 1"],
    ["underpriced", "max fee per gas less than block base fee: address 0xAb, maxFeePerGas: 1, baseFee: 7"],
    ["insufficientFunds", "insufficient funds for gas * price + value: balance 0, tx cost 12, overshot 12"],
    ["insufficientFunds", "insufficient funds for transfer"],
    ["insufficientFunds", "tx fee (1.20 ether) exceeds the configured cap (1.00 ether)"],
    ["refusedForGood", "intrinsic gas too low: gas 20999, minimum needed 21000"],
    ["refusedForGood", "insufficient gas for floor data gas cost: gas 30000, minimum needed 40000"],
    ["refusedForGood", "exceeds block gas limit"],
    ["refusedForGood", "transaction gas limit too high (cap: 16777216, tx: 21000000)"],
    ["refusedForGood", "oversized data: transaction size 131100, limit 131072"],
    ["refusedForGood", "max initcode size exceeded: code size 49153, limit 49152"],
    ["refusedForGood", "invalid sender"],
    ["refusedForGood", "invalid chain id for signer: have 1 want 56"],
    ["refusedForGood", "transaction type not supported: type 2 rejected, pool not yet in London"],
    ["refusedForGood", "max priority fee per gas higher than max fee per gas"],
    ["refusedForGood", "sender not an eoa: address 0xAb, codehash: 0x1"],
    ["refusedForGood", "nonce has max value: address 0xAb, nonce: 18446744073709551615"],
    ["busy", "txpool is full"],
    ["busy", "account limit exceeded: pooled 64 txs"],
    ["busy", "in-flight transaction limit reached for delegated accounts"],
    ["busy", "address already reserved"],
  ],
  "subnet-evm": [
    [
      "refusedForGood",
      "cannot issue transaction from non-allow listed address: 0x8db97C7cEcE249c2b98bDC0226Cc4C2A57BF52FC",
    ],
    ["refusedForGood", "exceeds block gas limit: tx gas (12000000) > current max gas (8000000)"],
    ["refusedForGood", "intrinsic gas too low: address 0x8db9 tx gas (100), minimum needed 21000"],
    [
      "underpriced",
      "transaction underpriced: address 0x8db9 have gas fee cap (1) < pool minimum fee cap (25000000000)",
    ],
    ["nonceTooLow", "nonce too low: next nonce 2, tx nonce 1"],
    ["busy", "txpool is full"],
  ],
  "proxies and providers": [
    ["busy", "rate limit exceeded", 429],
    ["busy", "daily request count exceeded", -32005],
    ["busy", "Too Many Requests"],
    ["busy", "", 429],
    ["busy", "", -32005],
    ["alreadyKnown", "Transaction already imported"],
    ["alreadyKnown", "transaction already exists in the mempool"],
    ["alreadyKnown", "the same already exists in the tx pool"],
    ["alreadyKnown", "transaction already exists"],
    ["replacementUnderpriced", "replacement fee too low"],
    ["nonceTooLow", "failed to send transaction: nonce too low"],
  ],
};

describe("the table of node refusals", () => {
  for (const [client, list] of Object.entries(sayings)) {
    it(`knows the words of ${client}`, () => {
      for (const [expected, message, code = -32_000] of list) {
        expect(classifyRefusal({ code, message }), message).to.equal(expected);
      }
    });
  }

  it("takes an error without words for an error of its own (evmconnect #12)", () => {
    expect(classifyRefusal({ code: -32_000, message: "" })).to.equal("unknown");
    expect(classifyRefusal({ code: -32_603, message: " " })).to.equal("unknown");
  });

  it("is not deceived by words inside words (gateway.md 2.1)", () => {
    expect(classifyRefusal({ code: -32_000, message: "unknown transaction" })).to.equal("unknown");
    expect(classifyRefusal({ code: -32_000, message: "unknown transaction type: 5" })).to.equal("refusedForGood");
    expect(classifyRefusal({ code: -32_000, message: "authority nonce too low" })).to.equal("unknown");
    expect(classifyRefusal({ code: -32_000, message: "no answer about rlp: ask again" })).to.equal("unknown");
  });

  it("decides nothing by a code that clients use for different things", () => {
    for (const code of [-32_001, -32_003, -32_004, -32_006, -32_007, -32_009, -32_603]) {
      expect(classifyRefusal({ code, message: "resource not found" }), `${code}`).to.equal("unknown");
    }
  });
});
