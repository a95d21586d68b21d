import { expect } from "chai";
import fc from "fast-check";
import { parseStrictJson } from "../../src/http/strictJson.ts";
import { AppError } from "../../src/shared/errors.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text));

function refusal(bytes: Uint8Array): AppError {
  try {
    parseStrictJson(bytes);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

describe("strict JSON", () => {
  it("reads what JSON.stringify writes, for any value", () => {
    // fast-check may propose "__proto__" as a key and lone surrogates as text; both are refused by rule.
    const value = fc.jsonValue({ maxDepth: 8, stringUnit: "grapheme" });
    fc.assert(
      fc.property(value, (json) => {
        fc.pre(!JSON.stringify(json).includes("__proto__") && !JSON.stringify(json).includes("\\u0000"));
        expect(parse(JSON.stringify(json, null, 1))).to.deep.equal(JSON.parse(JSON.stringify(json)));
      }),
    );
  });

  it("never accepts a text that JSON.parse refuses", () => {
    const fragments = fc.array(fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"b"', '"\\"', "1", "null", " "));
    fc.assert(
      fc.property(fragments, (parts) => {
        const text = parts.join("");
        let accepted = true;
        try {
          parse(text);
        } catch (error) {
          expect(error).to.be.instanceOf(AppError);
          accepted = false;
        }
        if (accepted) expect(() => JSON.parse(text)).not.to.throw();
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, text, pointer] of [
    ["a key that stands twice", '{"a":1,"b":[{"c":1,"c":2}]}', "/b/0/c"],
    ["a key that stands twice in other letters", '{"ab":1,"\\u0061b":2}', "/ab"],
    ["a key that stands twice behind a nested object", '{"a":{"x":1},"a":2}', "/a"],
    ["__proto__", '{"a":{"__proto__":{}}}', "/a/__proto__"],
    ["__proto__ in other letters", '{"\\u005f_proto__":{}}', "/__proto__"],
    ["constructor.prototype", '{"constructor":{"prototype":{}}}', "/constructor/prototype"],
    ["NUL in a string", '{"a":["x","y\\u0000"]}', "/a/1"],
    ["half a surrogate pair", '{"a":"\\ud800"}', "/a"],
    ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`, "/0".repeat(32)],
  ] as const) {
    it(`refuses ${what} and says where`, () => {
      const error = refusal(Buffer.from(text));
      expect(error.code).to.equal("request.malformed_json");
      expect(error.faults.map((fault) => fault.pointer)).to.deep.equal([pointer]);
    });
  }

  for (const [what, bytes] of [
    ["a truncated text", Buffer.from('{"a":')],
    ["an open string", Buffer.from('"a')],
    ["two values", Buffer.from("1 2")],
    ["a bad escape", Buffer.from('{"\\x":1}')],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["a byte order mark", Buffer.from("\uFEFF{}")],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(refusal(bytes).code).to.equal("request.malformed_json");
    });
  }

  it("allows equal keys in different objects, 32 levels, and words that only look forbidden", () => {
    expect(parse('[{"a":1},{"a":{"a":2}}]')).to.deep.equal([{ a: 1 }, { a: { a: 2 } }]);
    expect(parse('{"prototype":"__proto__","constructor":"prototype"}')).to.be.an("object");
    expect(parse(`${"[".repeat(32)}${"]".repeat(32)}`)).to.be.an("array");
  });

  it("keeps pointers short whatever the caller calls its keys", () => {
    const key = "k".repeat(100_000);
    const [fault] = refusal(Buffer.from(`{"${key}":1,"${key}":2}`)).faults;
    expect(fault?.pointer.length).to.be.at.most(256);
  });

  it("takes time linear in the length, also for a million brackets or keys", () => {
    const work = (count: number) => {
      const keys = Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join(",");
      const start = process.cpuUsage();
      parse(`{${keys}}`);
      refusal(Buffer.from("[".repeat(count * 10)));
      const used = process.cpuUsage(start);
      return used.user + used.system;
    };
    work(10_000);
    // Quadratic work would take 64 times as long for 8 times the text.
    expect(work(80_000)).to.be.below(32 * Math.max(work(10_000), 5_000));
  });
});
