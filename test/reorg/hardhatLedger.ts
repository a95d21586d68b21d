/** Our contracts on a Hardhat network in this process, which `evm_revert` puts back to an earlier block. */
import { randomUUID } from "node:crypto";
import { hexlify, Wallet } from "ethers";
import { type Addresses, encodeCall, type InterfaceName } from "../../src/chain/contractSet.ts";
import { deploySystem } from "../../src/chain/deploy.ts";
import { startEngine } from "../../src/chain/ledger/engine.ts";
import { createLedgerReads } from "../../src/chain/ledgerReads.ts";
import { encodeExecute, nonceFor, signOrder } from "../../src/chain/orders.ts";
import { type Rpc, RpcError } from "../../src/chain/rpc.ts";
import { rolesToBits } from "../../src/domain/roles.ts";
import { deadline, foundingOf, makeKey, type OperatorKeys } from "../chain/chainFixture.ts";
import { GENESIS_SECONDS } from "../chain/ledger/ledgerFixture.ts";
import { hash } from "../store/blockFixture.ts";

export interface Call {
  readonly contract: InterfaceName;
  readonly target: string;
  readonly fn: string;
  readonly args: readonly unknown[];
}

export interface HardhatLedger {
  readonly rpc: Rpc;
  readonly addresses: Addresses;
  readonly operatorAccount: string;
  readonly operator: OperatorKeys;
  readonly operatorCommitment: string;
  /** One block with one order of an account. */
  order(account: string, call: Call, keys: OperatorKeys): Promise<void>;
  /** Admits the party with the LEI commitment `hash(n, "e")`. Its account, which depends on who came before it. */
  admit(n: number, roles: readonly string[], keys: OperatorKeys): Promise<string>;
  read(call: Call): Promise<unknown>;
  snapshot(): Promise<string>;
  revert(snapshot: string): Promise<void>;
  close(): Promise<void>;
}

export async function openHardhatLedger(): Promise<HardhatLedger> {
  const engine = await startEngine(GENESIS_SECONDS);

  async function ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const outcome = await engine.request(method, params);
    return outcome.ok ? outcome.result : new RpcError(outcome.error.code, outcome.error.message, undefined);
  }

  const rpc: Rpc = {
    async call<T>(method: string, params: readonly unknown[] = []) {
      const result = await ask(method, params);
      if (result instanceof RpcError) throw result;
      return result as T;
    },
    async batch(calls) {
      const results: unknown[] = [];
      for (const { method, params } of calls) results.push(await ask(method, params));
      return results;
    },
  };
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const operator = { maker: makeKey(), checker: makeKey(), admin: makeKey() };
  const founding = foundingOf(operator);
  const addresses = await deploySystem({
    ...{ rpc, chainId, deployerKey: makeKey().key, operator: founding },
    onProgress() {},
  });
  const reads = createLedgerReads({ rpc });
  const registry = addresses.ParticipantRegistry;
  const read = ({ contract, target, fn, args }: Call) => reads.read(contract, target, { fn, args });
  const accountOf = (id: number) =>
    reads.read<string>("ParticipantRegistry", registry, { fn: "accountOf", args: [id] });
  const relayer = new Wallet(makeKey().key);
  const operatorAccount = await accountOf(1);

  async function order(account: string, call: Call, keys: OperatorKeys): Promise<void> {
    const calls = [{ target: call.target, data: encodeCall(call.contract, call.fn, call.args) }];
    const signed = { account, calls, nonce: nonceFor(randomUUID()), deadline };
    const approvals = await Promise.all([keys.maker, keys.checker].map(({ key }) => signOrder(signed, chainId, key)));
    // After a revert the chain counts from an earlier nonce.
    const nonce = Number(await rpc.call<string>("eth_getTransactionCount", [relayer.address, "latest"]));
    const values = { type: 0, chainId, nonce, gasLimit: 12_000_000, gasPrice: 0 };
    const raw = await relayer.signTransaction({ ...values, to: account, data: encodeExecute(signed, approvals) });
    const sent = await rpc.call<string>("eth_sendRawTransaction", [raw]);
    const receipt = await rpc.call<{ status: string }>("eth_getTransactionReceipt", [sent]);
    if (receipt.status !== "0x1") throw new Error(`${call.fn} failed`);
  }

  return {
    ...{ rpc, addresses, operatorAccount, operator, order, read },
    operatorCommitment: founding.leiCommitment,
    async admit(n, roles, keys) {
      const listed = [
        { signer: keys.maker.address, purposes: 5 },
        { signer: keys.checker.address, purposes: 6 },
        { signer: keys.admin.address, purposes: 8 },
      ];
      const args = [hash(n, "e"), "0x4e4c", rolesToBits(roles), listed];
      const call = { contract: "ParticipantRegistry", target: registry, fn: "admit", args } as const;
      await order(operatorAccount, call, operator);
      return accountOf(await reads.read<number>("ParticipantRegistry", registry, { fn: "participantCount" }));
    },
    snapshot: () => rpc.call<string>("evm_snapshot"),
    async revert(snapshot) {
      await rpc.call("evm_revert", [snapshot]);
    },
    close: () => engine.close(),
  };
}

/** A reference that was not used before. */
export function newReference(): string {
  return hexlify(Wallet.createRandom().privateKey);
}
