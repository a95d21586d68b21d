/** What accounts do beside their orders: batches, cancellations, thresholds, guardians and recoveries. */
import { address, type Draft, draft, genesisSeconds, hash } from "../store/blockFixture.ts";
import { type Act, accountOf, currencyCodes, type Draw, oneOf, participant, type World } from "./world.ts";

function endOrders(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const account = accountOf(world, participant(world, draw));
  const nonce = String(draw(99));
  if (draw(2) === 0) return [draft("account.order_cancelled", { account, nonce })];
  const orderHash = hash(draw(1_000));
  return [
    draft("account.call_failed", { account, orderHash, index: String(draw(9)), reason: "0x" }),
    draft("account.order_executed", { account, orderHash, nonce }),
  ];
}

function setThreshold(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const currency = oneOf(draw, currencyCodes) ?? "";
  const threshold = {
    target: address(0),
    selector: "0x00000000",
    currency,
    keys: 1 + draw(3),
    above: String(draw(99)),
  };
  const account = accountOf(world, participant(world, draw));
  return [draft("account.threshold_set", { account, threshold, from: genesisSeconds + draw(9_999) })];
}

function recover(world: World, draw: Draw): Draft[] {
  if (world.participants === 0) return [];
  const [id, other] = [participant(world, draw), participant(world, draw)];
  const change = { revoked: [address(98)], signers: [address(97)], purposes: [15] };
  const proposed = draft("recovery.proposed", { id, proposer: other, change, from: genesisSeconds + draw(9_999) });
  const acts = [
    [draft("guardian.named", { id, guardian: draw(2) * other })],
    [proposed],
    [draft("recovery.vetoed", { id, by: other })],
    [draft("recovery.completed", { id })],
  ];
  return oneOf(draw, acts) ?? [];
}

export const accountActs: readonly Act[] = [endOrders, setThreshold, recover];
