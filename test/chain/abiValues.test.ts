import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { AbiCoder, Interface, type Result } from "ethers";
import fc from "fast-check";
import {
  type AbiParameter,
  decodeOutputs,
  enumIndex,
  fieldsToJson,
  inputsByTopic,
  toJson,
} from "../../src/chain/abiValues.ts";
import { interfaces } from "../../src/chain/contractSet.ts";

const folder = path.join(import.meta.dirname, "../../contracts/interfaces");

/** Enums of the Solidity interfaces, by the name that the compiler gives the type: members in order, in our words. */
function solidityEnums(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".sol"))) {
    const source = readFileSync(path.join(folder, file), "utf8").replaceAll(/\/\/.*$/gm, "");
    for (const [, name = "", body = ""] of source.matchAll(/\benum (\w+)\s*\{([^}]*)\}/g)) {
      const members = body.split(",").map((member) => member.trim());
      const words = members.filter((member) => member !== "").map((member) => member.split(/(?=[A-Z])/).join("_"));
      found.set(
        `${file.replace(".sol", "")}.${name}`,
        words.map((word) => word.toLowerCase()),
      );
    }
  }
  return found;
}

/** Every parameter of the interfaces, structs opened. */
function allParameters(): AbiParameter[] {
  const open = (parameter: AbiParameter): AbiParameter[] => [
    parameter,
    ...(parameter.components ?? []).flatMap((component) => open(component)),
  ];
  const items = Object.values(interfaces).flatMap(({ abi }) => abi) as {
    inputs?: AbiParameter[];
    outputs?: AbiParameter[];
  }[];
  return items.flatMap(({ inputs = [], outputs = [] }) => [...inputs, ...outputs].flatMap(open));
}

const ofEnum = (type: string): AbiParameter => ({ name: "x", type: "uint8", internalType: `enum ${type}` });

describe("values of the ABI", () => {
  const enums = solidityEnums();

  it("name every enum member as the Solidity source does, in its order", () => {
    expect([...enums.keys()].length, "enums found in the interfaces").to.be.greaterThan(10);
    for (const [type, members] of enums) {
      for (const [index, member] of members.entries()) {
        expect(toJson(ofEnum(type), BigInt(index)), `${type} ${index}`).to.equal(member);
        expect(enumIndex(type, member), `${type}.${member}`).to.equal(index);
      }
      expect(toJson(ofEnum(type), BigInt(members.length)), `${type} has no more members`).to.equal(members.length);
    }
  });

  it("leave no enum of any event, error or function without names", () => {
    const used = allParameters().flatMap(({ internalType }) => {
      const [, name] = /^enum ([\w.]+)/.exec(internalType ?? "") ?? [];
      return name === undefined ? [] : [name];
    });
    expect([...new Set(used)].sort()).to.deep.equal([...enums.keys()].sort());
  });

  it("refuse a member that an enum does not have", () => {
    expect(() => enumIndex("ICredits.Status", "suspended")).to.throw(/^invariant/);
    expect(() => enumIndex("ICredits.Nothing", "none")).to.throw(/^invariant/);
  });

  it("are exact: integers up to 48 bits as numbers, larger ones as decimal strings, hex in lower case", () => {
    const cases = [
      ["uint48", (1n << 48n) - 1n, 2 ** 48 - 1],
      ["int16", -840n, -840],
      ["uint128", (1n << 128n) - 1n, "340282366920938463463374607431768211455"],
      ["uint64", 5n, "5"],
      ["int256", -(1n << 255n), (-(1n << 255n)).toString()],
      ["address", "0xAbCdEf0000000000000000000000000000000001", "0xabcdef0000000000000000000000000000000001"],
      ["bytes4", "0xDEADBEEF", "0xdeadbeef"],
      ["bool", true, true],
      ["string", "Acme GmbH", "Acme GmbH"],
      ["uint8[2]", [1n, 2n], [1, 2]],
      ["uint128[][]", [[1n], []], [["1"], []]],
    ] as const;
    for (const [type, value, json] of cases) {
      expect(toJson({ name: "x", type }, value), type).to.deep.equal(json);
    }
  });

  it("say by the type what they are, whatever the source calls it", () => {
    const million: AbiParameter = { name: "amount", type: "uint128", internalType: "Money.Minor" };
    expect(toJson(million, 1_000_000n)).to.equal("1000000");
    expect(toJson({ ...million, internalType: "uint128" }, 1_000_000n)).to.equal("1000000");
  });

  it("keep the number of an enum member that has no name here", () => {
    expect(toJson(ofEnum("ILater.Status"), 2n)).to.equal(2);
  });

  it("keep structs and their lists as objects by name, whatever they hold", () => {
    const parameter: AbiParameter = {
      name: "milestones",
      type: "tuple[]",
      components: [
        { name: "amount", type: "uint128" },
        { name: "dueAt", type: "uint48" },
      ],
    };
    const anyMilestone = fc.tuple(
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }),
    );
    fc.assert(
      fc.property(fc.array(anyMilestone, { maxLength: 4 }), (milestones) => {
        const coder = AbiCoder.defaultAbiCoder();
        const types = ["tuple(uint128 amount, uint48 dueAt)[]"];
        const decoded: Result = coder.decode(types, coder.encode(types, [milestones]));
        expect(fieldsToJson([parameter], decoded)).to.deep.equal({
          milestones: milestones.map(([amount, dueAt]) => ({ amount: String(amount), dueAt: Number(dueAt) })),
        });
      }),
    );
  });
});

describe("results of view calls", () => {
  const amount = { name: "amount", type: "uint256" };
  const day = { name: "day", type: "uint32" };
  // An event of the function's name comes first: only functions have results.
  const abi = [
    { type: "event", name: "owed", inputs: [amount], anonymous: false },
    { type: "function", name: "touch", inputs: [], outputs: [], stateMutability: "view" },
    { type: "function", name: "day", inputs: [], outputs: [day], stateMutability: "view" },
    { type: "function", name: "owed", inputs: [], outputs: [amount, day], stateMutability: "view" },
  ];
  const contract = new Interface(abi);
  const decodedAs = (name: string, ...values: unknown[]) =>
    decodeOutputs(abi, contract, { name, data: contract.encodeFunctionResult(name, values) });

  it("are the value where there is one, an object by name where there are several, empty where there is none", () => {
    expect(decodedAs("day", 7)).to.equal(7);
    expect(decodedAs("owed", 5, 7)).to.deep.equal({ amount: "5", day: 7 });
    expect(decodedAs("touch")).to.deep.equal({});
  });

  it("are refused when the contract has no such function", () => {
    expect(() => decodeOutputs(abi, contract, { name: "nothing", data: "0x" })).to.throw();
  });

  it("do not mix up events and errors, of which each has the other's parameters under another hash", () => {
    const both = [
      { type: "constructor", inputs: [day] },
      { type: "event", name: "Paid", inputs: [amount], anonymous: false },
      { type: "error", name: "Late", inputs: [day] },
      { type: "error", name: "Closed" },
    ];
    const declared = new Interface(both);
    const inputsOf = (kind: "event" | "error") => [...inputsByTopic(both, kind, declared)];
    expect(inputsOf("event")).to.deep.equal([
      [declared.getEvent("Paid")?.topicHash, { name: "Paid", inputs: [amount] }],
    ]);
    expect(inputsOf("error")).to.deep.equal([
      [declared.getError("Late")?.selector, { name: "Late", inputs: [day] }],
      [declared.getError("Closed")?.selector, { name: "Closed", inputs: [] }],
    ]);
  });
});
