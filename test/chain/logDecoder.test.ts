import { expect } from "chai";
import { AbiCoder, type Result } from "ethers";
import fc from "fast-check";
import { type AbiParameter, fieldsToJson, toJson } from "../../src/chain/abiValues.ts";
import { createLogDecoder, type EventParameter } from "../../src/chain/logDecoder.ts";
import { anyValue } from "./abiArbitraries.ts";

const coder = AbiCoder.defaultAbiCoder();

/** As ethers wants a type: structs spelled out. */
function spelled({ type, components = [] }: AbiParameter): string {
  return type.startsWith("tuple") ? type.replace("tuple", `tuple(${components.map(spelled).join(",")})`) : type;
}

const scalar = fc.oneof(
  fc.integer({ min: 1, max: 32 }).map((bytes): Omit<AbiParameter, "name"> => ({ type: `uint${8 * bytes}` })),
  fc.integer({ min: 1, max: 32 }).map((bytes) => ({ type: `int${8 * bytes}` })),
  fc.integer({ min: 1, max: 32 }).map((bytes) => ({ type: `bytes${bytes}` })),
  fc.constantFrom(
    { type: "address" },
    { type: "bool" },
    { type: "uint8", internalType: "enum ICredits.Status" },
    { type: "uint8", internalType: "Some.Rank" },
  ),
);
const { any } = fc.letrec<{ any: Omit<AbiParameter, "name"> }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.constantFrom({ type: "bytes" }, { type: "string" }),
    fc
      .array(tie("any"), { minLength: 1, maxLength: 3 })
      .map((inner) => ({ type: "tuple", components: inner.map((one, index) => ({ ...one, name: `f${index}` })) })),
    fc.tuple(tie("any"), fc.constantFrom("", "1", "2", "3")).map(([one, size]) => ({
      ...one,
      type: `${one.type}[${size}]`,
    })),
  ),
}));

const topicsOf = (inputs: readonly EventParameter[], values: readonly unknown[]): string[] => [
  `0x${"ee".repeat(32)}`,
  ...inputs.flatMap((input, index) => (input.indexed ? [coder.encode([input.type], [values[index]])] : [])),
];

/** Words side by side. */
const data = (...words: readonly (number | string)[]): string =>
  `0x${words.map((word) => (typeof word === "number" ? word.toString(16).padStart(64, "0") : word.padEnd(64, "0"))).join("")}`;

