import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { openContent, openName, sealDocument } from "../../../src/features/documents/sealing.ts";

const masterKey = randomBytes(32);
const content = Buffer.from("COMMERCIAL INVOICE 2093", "utf8");
const sealed = sealDocument(masterKey, { id: "one", name: "invoice.pdf", content });
const seal = { id: "one", wrappedKey: sealed.wrappedKey };

describe("A document at rest", () => {
  it("opens to the same name and bytes with the master key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.string({ minLength: 1 }), (bytes, name) => {
        const made = sealDocument(masterKey, { id: "two", name, content: bytes });
        const its = { id: "two", wrappedKey: made.wrappedKey };
        expect(openName(masterKey, its, made.sealedName)).to.equal(Buffer.from(name, "utf8").toString("utf8"));
        expect(Buffer.compare(openContent(masterKey, its, made.sealedContent), bytes)).to.equal(0);
      }),
    );
  });

  it("shows neither name nor content in what is stored", () => {
    const stored = JSON.stringify(sealed) + Buffer.from(sealed.sealedContent).toString("latin1");
    expect(stored).not.to.contain("INVOICE").and.not.to.contain("invoice");
  });

  it("has a key of its own: the same content is sealed differently each time", () => {
    const again = sealDocument(masterKey, { id: "one", name: "invoice.pdf", content });
    expect(again.wrappedKey).not.to.equal(sealed.wrappedKey);
    expect(() => openContent(masterKey, { id: "one", wrappedKey: again.wrappedKey }, sealed.sealedContent)).to.throw();
  });

  it("does not open with another master key, under another id, altered, or as the other part", () => {
    const altered = Buffer.from(sealed.sealedContent);
    altered[altered.length - 1] = (altered[altered.length - 1] ?? 0) ^ 1;
    expect(() => openContent(randomBytes(32), seal, sealed.sealedContent)).to.throw();
    expect(() => openContent(masterKey, { ...seal, id: "other" }, sealed.sealedContent)).to.throw();
    expect(() => openContent(masterKey, seal, altered)).to.throw();
    expect(() => openName(masterKey, seal, Buffer.from(sealed.sealedContent).toString("base64"))).to.throw();
  });
});
