import { expect } from "chai";
import {
  type FailureKind,
  failureOfFileSystem,
  failureOfNpm,
  SetupFailure,
} from "../../scripts/bootstrap/failures.mjs";
import { runsSetUp } from "../../scripts/bootstrap.mjs";

/** What npm writes on its error stream, cut to the line that tells. */
const npmOutputs: readonly (readonly [output: string, kind: FailureKind])[] = [
  ["npm error code ENOTFOUND\nnpm error errno ENOTFOUND\nnpm error network request to a failed", "registryUnreachable"],
  ["npm error code EAI_AGAIN", "registryUnreachable"],
  ["npm error code ECONNREFUSED", "registryUnreachable"],
  ["npm error code ETIMEDOUT", "registryUnreachable"],
  ["npm error code ENOTCACHED", "registryUnreachable"],
  ["npm error code E503", "registryUnreachable"],
  ["npm error code E401", "registryRefused"],
  ["npm error code E403\nnpm error 403 403 Forbidden", "registryRefused"],
  ["npm error code E404\nnpm error 404 Not Found", "packageMissing"],
  ["npm error code ETARGET", "packageMissing"],
  ["npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificateUntrusted"],
  ["npm error code CERT_HAS_EXPIRED", "certificateUntrusted"],
  ["npm error code EINTEGRITY", "packageCorrupted"],
  ["npm error code ENOSPC\nnpm error nospc There appears to be insufficient space", "diskFull"],
  ["npm error code ECONNRESET\nnpm error ENOSPC: no space left on device, write", "diskFull"],
  ["npm error code EACCES", "notWritable"],
  ["npm error code EROFS", "notWritable"],
  ["npm error code EUSAGE", "lockMismatch"],
  ["npm error code ESTRICTALLOWSCRIPTS", "scriptsBlocked"],
  ["npm error something else", "installFailed"],
];

const facts: Readonly<Record<string, string>> = {
  version: "16.20.2",
  platform: "freebsd-x64",
  path: "node",
  detail: "EDETAIL",
  packages: "edr-linux-x64-gnu",
};

const kinds: readonly FailureKind[] = [
  "nodeTooOld",
  "npmMissing",
  "platformUnsupported",
  "ledgerUnsupported",
  "nodeUnusable",
  "registryUnreachable",
  "registryRefused",
  "packageMissing",
  "certificateUntrusted",
  "packageCorrupted",
  "diskFull",
  "notWritable",
  "lockMismatch",
  "scriptsBlocked",
  "nativeLeftOut",
  "interrupted",
  "installFailed",
];

describe("failures of the set-up", () => {
  for (const kind of kinds) {
    it(`${kind} is told in one sentence, with what to do in another`, () => {
      const { message } = new SetupFailure(kind, facts);
      expect(message).to.match(/^[A-Z].*\. [A-Z].*\.$/);
      expect(message).to.not.match(/undefined|\n/);
    });
  }

  it("no two failures share a message", () => {
    expect(new Set(kinds.map((kind) => new SetupFailure(kind, facts).message)).size).to.equal(kinds.length);
  });

  for (const [output, kind] of npmOutputs) {
    it(`${JSON.stringify(output.slice(0, 60))} from npm is ${kind}`, () => {
      expect(failureOfNpm(output, 1).kind).to.equal(kind);
    });
  }

  it("npm ended by a signal is an interruption, whatever it wrote before", () => {
    expect(failureOfNpm("npm error code ENOTFOUND", null).kind).to.equal("interrupted");
  });

  it("a full or read-only disk is recognised outside npm too, and another error stays what it is", () => {
    const error = (code: string) => Object.assign(new Error(code), { code });
    expect(failureOfFileSystem(error("ENOSPC"))).to.have.property("kind", "diskFull");
    expect(failureOfFileSystem(error("EROFS"))).to.have.property("kind", "notWritable");
    const other = error("EINVAL");
    expect(failureOfFileSystem(other)).to.equal(other);
  });

  it("Node 17 is too old to set up, Node 18 is not", () => {
    expect(runsSetUp("17.9.1")).to.equal(false);
    expect(runsSetUp("18.0.0")).to.equal(true);
  });
});
