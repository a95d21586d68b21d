import { expect } from "chai";
import { asRefusal } from "../../../src/chain/ledger/engineErrors.ts";

describe("an error of the engine", () => {
  const errorWith = (more: object): Error => Object.assign(new Error("no"), more);

  it("with a code is its refusal, with data where it has some", () => {
    for (const more of [{}, { data: undefined }, { data: null }]) {
      expect(asRefusal(errorWith({ code: -32_000, ...more }))).to.deep.equal({
        ok: false,
        error: { code: -32_000, message: "no" },
      });
    }
    for (const data of ["0x", "", 0, false, { inner: 1 }]) {
      expect(asRefusal(errorWith({ code: 3, data }))).to.deep.equal({
        ok: false,
        error: { code: 3, message: "no", data },
      });
    }
  });

  it("without a number for a code, or with that of its panics, is a fault", () => {
    for (const more of [{}, { code: undefined }, { code: "EIO" }, { code: -1 }, { code: null }]) {
      expect(asRefusal(errorWith(more)), JSON.stringify(more)).to.equal(undefined);
    }
    expect(asRefusal(errorWith({ code: 1 }))).to.have.nested.property("error.code", 1);
    for (const thrown of [undefined, null, "no", { code: 3, message: "no" }])
      expect(asRefusal(thrown)).to.equal(undefined);
  });
});
