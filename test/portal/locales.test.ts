import { expect } from "chai";
import { documentKinds } from "../../src/features/documents/queries.ts";
import en from "../../src/portal/locales/en.json" with { type: "json" };
import zh from "../../src/portal/locales/zh.json" with { type: "json" };

/** Every text by its path: `deals.title`. */
function textsOf(node: object, path = ""): Map<string, string> {
  const entries = Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    const key = path === "" ? name : `${path}.${name}`;
    return typeof value === "string" ? [[key, value] as const] : [...textsOf(value as object, key)];
  });
  return new Map(entries);
}

const placeholdersOf = (text: string) => [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name).sort();

describe("The portal's texts", () => {
  const english = textsOf(en);
  const chinese = textsOf(zh);

  it("have the same keys in English and Chinese", () => {
    expect([...chinese.keys()].sort()).to.deep.equal([...english.keys()].sort());
  });

  it("have the same placeholders in English and Chinese", () => {
    const differing = [...english].filter(([key, text]) => {
      return placeholdersOf(text).join() !== placeholdersOf(chinese.get(key) ?? "").join();
    });
    expect(differing).to.deep.equal([]);
  });

  it("are nowhere empty, and Chinese ones are not English", () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === "");
    expect(empty).to.deep.equal([]);
    const words = [...english].filter(([key, text]) => /[a-z]{4}/.test(text) && chinese.get(key) === text);
    expect(words.map(([key]) => key)).to.deep.equal(["timeline.unknown"]);
  });

  it("name every kind of document that can be presented", () => {
    expect(Object.keys(en.document).sort()).to.deep.equal([...documentKinds].sort());
  });
});
