import { expect } from "chai";
import type { EventFragment } from "ethers";
import fc from "fast-check";
import type { AbiParameter } from "../../src/chain/abiValues.ts";
import { type Addresses, type InterfaceName, interfaces, singletonNames } from "../../src/chain/contractSet.ts";
import { createAddressBook, decodeLog, type WireLog } from "../../src/chain/decode.ts";
import { eventSchemas, type LedgerEvent } from "../../src/domain/ledgerEvent.ts";
import { participantRoles } from "../../src/domain/roles.ts";
import { ISystemDeployer__factory } from "../../types/index.ts";
import { anyValue } from "./abiArbitraries.ts";

/** Events that the gateway reads on purpose as nothing. */
const leftOut: Readonly<Record<string, string>> = {
  "ParticipantRegistry.SystemContractRegistered": "said once, at deployment, of contracts that this code names itself",
  "ParticipantRegistry.SignatureVerifierListed": "said once, at deployment, of contracts that this code deploys itself",
  "ParticipantRegistry.MoneyActListed": "said once, at deployment, of a list that is this code's own (moneyActs)",
  "ParticipantRegistry.RoutineActListed": "said once, at deployment, of a list that is this code's own (routineActs)",
  "DepositTokenMaker.DepositTokenMade": "DepositTokenFactory.DepositTokenCreated says the same with bank and currency",
  "DepositToken.Frozen": "HolderFrozen says the same with the reason",
  "DepositToken.ForcedTransfer": "MoneyForced says the same with the reason",
  "DepositToken.Approval": "an allowance moves nothing; what it leads to is a Transfer",
};

const block = { number: 7, hash: `0x${"b".repeat(64)}`, timestamp: 1_046_000_000 };
const emitter = `0x${"E".repeat(40)}`;
const transactionHash = `0x${"c".repeat(64)}`;

/** Bytes that the contracts let through as capital letters only. */
const capitals: Readonly<Record<string, number>> = { country: 2, currency: 3 };

interface EventItem {
  readonly contract: InterfaceName;
  readonly fragment: EventFragment;
  readonly inputs: readonly AbiParameter[];
}

function eventsOf(contract: InterfaceName): EventItem[] {
  const items = interfaces[contract].abi as { type: string; name: string; inputs: AbiParameter[] }[];
  return items
    .filter(({ type }) => type === "event")
    .map(({ name, inputs }) => {
      const fragment = interfaces[contract].contract.getEvent(name);
      if (!fragment) throw new Error(`${contract} has no ${name}`);
      return { contract, fragment, inputs };
    });
}

function anyInput(input: AbiParameter): fc.Arbitrary<unknown> {
  const length = capitals[input.name];
  if (input.type === "tuple") return fc.tuple(...(input.components ?? []).map(anyInput));
  if (length === undefined) return anyValue(input);
  const letter = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return fc
    .array(letter, { minLength: length, maxLength: length })
    .map((letters) => `0x${Buffer.from(letters.join("")).toString("hex")}`);
}

function logOf({ contract, fragment }: EventItem, values: readonly unknown[]): WireLog {
  const { topics, data } = interfaces[contract].contract.encodeEventLog(fragment, [...values]);
  return { address: emitter, topics, data, logIndex: "0x1f", transactionHash };
}

const all = (Object.keys(interfaces) as InterfaceName[]).flatMap(eventsOf);

function decoded(contract: InterfaceName, event: string, values: readonly unknown[]): LedgerEvent {
  const item = all.find((one) => one.contract === contract && one.fragment.name === event);
  const found = item && decodeLog(logOf(item, values), contract, block);
  if (!found) throw new Error(`${contract}.${event} is not decoded`);
  return found;
}

