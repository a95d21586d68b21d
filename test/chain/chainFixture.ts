/** A real ledger in this process, behind its own endpoint, with or without the contracts. */
import { randomBytes, randomUUID } from "node:crypto";
import { hexlify, Transaction, Wallet } from "ethers";
import type { Addresses } from "../../src/chain/contractSet.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { deploySystem, type FoundingOperator } from "../../src/chain/deploy.ts";
import { openEndpoint } from "../../src/chain/ledger/endpoint.ts";
import type { Ledger } from "../../src/chain/ledger/ledger.ts";
import { createLedgerReads, type LedgerReads } from "../../src/chain/ledgerReads.ts";
import { encodeExecute, nonceFor, type Order, type OrderCall, signOrder } from "../../src/chain/orders.ts";
import { createRpc, type Rpc } from "../../src/chain/rpc.ts";
import { purposesOf, rolesToBits } from "../../src/domain/roles.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { GENESIS_SECONDS, openTestLedger } from "./ledger/ledgerFixture.ts";

/** Well after the ledger's business time, which stands still in these tests. */
export const deadline = GENESIS_SECONDS + 86_400;

export interface TestKey {
  readonly key: string;
  readonly address: string;
}

export interface Receipt {
  readonly status: string;
  readonly blockNumber: string;
  readonly gasUsed: string;
}

export interface TestChain {
  readonly ledger: Ledger;
  readonly rpc: Rpc;
  readonly chainId: number;
  close(): Promise<void>;
}

export interface DeployedChain extends TestChain {
  readonly reads: LedgerReads;
  readonly addresses: Addresses;
  readonly operator: OperatorKeys;
  readonly operatorAccount: string;
  /** Relays calls of an account, signed by these keys. */
  relay(account: string, calls: readonly OrderCall[], keys: readonly TestKey[]): Promise<Receipt>;
  /** Admits a party with one key for each of maker, checker and administrator. */
  admit(roles: readonly string[]): Promise<{ id: number; account: string; keys: OperatorKeys }>;
}

export interface OperatorKeys {
  readonly maker: TestKey;
  readonly checker: TestKey;
  readonly admin: TestKey;
}

export function makeKey(): TestKey {
  const wallet = new Wallet(hexlify(randomBytes(32)));
  return { key: wallet.privateKey, address: wallet.address.toLowerCase() };
}

function makeKeys(): OperatorKeys {
  return { maker: makeKey(), checker: makeKey(), admin: makeKey() };
}

function keysOnLedger(keys: OperatorKeys): FoundingOperator["keys"] {
  return (["maker", "checker", "admin"] as const).map((role) => {
    return { signer: keys[role].address, purposes: purposesOf(role) };
  });
}

export function foundingOf(keys: OperatorKeys = makeKeys()): FoundingOperator {
  return { leiCommitment: hexlify(randomBytes(32)), country: "DE", keys: keysOnLedger(keys) };
}

export async function openChain(): Promise<TestChain> {
  const { ledger } = await openTestLedger();
  const endpoint = await openEndpoint({ ledger, logger: silentLogger, port: 0 });
  const rpc = createRpc({ url: endpoint.url });
  return {
    ledger,
    rpc,
    chainId: Number(await rpc.call<string>("eth_chainId")),
    async close() {
      await endpoint.close();
      await ledger.close();
    },
  };
}

/** Signs with the next nonce, sends, and waits for the receipt. */
export async function send(chain: TestChain, key: string, call: { to: string | null; data: string }): Promise<Receipt> {
  const { rpc, chainId } = chain;
  const wallet = new Wallet(key);
  const nonce = Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
  const transaction = Transaction.from({ type: 0, chainId, nonce, gasLimit: 12_000_000, gasPrice: 0, ...call });
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
  const hash = await rpc.call<string>("eth_sendRawTransaction", [transaction.serialized]);
  return rpc.call<Receipt>("eth_getTransactionReceipt", [hash]);
}

export async function openDeployedChain(): Promise<DeployedChain> {
  const chain = await openChain();
  const { rpc, chainId } = chain;
  const operator = makeKeys();
  const founding = foundingOf(operator);
  const addresses = await deploySystem({
    rpc,
    chainId,
    deployerKey: makeKey().key,
    operator: founding,
    onProgress() {},
  });
  const reads = createLedgerReads({ rpc });
  const registry = addresses.ParticipantRegistry;
  const operatorAccount = await reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [1] });
  const relayer = makeKey();

  const relay: DeployedChain["relay"] = async (account, calls, keys) => {
    const order: Order = { account, calls, nonce: nonceFor(randomUUID()), deadline };
    const approvals = await Promise.all(keys.map(({ key }) => signOrder(order, chainId, key)));
    return send(chain, relayer.key, { to: account, data: encodeExecute(order, approvals) });
  };

  return {
    ...{ ...chain, reads, addresses, operator, operatorAccount, relay },
    async admit(roles) {
      const keys = makeKeys();
      const { leiCommitment } = foundingOf();
      const args = [leiCommitment, "0x4e4c", rolesToBits(roles), keysOnLedger(keys)];
      const data = encodeCall("ParticipantRegistry", "admit", args);
      const receipt = await relay(operatorAccount, [{ target: registry, data }], [operator.maker, operator.checker]);
      if (receipt.status !== "0x1") throw new Error("the party was not admitted");
      const id = await reads.read<number>("ParticipantRegistry", registry, { fn: "participantCount" });
      const account = await reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [id] });
      return { id, account, keys };
    },
  };
}
