import { concat, id as hashOf } from "ethers";
import { Authority__factory } from "../../../types/index.ts";
import { type Act, perform, type World } from "../cast.ts";
import { abis } from "../contracts.ts";
import { DAY } from "./ready.ts";

export const ROLE = 7;

/** A role that may suspend, a day after it said so. The regulator has it; the operator, who gave it away, has not. */
export interface Delegation {
  readonly registry: string;
  /** The call to suspend a bank, as the AccessManager takes it. */
  readonly suspension: string;
  readonly suspensionArgs: readonly unknown[];
  readonly delegate: string;
  /** A second AccessManager, to which a contract can be handed over. */
  readonly successor: string;
}

/** The operator still decides alone, and at once. */
export async function undelegated(world: World): Promise<Delegation> {
  const { chain, callers, contracts, parties } = world;
  const suspensionArgs = [parties.otherBank.id, hashOf("a reason")];
  const initCode = concat([Authority__factory.bytecode, abis.Authority.encodeDeploy([callers.otherMerchant])]);
  return {
    registry: contracts.ParticipantRegistry,
    suspension: abis.ParticipantRegistry.encodeFunctionData("suspend", suspensionArgs),
    suspensionArgs,
    delegate: callers.regulator,
    successor: await chain.create(callers.stranger, initCode),
  };
}

export async function delegated(world: World): Promise<Delegation> {
  const delegation = await undelegated(world);
  const selector = delegation.suspension.slice(0, 10);
  await perform(world, "operator", act("setTargetFunctionRole", delegation.registry, [selector], ROLE));
  await perform(world, "operator", act("grantRole", ROLE, delegation.delegate, DAY));
  return delegation;
}

/** The regulator said so a day ago. */
export async function scheduled(world: World): Promise<Delegation> {
  const delegation = await delegated(world);
  await perform(world, "regulator", act("schedule", delegation.registry, delegation.suspension, 0));
  world.chain.moveTo(world.chain.now() + DAY);
  return delegation;
}

function act(fn: string, ...args: readonly unknown[]): Act {
  return { contract: "Authority", fn, args };
}