describe("events of the contracts", () => {
  const seen = new Set<string>();

  for (const item of all) {
    const name = `${item.contract}.${item.fragment.name}`;
    if (name in leftOut) {
      it(`${name} is left out: ${leftOut[name]}`, () => {
        const [sample = []] = fc.sample(fc.tuple(...item.inputs.map(anyInput)), 1);
        expect(decodeLog(logOf(item, sample), item.contract, block)).to.equal(undefined);
      });
      continue;
    }
    it(`${name} becomes an event of ours that passes its schema, whatever it carries`, () => {
      fc.assert(
        fc.property(fc.tuple(...item.inputs.map(anyInput)), (values) => {
          const event = decodeLog(logOf(item, values), item.contract, block);
          if (!event) throw new Error(`${name} is neither decoded nor left out`);
          seen.add(event.type);
          expect(eventSchemas[event.type].parse(event.data)).to.deep.equal(event.data);
          // PostgreSQL's jsonb takes no NUL, and a text that is not well-formed would come back as another.
          const json = JSON.stringify(event.data);
          expect(json).not.to.match(/\\u0000|\\ud[89a-f]/);
          expect(JSON.parse(json)).to.deep.equal(event.data);
          expect({ ...event, type: undefined, data: undefined }).to.deep.equal({
            ...{ type: undefined, data: undefined, blockNumber: 7, blockHash: block.hash, logIndex: 31 },
            ...{ transactionHash, occurredAt: block.timestamp },
          });
          expectNumbersKept(item.inputs, values, event.data);
        }),
      );
    });
  }

  it("make up every event type that there is", () => {
    expect([...seen].sort()).to.deep.equal(Object.keys(eventSchemas).sort());
  });

  it("leave out only events that exist, and the deployer, which no later act concerns", () => {
    const names = all.map(({ contract, fragment }) => `${contract}.${fragment.name}`);
    expect(Object.keys(leftOut).filter((name) => !names.includes(name))).to.deep.equal([]);
    const ofDeployer = ISystemDeployer__factory.abi.filter(({ type }) => type === "event").map(({ name }) => name);
    expect(ofDeployer).to.deep.equal(["SystemContractDeployed"]);
  });
});

/** Nothing is rounded or mixed up on the way: each number and hash stands under its own name. */
function expectNumbersKept(inputs: readonly AbiParameter[], values: readonly unknown[], data: object): void {
  const byName = data as Readonly<Record<string, unknown>>;
  for (const [index, { name, type, internalType }] of inputs.entries()) {
    const isPlain = /^(u?int\d+|address|bytes32)$/.test(type) && !internalType?.startsWith("enum ");
    if (isPlain && name !== "roles") expect(String(byName[name]), name).to.equal(String(values[index]).toLowerCase());
  }
}

