import { expect } from "chai";
import type { Host } from "../../scripts/bootstrap/host.mjs";
import { fitsHost, nameOfHost } from "../../scripts/bootstrap/host.mjs";
import { compareTrees, hasLedgerFor, type Lock } from "../../scripts/bootstrap/modules.mjs";

const linux: Host = { platform: "linux", arch: "x64", libc: "glibc" };
const alpine: Host = { platform: "linux", arch: "x64", libc: "musl" };
const mac: Host = { platform: "darwin", arch: "arm64", libc: undefined };

const native = "node_modules/@nomicfoundation/edr-linux-x64-gnu";
const lock: Lock = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/ethers": { version: "6.17.0", integrity: "sha512-a" },
    [native]: {
      version: "0.20.0",
      integrity: "sha512-b",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["glibc"],
    },
    "node_modules/@nomicfoundation/edr-darwin-arm64": {
      version: "0.20.0",
      integrity: "sha512-c",
      optional: true,
      os: ["darwin"],
      cpu: ["arm64"],
    },
    "node_modules/@emnapi/core": { version: "1.0.0", integrity: "sha512-d", optional: true },
  },
};
const complete = {
  "node_modules/ethers": { version: "6.17.0", integrity: "sha512-a" },
  [native]: { version: "0.20.0", integrity: "sha512-b", optional: true },
};

function state(packages: Lock["packages"] | undefined, gone: readonly string[] = [], host: Host = linux) {
  const installed = packages === undefined ? undefined : { packages };
  return compareTrees({ lock, installed, host, isPresent: (path) => !gone.includes(path) });
}

describe("the set-up compares node_modules with the lock file", () => {
  it("modules without npm's record count as missing", () => {
    expect(state(undefined)).to.deep.equal({ kind: "missing" });
  });

  it("a complete installation fits, without the natives of other platforms and what only they need", () => {
    expect(state(complete)).to.deep.equal({ kind: "fits" });
  });

  it("another version or another checksum is stale", () => {
    const older = { ...complete, "node_modules/ethers": { version: "6.16.0", integrity: "sha512-z" } };
    const other = { ...complete, "node_modules/ethers": { version: "6.17.0", integrity: "sha512-z" } };
    expect(state(older)).to.deep.equal({ kind: "stale", packages: ["ethers"] });
    expect(state(other)).to.deep.equal({ kind: "stale", packages: ["ethers"] });
  });

  it("a package that npm recorded but whose folder is gone is stale", () => {
    expect(state(complete, ["node_modules/ethers"])).to.deep.equal({ kind: "stale", packages: ["ethers"] });
  });

  it("the modules of a wrong Node are recognised by the native engine that npm left out", () => {
    const { [native]: _, ...without } = complete;
    expect(state(without)).to.deep.equal({ kind: "leftOut", packages: ["@nomicfoundation/edr-linux-x64-gnu"] });
    expect(state(complete, [native])).to.have.property("kind", "leftOut");
  });

  it("modules that were installed on another platform are not taken for fitting", () => {
    expect(state(complete, [], mac)).to.deep.equal({
      kind: "leftOut",
      packages: ["@nomicfoundation/edr-darwin-arm64"],
    });
  });

  it("a platform for which the ledger's engine has no build is told apart", () => {
    expect(hasLedgerFor(lock, linux)).to.equal(true);
    expect(hasLedgerFor(lock, mac)).to.equal(true);
    expect(hasLedgerFor(lock, alpine)).to.equal(false);
    expect(hasLedgerFor(lock, { platform: "freebsd", arch: "x64", libc: undefined })).to.equal(false);
  });

  it("npm's lists of platforms are read with their negations", () => {
    expect(fitsHost({}, mac)).to.equal(true);
    expect(fitsHost({ os: ["!win32"] }, linux)).to.equal(true);
    expect(fitsHost({ os: ["!linux"] }, linux)).to.equal(false);
    expect(fitsHost({ os: "linux", cpu: "x64" }, linux)).to.equal(true);
    expect(fitsHost({ libc: ["glibc"] }, alpine)).to.equal(false);
    expect(nameOfHost(alpine)).to.equal("linux-x64-musl");
  });
});
