import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/command.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const packagesOf = (path: string): readonly (readonly [name: string, version: string])[] => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Manifest;
  return Object.entries({ ...dependencies, ...devDependencies });
};
const packages = [...packagesOf("package.json"), ...packagesOf("tools/package.json")];

describe("dependencies", () => {
  it("each has a line in docs/decisions/0002-dependencies.md, and each line a package", () => {
    const lines = read("docs/decisions/0002-dependencies.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const named = lines.flatMap((line) =>
      [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect([...named].sort()).to.deep.equal(packages.map(([name]) => name).sort());
  });

  it("each is pinned to one version", () => {
    for (const [name, version] of packages) expect(version, name).to.match(/^\d+\.\d+\.\d+$/);
  });

  it("the lock files name no registry", () => {
    for (const path of ["package-lock.json", "tools/package-lock.json"])
      expect(read(path), path).to.not.contain('"resolved"');
  });
});
