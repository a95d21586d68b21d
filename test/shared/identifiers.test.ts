import { expect } from "chai";
import fc from "fast-check";
import {
  bic8,
  bicCountry,
  checkLei,
  completeLei,
  isBic,
  isCountry,
  isLei,
  sameBic,
} from "../../src/shared/identifiers.ts";

const alphanumeric = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const anyBase = fc
  .array(fc.constantFrom(...alphanumeric), { minLength: 18, maxLength: 18 })
  .map((found) => found.join(""));

/** The whole number that ISO 7064 spells, with integers of any size: independent of the running remainder. */
function spelled(lei: string): bigint {
  return BigInt([...lei].map((character) => String(alphanumeric.indexOf(character))).join(""));
}

describe("LEI", () => {
  it("accepts published codes and refuses one with a changed letter (ISO 17442)", () => {
    for (const lei of ["213800KUD8LAJWSQ9D15", "5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394"]) {
      expect(isLei(lei), lei).to.equal(true);
    }
    expect(checkLei("213800KUD8LXJWSQ9D15")).to.deep.equal({ ok: false, fault: "check_digits" });
    expect(checkLei("213800KUD8LAJWSQ9D1")).to.deep.equal({ ok: false, fault: "length" });
    expect(checkLei("213800kud8lajwsq9d15")).to.deep.equal({ ok: false, fault: "characters" });
  });

  it("completes a base so that the whole number leaves 1 when divided by 97", () => {
    fc.assert(
      fc.property(anyBase, (base) => {
        const lei = completeLei(base);
        if (lei === undefined) throw new Error("the base has its form");
        expect(spelled(lei) % 97n).to.equal(1n);
        expect(isLei(lei)).to.equal(true);
      }),
    );
    expect(completeLei("TOO SHORT")).to.equal(undefined);
  });

  it("notices every digit changed to another digit and every letter to another letter", () => {
    const anyBaseAndPlace = fc.tuple(anyBase, fc.nat(17), fc.constantFrom(...alphanumeric));
    const isDigit = (character: string | undefined): boolean => /^\d$/.test(character ?? "");
    fc.assert(
      fc.property(anyBaseAndPlace, ([base, at, character]) => {
        const lei = completeLei(base) ?? "";
        fc.pre(lei[at] !== character && isDigit(lei[at]) === isDigit(character));
        expect(isLei(lei.slice(0, at) + character + lei.slice(at + 1))).to.equal(false);
      }),
    );
  });
});

describe("BIC and country", () => {
  it("takes 8 or 11 upper-case characters with a country that exists", () => {
    expect(isBic("AMRONL2A")).to.equal(true);
    expect(isBic("MEESNL2AXXX")).to.equal(true);
    for (const bic of ["amronl2a", "AMRONL2", "AMRONL2AX", "BICPDVSA", "AMRO NL2A", ""]) {
      expect(isBic(bic), bic).to.equal(false);
    }
  });

  it("tells banks apart by the first eight characters, so by country (U03)", () => {
    expect(bic8("MEESNL2A123")).to.equal("MEESNL2A");
    expect(bicCountry("MEESNL2A123")).to.equal("NL");
    expect(sameBic("MEESNL2A", "MEESNL2AXXX")).to.equal(true);
    expect(sameBic("MEESNL2A", "MEESNL2A123")).to.equal(false);
  });

  it("takes countries of ISO 3166-1 in upper case", () => {
    expect(isCountry("NL")).to.equal(true);
    expect(isCountry("ZZ")).to.equal(false);
    expect(isCountry("nl")).to.equal(false);
    expect(isCountry("NLD")).to.equal(false);
  });
});