describe("the decoder of logs", () => {
  it("gives what ethers gives, for any types in data and topics", () => {
    const input = fc.oneof(
      any.map((one) => ({ ...one, indexed: false })),
      scalar.map((one) => ({ ...one, indexed: true })),
    );
    const anyEvent = fc
      .array(input, { maxLength: 5 })
      .map((inputs) => inputs.map((one, index): EventParameter => ({ ...one, name: `p${index}` })))
      .chain((inputs) => fc.record({ inputs: fc.constant(inputs), values: fc.tuple(...inputs.map(anyValue)) }));
    fc.assert(
      fc.property(anyEvent, ({ inputs, values }) => {
        const types = inputs.map(spelled);
        const decoded: Result = coder.decode(types, coder.encode(types, [...values]));
        const inData = inputs.flatMap((one, index) => (one.indexed ? [] : [index]));
        const encoded = coder.encode(
          inData.map((index) => types[index] ?? ""),
          inData.map((index) => values[index]),
        );
        const found = createLogDecoder(inputs)(topicsOf(inputs, values), encoded);
        expect(found).to.deep.equal(fieldsToJson(inputs, decoded));
        expect(Object.keys(found), "in the order of the event").to.deep.equal(inputs.map(({ name }) => name));
      }),
      { numRuns: 400 },
    );
  });

  it("names parameters without a name by their place", () => {
    const inputs = [
      { name: "", type: "uint8", indexed: true },
      { name: "amount", type: "uint8" },
      { name: "", type: "uint8" },
    ];
    const topics = [`0x${"ee".repeat(32)}`, data(1)];
    expect(createLogDecoder(inputs)(topics, data(2, 3))).to.deep.equal({ value0: 1, amount: 2, value2: 3 });
  });

  it("reads digits in upper case as those in lower case", () => {
    const decode = createLogDecoder([
      { name: "party", type: "address", indexed: true },
      { name: "hash", type: "bytes4" },
      { name: "note", type: "bytes" },
    ]);
    const party = "Ab".repeat(20);
    const topics = [`0x${"ee".repeat(32)}`, `0x${"0".repeat(24)}${party}`];
    expect(decode(topics, data("ABCDEF01", 64, 2, "FFEE"))).to.deep.equal({
      ...{ party: `0x${party.toLowerCase()}`, hash: "0xabcdef01", note: "0xffee" },
    });
  });

  it("gives integers of up to 48 bits as numbers and larger ones as texts", () => {
    const of = (type: string, word: string) => createLogDecoder([{ name: "x", type }])([], `0x${word}`)["x"];
    const all = "f".repeat(64);
    expect(of("uint48", `${"0".repeat(52)}${"f".repeat(12)}`)).to.equal(2 ** 48 - 1);
    expect(of("uint56", `${"0".repeat(62)}07`)).to.equal("7");
    expect(of("int48", all)).to.equal(-1);
    expect(of("int56", all)).to.equal("-1");
    expect(of("int8", `${"f".repeat(62)}80`)).to.equal(-128);
  });

  it("refuses data that ends before what it announces", () => {
    const cases: readonly (readonly [EventParameter["type"], string])[] = [
      ["uint8", "0x"],
      ["uint8", data(1).slice(0, -1)],
      ["uint8[2]", data(1)],
      ["uint8[]", data(32)],
      ["uint8[]", data(32, 2, 1)],
      ["uint8[]", data(32, 2 ** 47)],
      ["bytes", data(2 ** 47)],
      ["bytes", data(32, 1)],
      ["bytes", data(32, 33, "aa")],
      ["string", data(32, 2 ** 40)],
    ];
    for (const [type, text] of cases) {
      expect(() => createLogDecoder([{ name: "x", type }])([], text), `${type} ${text}`).to.throw(
        "a log ends before what it announces",
      );
    }
    expect(createLogDecoder([{ name: "x", type: "bytes" }])([], data(32, 32, "aa"))).to.deep.equal({
      x: `0xaa${"00".repeat(31)}`,
    });
    const indexed = createLogDecoder([{ name: "x", type: "uint8", indexed: true }]);
    expect(() => indexed([`0x${"ee".repeat(32)}`], "0x"), "a topic too few").to.throw("a log ends");
  });

  it("is not made for what no topic holds, nor for types that it does not know", () => {
    const indexed = (type: string, components?: readonly AbiParameter[]) =>
      createLogDecoder([{ name: "x", type, indexed: true, ...(components && { components }) }]);
    const word = [{ name: "a", type: "uint8" }];
    for (const type of ["bytes", "string", "uint8[]", "uint8[2]"]) {
      expect(() => indexed(type), type).to.throw("invariant: x does not fit a topic");
    }
    expect(() => indexed("tuple", [...word, ...word])).to.throw("invariant: x does not fit a topic");
    for (const type of ["fixed128x18", "function", "bytes0", "xbytes4", "bytes4x"]) {
      expect(() => createLogDecoder([{ name: "x", type }]), type).to.throw(`invariant: no decoder for ${type}`);
    }
  });

  it("names members of enums and keeps the number of one that has no name", () => {
    const status = { name: "x", type: "uint8", internalType: "enum ICredits.Status" };
    for (const number of [0, 2, 3, 255]) {
      expect(createLogDecoder([status])([], data(number))["x"]).to.equal(toJson(status, BigInt(number)));
    }
  });
});
