import { join } from "node:path";
import { expect } from "chai";
import { nodePackageFor, runsHansa } from "../../scripts/bootstrap/node.mjs";
import { findNpm } from "../../scripts/bootstrap/npm.mjs";

const cli = join("node_modules", "npm", "bin", "npm-cli.js");

describe("the set-up chooses Node and npm", () => {
  it("Hansa runs on Node 22.13 and newer, not on what is older", () => {
    for (const version of ["22.13.0", "22.13.1", "23.0.0", "24.21.0", "100.0.0"]) {
      expect(runsHansa(version), version).to.equal(true);
    }
    for (const version of ["18.20.8", "20.20.2", "22.12.0", "22.9.9"])
      expect(runsHansa(version), version).to.equal(false);
  });

  it("Node can be fetched for the usual platforms, always one that runs Hansa, with its checksum pinned", () => {
    const hosts = ["linux-x64", "linux-arm64", "win32-x64", "darwin-x64", "darwin-arm64"];
    for (const host of hosts) {
      const [platform = "", arch = ""] = host.split("-");
      const found = nodePackageFor({ platform, arch, libc: platform === "linux" ? "glibc" : undefined });
      expect(found && runsHansa(found.version), host).to.equal(true);
      expect(found?.integrity, host).to.match(/^sha512-.{86}==$/);
    }
  });

  it("no Node is fetched where none would run: another C library, another processor", () => {
    expect(nodePackageFor({ platform: "linux", arch: "x64", libc: "musl" })).to.equal(undefined);
    expect(nodePackageFor({ platform: "linux", arch: "s390x", libc: "glibc" })).to.equal(undefined);
  });

  it("the npm that runs us is taken first, then the one beside Node, then the one on the PATH", () => {
    const running = join("a", "npm-cli.js");
    const beside = join("lib", cli);
    const onPath = join("c", cli);
    const find = (present: readonly string[]) =>
      findNpm({
        execPath: join("bin", "node"),
        env: { npm_execpath: join("a", "npx-cli.js"), PATH: "c" },
        exists: (path) => present.includes(path),
      });
    expect(find([running, beside, onPath])).to.equal(running);
    expect(find([beside, onPath])).to.equal(beside);
    expect(find([onPath])).to.equal(onPath);
    expect(find([])).to.equal(undefined);
  });

  it("another package manager that runs us is not mistaken for npm", () => {
    const env = { npm_execpath: join("a", "yarn.js"), PATH: "" };
    expect(findNpm({ execPath: join("bin", "node"), env, exists: (path) => path.endsWith("yarn.js") })).to.equal(
      undefined,
    );
  });
});
