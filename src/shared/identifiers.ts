/** Identifiers of parties and places: LEI (ISO 17442), BIC (ISO 9362), country (ISO 3166-1). */

import countries from "i18n-iso-countries";
import { isValidBIC } from "ibantools";

export type LeiFault = "length" | "characters" | "check_digits";

export type CheckedLei = { readonly ok: true } | { readonly ok: false; readonly fault: LeiFault };

/** The number mod 97 that letters and digits spell when A is 10 and Z is 35 (ISO 7064, MOD 97-10). */
function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Checks a legal entity identifier: 18 upper-case letters or digits, two check digits, mod 97 equal to 1. */
export function checkLei(text: string): CheckedLei {
  if (text.length !== 20) return { ok: false, fault: "length" };
  if (!/^[0-9A-Z]{18}[0-9]{2}$/.test(text)) return { ok: false, fault: "characters" };
  return mod97(text) === 1 ? { ok: true } : { ok: false, fault: "check_digits" };
}

/** Whether a text is a well-formed LEI with right check digits. It may still be unregistered. */
export function isLei(text: string): boolean {
  return checkLei(text).ok;
}

/**
 * Completes 18 upper-case letters or digits to an LEI with right check digits, for fictitious parties.
 * Undefined if the base does not have that form.
 */
export function completeLei(base: string): string | undefined {
  if (!/^[0-9A-Z]{18}$/.test(base)) return undefined;
  return base + String(98 - mod97(`${base}00`)).padStart(2, "0");
}

/** Whether a text is a BIC of 8 or 11 upper-case characters with a country that exists. It may be unregistered. */
export function isBic(text: string): boolean {
  return /^[0-9A-Z]{8}(?:[0-9A-Z]{3})?$/.test(text) && isValidBIC(text);
}

/** The first eight characters of a BIC: the party in one country (with it U03 tells banks apart). */
export function bic8(bic: string): string {
  return bic.slice(0, 8);
}

/** The ISO 3166-1 country of a BIC. */
export function bicCountry(bic: string): string {
  return bic.slice(4, 6);
}

/** Whether two BICs name the same office: a missing branch code means the head office, `XXX`. */
export function sameBic(one: string, other: string): boolean {
  return one.padEnd(11, "X") === other.padEnd(11, "X");
}

/** Whether a text is an ISO 3166-1 alpha-2 country code in upper case. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && countries.isValid(code);
}