describe("decoding", () => {
  it("names countries, currencies and roles, and the emitter where it is part of the event", () => {
    const id = `0x${"1".repeat(64)}`;
    const account = `0x${"a".repeat(40)}`;
    const admitted = decoded("ParticipantRegistry", "ParticipantAdmitted", [7, account, id, "0x4e4c", 0b1000_0010]);
    expect(admitted.data).to.deep.equal({
      ...{ id: 7, account, leiCommitment: id, country: "NL", roles: ["bank", "operator"] },
    });
    const listed = decoded("DepositTokenFactory", "CurrencyListed", ["0x4a5059", 0]);
    expect(listed.data).to.deep.equal({ currency: "JPY", exponent: 0 });
    const moved = decoded("DepositToken", "Transfer", [account, account, 5]);
    expect(moved.data).to.include({ token: emitter.toLowerCase(), value: "5" });
    expect(decoded("ParticipantAccount", "KeyRemoved", ["0xAB"]).data).to.deep.equal({
      ...{ account: emitter.toLowerCase(), signer: "0xab" },
    });
    const everyRole = decoded("ParticipantRegistry", "ParticipantAdmitted", [7, account, id, "0x4e4c", 0xff]);
    expect(everyRole.data)
      .to.have.property("roles")
      .that.deep.equals([...participantRoles]);
  });

  it("reads a discrepancy's code as text, and as hex when a bank wrote bytes that are no code", () => {
    const id = `0x${"1".repeat(64)}`;
    const kindOf = (kind: string) => {
      const event = decoded("Presentations", "PresentationRefused", [id, 3, 0, [[kind, 1, 18, id]]]);
      return event.type === "presentation.refused" ? event.data.discrepancies[0]?.kind : undefined;
    };
    expect(kindOf("0x444f434d")).to.equal("DOCM");
    expect(kindOf("0x4c415400")).to.equal("LAT");
    expect(kindOf("0xffffffff")).to.equal("0xffffffff");
    expect(kindOf("0x41004100")).to.equal("0x41004100");
    expect(kindOf("0x0a0a0a0a")).to.equal("0x0a0a0a0a");
  });

  it("takes nothing but the filling away from a text, and takes all of it", () => {
    const currencyOf = (bytes: string) => decoded("DepositTokenFactory", "CurrencyListed", [bytes, 0]).data;
    expect(() => currencyOf("0x004555")).to.throw();
    const id = `0x${"1".repeat(64)}`;
    const event = decoded("Presentations", "PresentationRefused", [id, 3, 0, [["0x41000000", 1, 18, id]]]);
    expect(event.type === "presentation.refused" && event.data.discrepancies[0]?.kind).to.equal("A");
  });

  it("reads a log of a contract that has no events of ours, and one without topics, as nothing", () => {
    const log = { address: emitter, topics: [], data: "0x", logIndex: "0x0", transactionHash };
    for (const name of Object.keys(interfaces) as InterfaceName[])
      expect(decodeLog(log, name, block)).to.equal(undefined);
  });

  it("forgets at a reset what events taught it, and keeps what the store knows", () => {
    const address = (n: number) => `0x${String(n).padStart(40, "0")}`;
    const entries = singletonNames.map((name, index) => [name, address(index)]);
    const book = createAddressBook(Object.fromEntries(entries) as Addresses, { accounts: [address(90)], tokens: [] });
    book.reset({ accounts: [], tokens: [address(91)] });
    expect(book.nameOf(address(90))).to.equal(undefined);
    expect(book.nameOf(address(91))).to.equal("DepositToken");
    expect(book.nameOf(address(singletonNames.indexOf("Credits")))).to.equal("Credits");
  });

  it("learns contracts from the two events that make them, and from no other", () => {
    const entries = singletonNames.map((name, index) => [name, `0x${String(index).padStart(40, "0")}`]);
    const book = createAddressBook(Object.fromEntries(entries) as Addresses, { accounts: [], tokens: [] });
    book.learn(decoded("ParticipantAccount", "KeyRemoved", ["0xAB"]));
    book.learn(decoded("DepositToken", "Transfer", [emitter, emitter, 5]));
    expect(book.nameOf(emitter)).to.equal(undefined);
    expect(book.nameOf("undefined")).to.equal(undefined);
  });

  it("knows an account or a token from the event that made it, and no stranger's contract", () => {
    const address = (n: number) => `0x${String(n).padStart(40, "0")}`;
    const entries = singletonNames.map((name, index) => [name, address(index)]);
    const known = { accounts: [address(90)], tokens: [address(91)] };
    const book = createAddressBook(Object.fromEntries(entries) as Addresses, known);
    expect(book.nameOf(address(singletonNames.indexOf("Credits")))).to.equal("Credits");
    expect([book.nameOf(address(90)), book.nameOf(address(91))]).to.deep.equal(["ParticipantAccount", "DepositToken"]);
    expect(book.nameOf(address(92))).to.equal(undefined);
    // The implementation is nobody's account, though it has an account's code.
    expect(book.nameOf(address(singletonNames.indexOf("ParticipantAccount")))).to.equal(undefined);
    const id = `0x${"1".repeat(64)}`;
    book.learn(decoded("ParticipantRegistry", "ParticipantAdmitted", [7, address(92), id, "0x4e4c", 2]));
    book.learn(decoded("DepositTokenFactory", "DepositTokenCreated", [7, "0x455552", address(93), 5]));
    expect([book.nameOf(address(92)), book.nameOf(address(93))]).to.deep.equal(["ParticipantAccount", "DepositToken"]);
  });
});
