import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { fieldsOf, writeMessage } from "../../../src/integrations/swift/message.ts";
import { parseMessage } from "../../../src/integrations/swift/parseMessage.ts";
import { readMessage } from "../../../src/integrations/swift/readMessage.ts";
import { creditText } from "./creditText.ts";

const folder = new URL("../../fixtures/swift/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".fin"));
const fixtures = names.map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

describe("the SWIFT codec keeps every character", () => {
  it("finds the nine fixtures", () => {
    expect(names).to.have.length(9);
  });

  for (const { name, text } of fixtures) {
    it(`reads and writes ${name} byte for byte, with LF and with CRLF`, () => {
      const crlf = text.replaceAll("\n", "\r\n");
      expect(writeMessage(parseMessage(text).message)).to.equal(text);
      expect(writeMessage(parseMessage(crlf).message)).to.equal(crlf);
      const { type, findings, message } = readMessage(crlf);
      expect(type).to.equal(name.slice(2, 5));
      expect(fieldsOf(message).map((field) => field.tag)).to.deep.equal(
        [...text.matchAll(/^:(\d\d[A-Z]?):/gm)].map((found) => found[1]),
      );
      expect(findings.filter((finding) => finding.severity === "error")).to.deep.equal([]);
    });
  }

  it("says of a type without rules that only its form was read", () => {
    const transfer = fixtures.find((fixture) => fixture.name.startsWith("mt720"));
    expect(readMessage(transfer?.text ?? "").findings.map((finding) => finding.code)).to.include("type_not_in_table");
  });

  it("keeps user header, trailers and text between the blocks", () => {
    for (const text of [creditText(), `\r\n${creditText()}\r\n`, creditText().replace("{5:", "\n{5:{TNG:}")]) {
      expect(writeMessage(parseMessage(text).message)).to.equal(text);
    }
  });

  it("gives each line of each field with its place in the text", () => {
    for (const text of [creditText(), ...fixtures.map((fixture) => fixture.text)]) {
      for (const field of fieldsOf(parseMessage(text).message)) {
        expect(text.startsWith(`:${field.tag}:`, field.offset)).to.equal(true);
        for (const line of field.lines) {
          expect(text.slice(line.offset, line.offset + line.text.length + line.end.length)).to.equal(
            line.text + line.end,
          );
          expect(line.line).to.equal(text.slice(0, line.offset).split("\n").length);
        }
      }
    }
  });

  it("keeps whatever it is given and never throws: random and mutated texts", () => {
    const fragments = [
      "{",
      "}",
      "{1:",
      "{4:",
      "-}",
      "\r\n",
      "\n",
      "\r",
      ":",
      ":20:",
      ":32B:EUR1,",
      ":49H:",
      "A",
      "{108:X}",
      "\u0000",
      "é",
      "/",
    ];
    const random = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...fragments)).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(random, (text) => {
        expect(writeMessage(parseMessage(text).message)).to.equal(text);
        const { findings } = readMessage(text);
        expect(findings.some((finding) => finding.severity === "error")).to.equal(true);
        expect(findings.every((finding) => finding.offset >= 0 && finding.offset <= text.length)).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes time in proportion to a hostile text", () => {
    const hostile = [
      "{1:".repeat(200_000),
      "{".repeat(600_000),
      `${creditText().slice(0, 70)}\r\n${":20:A\r\n".repeat(100_000)}`,
      creditText().replace("POST-FINANCING", "A".repeat(500_000)),
      creditText().replace("HIGH STREET 1", "B\r\n".repeat(200_000)),
      `{3:${"{a:b}".repeat(100_000)}`,
      `PK\u0003\u0004${"\u0000".repeat(600_000)}`,
    ];
    for (const text of hostile) {
      const started = process.cpuUsage().user;
      const { findings } = readMessage(text);
      expect(findings.length).to.be.within(1, 1600);
      expect((process.cpuUsage().user - started) / 1000, text.slice(0, 12)).to.be.below(3000);
    }
  });
});
