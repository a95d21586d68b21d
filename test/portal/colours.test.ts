import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const file = path.join(import.meta.dirname, "..", "..", "src", "portal", "styles", "tokens.css");
const [light = "", dark = ""] = readFileSync(file, "utf8").split("@media (prefers-color-scheme: dark)");

/** Colours by name; what dark does not name stays as in light. */
function coloursOf(css: string): Map<string, string> {
  return new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", colour = ""]) => [name, colour]));
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Text and the background on which it stands. */
const texts = [
  ...["paper", "surface", "sunken"].flatMap((ground) => [
    ["ink", ground],
    ["muted", ground],
  ]),
  ...["paper", "surface", "accent-soft"].map((ground) => ["accent", ground]),
  ...["good", "warn", "bad"].flatMap((tone) => [
    [tone, `${tone}-soft`],
    [tone, "surface"],
    ["ink", `${tone}-soft`],
  ]),
  ["on-accent", "accent"],
  ["muted", "bad-soft"],
  ["warn", "paper"],
] as const;

describe("The portal's colours", () => {
  for (const [scheme, colours] of [
    ["light", coloursOf(light)],
    ["dark", new Map([...coloursOf(light), ...coloursOf(dark)])],
  ] as const) {
    it(`have a contrast of 4.5 for every text in the ${scheme} scheme (WCAG 2.2, 1.4.3)`, () => {
      const weak = texts
        .map(([text = "", ground = ""]) => {
          const ratio = contrast(colours.get(text) ?? "", colours.get(ground) ?? "");
          return { pair: `${text} on ${ground}`, ratio };
        })
        .filter(({ ratio }) => !(ratio >= 4.5));
      expect(weak).to.deep.equal([]);
    });

    it(`tell the parts of a money bar from the page in the ${scheme} scheme (WCAG 2.2, 1.4.11)`, () => {
      const weak = ["seller", "buyer", "locked"].filter((part) => {
        return !(contrast(colours.get(`money-${part}`) ?? "", colours.get("surface") ?? "") >= 3);
      });
      expect(weak).to.deep.equal([]);
    });
  }
});
