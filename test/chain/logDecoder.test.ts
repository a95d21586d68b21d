import { expect } from "chai";
import fc from "fast-check";
import { type AbiParameter, fieldsToJson } from "../../src/chain/abiValues.ts";
import { type InterfaceName, interfaces } from "../../src/chain/contractSet.ts";
import { createLogDecoder, type EventParameter } from "../../src/chain/logDecoder.ts";
import { anyValue } from "./abiArbitraries.ts";

interface EventItem {
  readonly contract: InterfaceName;
  readonly name: string;
  readonly inputs: readonly EventParameter[];
}

const events = (Object.keys(interfaces) as InterfaceName[]).flatMap((contract) =>
  (interfaces[contract].abi as { type: string; name: string; inputs: EventParameter[] }[])
    .filter(({ type }) => type === "event")
    .map(({ name, inputs }): EventItem => ({ contract, name, inputs })),
);

function encode({ contract, name }: EventItem, values: readonly unknown[]) {
  const fragment = interfaces[contract].contract.getEvent(name);
  if (!fragment) throw new Error(`${contract} has no ${name}`);
  return interfaces[contract].contract.encodeEventLog(fragment, [...values]);
}

/** A type in an event of its own, encoded by ethers. */
const shapes: readonly AbiParameter[] = [
  { name: "a", type: "int24" },
  { name: "b", type: "int256" },
  { name: "c", type: "uint48" },
  { name: "d", type: "uint56" },
  { name: "e", type: "bytes" },
  { name: "f", type: "string" },
  { name: "g", type: "string[]" },
  { name: "h", type: "uint8[3]" },
  { name: "i", type: "bytes[2][]" },
  {
    ...{ name: "j", type: "tuple[]" },
    components: [
      { name: "x", type: "bool" },
      { name: "y", type: "address[]" },
      { name: "z", type: "tuple", components: [{ name: "w", type: "bytes4" }] },
    ],
  },
];

describe("the decoder of logs", () => {
  for (const item of events) {
    it(`reads ${item.contract}.${item.name} as ethers does, whatever it carries`, () => {
      const decode = createLogDecoder(item.inputs);
      const named = item.inputs.map((input, index) => ({ ...input, name: input.name || `value${index}` }));
      fc.assert(
        fc.property(fc.tuple(...item.inputs.map(anyValue)), (values) => {
          const { topics, data } = encode(item, values);
          const theirs = interfaces[item.contract].contract.decodeEventLog(item.name, data, topics);
          expect(decode(topics, data)).to.deep.equal(fieldsToJson(named, theirs));
        }),
      );
    });
  }

  for (const shape of shapes) {
    it(`reads ${shape.type} as ethers does`, async () => {
      const { AbiCoder, ParamType } = await import("ethers");
      const coder = AbiCoder.defaultAbiCoder();
      const parameters = [{ name: "before", type: "uint256" }, shape, { name: "after", type: "bytes" }];
      const types = parameters.map((parameter) => ParamType.from(parameter));
      const decode = createLogDecoder(parameters);
      fc.assert(
        fc.property(fc.tuple(...parameters.map(anyValue)), (values) => {
          const data = coder.encode(types, values);
          expect(decode([], data)).to.deep.equal(fieldsToJson(parameters, coder.decode(types, data)));
        }),
      );
    });
  }

  it("refuses bytes that end before what they announce, and never stops the index for good by them", () => {
    const decode = createLogDecoder(shapes);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (bytes) => {
        try {
          decode([], `0x${Buffer.from(bytes).toString("hex")}`);
        } catch (error) {
          expect(error).to.have.property("message", "a log ends before what it announces");
        }
      }),
    );
    expect(() => decode([], "0x")).to.throw("a log ends before");
  });

  it("takes no event whose indexed part is only a hash", () => {
    expect(() => createLogDecoder([{ name: "x", type: "bytes", indexed: true }])).to.throw(/^invariant: /);
  });
});
