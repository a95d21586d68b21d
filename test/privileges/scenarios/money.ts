import { id as hashOf, Wallet } from "ethers";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { currency, look, perform, type World } from "../cast.ts";
import { funded, type Purse, ready } from "./ready.ts";

/** The importer's money at the issuing bank, some of which waits for redemption. */
export interface Asked extends Purse {
  readonly id: string;
}

export async function redemptionAsked(world: World): Promise<Asked> {
  const purse = await funded(world);
  const [amount, ref] = [1_000, hashOf("a redemption")];
  const args = [purse.token, amount, ref];
  await perform(world, "importer", { contract: "Redemptions", fn: "request", args });
  const of = [world.parties.importer.id, purse.token, ref];
  return { ...purse, id: String(await look(world, { contract: "Redemptions", fn: "redemptionId", args: of })) };
}

/** What the factory would tell the maker for a bank's dollars. */
export async function making(world: World): Promise<readonly unknown[]> {
  await ready(world);
  const { contracts, parties } = world;
  const made = [
    contracts.ParticipantRegistry,
    contracts.Undertakings,
    contracts.ClearingHouse,
    contracts.Redemptions,
    contracts.AtomicSettlement,
    parties.issuingBank.id,
    currency("USD"),
    2,
    1_000,
  ];
  return ["USD deposit", "USD.3", made];
}

/** Code that answers every call with ERC-1271's yes: what is signed is not the subject here. */
const ALWAYS_YES = "0x631626ba7e60e01b60005260206000f3";

/** The importer's account holds money and answers that whatever it is asked about was signed. */
export async function agreeable(world: World): Promise<Purse> {
  const purse = await funded(world);
  await world.chain.rpc.call("hardhat_setCode", [world.parties.importer.account, ALWAYS_YES]);
  return purse;
}

/** The latest time that OpenZeppelin takes for one. */
export const FOREVER = 2n ** 47n - 1n;

/** Of the importer to the exporter: payer, payee, amount, from when, until when, nonce. */
export function authorised({ parties: { importer, exporter } }: World): readonly unknown[] {
  return [importer.account, exporter.account, 5, 0, FOREVER, hashOf("a nonce")];
}

/** A key that holds nothing signs away nothing. */
const owner = new Wallet(hashOf("an owner of nothing"));

type Kind = "Permit" | "CancelAuthorization";

const types: Readonly<Record<Kind, readonly { readonly name: string; readonly type: string }[]>> = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
  CancelAuthorization: [
    { name: "authorizer", type: "address" },
    { name: "nonce", type: "bytes32" },
  ],
};

/** What the plain key signed for this token. */
export async function signedByOwner(world: World, kind: Kind, message: Record<string, unknown>) {
  const { token } = await funded(world);
  const name = String(await look(world, { contract: "DepositToken", fn: "name", args: [], at: token }));
  const domain = { name, version: "1", chainId: CHAIN_ID, verifyingContract: token };
  const all = kind === "Permit" ? { owner: owner.address, ...message } : { authorizer: owner.address, ...message };
  const signature = await owner.signTypedData(domain, { [kind]: [...types[kind]] }, all);
  return { token, owner: owner.address, signature };
}
