import { expect } from "chai";
import fc from "fast-check";
import { createEventStreamParser } from "../../src/portal/api/serverSentEvents.ts";

const read = (...pieces: string[]) => {
  const parser = createEventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe("The event stream's parser", () => {
  it("reads id, event and data of a message that an empty line ends", () => {
    expect(read('id: 7\nevent: credit.issued\ndata: {"a":1}\n\n')).to.deep.equal([
      { id: "7", event: "credit.issued", data: '{"a":1}' },
    ]);
  });

  it("joins several lines of data, takes one blank after the colon away, and calls a nameless event a message", () => {
    expect(read("data:a\ndata:  b\ndata\n\n")).to.deep.equal([{ id: "", event: "message", data: "a\n b\n" }]);
  });

  it("skips comments, unknown fields and messages without data, and keeps the last id", () => {
    expect(read(":\n\nid: 3\n\nretry: 10\nfoo: bar\ndata: x\n\n")).to.deep.equal([
      { id: "3", event: "message", data: "x" },
    ]);
  });

  it("holds an unfinished message back", () => {
    expect(read("id: 1\ndata: x\n")).to.deep.equal([]);
  });

  it("reads the same messages wherever the stream is cut and whichever line ends it has", () => {
    const stream = "id: 1\nevent: a\ndata: x\n\n:\n\nid: 2\ndata: y\ndata: z\n\n";
    const whole = read(stream);
    expect(whole).to.have.length(2);
    const ends = fc.constantFrom("\n", "\r", "\r\n");
    fc.assert(
      fc.property(ends, fc.array(fc.nat({ max: stream.length * 2 }), { maxLength: 8 }), (end, cuts) => {
        const text = stream.replaceAll("\n", end);
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
        expect(read(...pieces)).to.deep.equal(whole);
      }),
    );
  });
});
