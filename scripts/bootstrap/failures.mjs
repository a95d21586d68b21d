// @ts-check
/**
 * Everything that can go wrong before the first line of Hansa runs, each with one sentence on what happened
 * and one on what to do. Nothing here knows how a failure was found.
 */

/**
 * @typedef {"nodeTooOld" | "npmMissing" | "platformUnsupported" | "ledgerUnsupported" | "nodeUnusable"
 *   | "registryUnreachable" | "registryRefused" | "packageMissing" | "certificateUntrusted" | "packageCorrupted"
 *   | "diskFull" | "notWritable" | "lockMismatch" | "scriptsBlocked" | "nativeLeftOut" | "interrupted"
 *   | "installFailed"} FailureKind
 */

/** Facts that a message may name. @typedef {Readonly<Record<string, string>>} FailureFacts */

/** Free space that one installation needs at its peak: packages, their unpacked copies and Node itself. */
export const installBytes = 1.2e9;

const again = "then run the same command again";

/** @type {Readonly<Record<FailureKind, (facts: FailureFacts) => { problem: string, advice: string }>>} */
const messages = {
  nodeTooOld: ({ version }) => ({
    problem: `Node ${version} is too old to set Hansa up.`,
    advice: `Install Node 18 or newer (24 is best), ${again}.`,
  }),
  npmMissing: () => ({
    problem: "No npm was found beside Node or on the PATH.",
    advice: `Install npm (it comes with Node), ${again}.`,
  }),
  platformUnsupported: ({ platform, version }) => ({
    problem: `Hansa needs Node 22.13 or newer, runs under ${version}, and no Node can be fetched for ${platform}.`,
    advice: `Install Node 24 yourself and put it first on the PATH, ${again}.`,
  }),
  ledgerUnsupported: ({ platform }) => ({
    problem: `The embedded ledger has no build for ${platform}.`,
    advice: "Run Hansa on Linux, macOS or Windows (x64; Linux and macOS also arm64), or in a Linux container.",
  }),
  nodeUnusable: ({ path, detail }) => ({
    problem: `The fetched Node at ${path} does not run here (${detail}).`,
    advice: `Allow programs to run from this folder, or install Node 24 yourself, ${again}.`,
  }),
  registryUnreachable: ({ detail }) => ({
    problem: `The npm registry cannot be reached (${detail}).`,
    advice: `Check the network, the proxy and the output of "npm config get registry", ${again}; what was fetched is kept.`,
  }),
  registryRefused: ({ detail }) => ({
    problem: `The npm registry refused to serve a package (${detail}).`,
    advice: `Sign in to your registry with "npm login", or choose one that serves public packages, ${again}.`,
  }),
  packageMissing: ({ detail }) => ({
    problem: `The npm registry does not have a package that the lock file names (${detail}).`,
    advice: `Let your registry's mirror fetch it, or choose a complete registry, ${again}.`,
  }),
  certificateUntrusted: ({ detail }) => ({
    problem: `The npm registry's certificate is not trusted (${detail}).`,
    advice: `Name your organisation's certificate in NODE_EXTRA_CA_CERTS or with "npm config set cafile", ${again}.`,
  }),
  packageCorrupted: () => ({
    problem: "A package that arrived is not the one that the lock file names: its checksum differs.",
    advice: `Run "npm cache clean --force", ${again}; if it happens twice, distrust the registry.`,
  }),
  diskFull: ({ detail }) => ({
    problem: `The disk is full (${detail}).`,
    advice: `Free about ${(installBytes / 1e9).toFixed(1)} GB, ${again}.`,
  }),
  notWritable: ({ detail }) => ({
    problem: `This folder, or npm's cache, cannot be written (${detail}).`,
    advice: `Make yourself the owner of both, or clone into a folder of your own, ${again}.`,
  }),
  lockMismatch: () => ({
    problem: "The files package.json and package-lock.json do not fit together.",
    advice: `Restore both with "git checkout package.json package-lock.json", ${again}.`,
  }),
  scriptsBlocked: () => ({
    problem: "The settings of npm forbid install scripts and stopped the installation for that.",
    advice: `Hansa needs no install script: run "npm config delete strict-allow-scripts", ${again}.`,
  }),
  nativeLeftOut: ({ packages }) => ({
    problem: `The installation left out packages that this platform needs: ${packages}.`,
    advice: `Run "npm config delete omit" and "npm config delete optional", ${again}.`,
  }),
  interrupted: () => ({
    problem: "The installation was interrupted.",
    advice: "Run the same command again; it goes on from what was fetched.",
  }),
  installFailed: ({ detail }) => ({
    problem: `The installation failed (${detail}).`,
    advice: `Read npm's lines above, ${again}.`,
  }),
};

/** A failure of the set-up: `message` is what a person reads. */
export class SetupFailure extends Error {
  /** @param {FailureKind} kind @param {FailureFacts} [facts] */
  constructor(kind, facts = {}) {
    const { problem, advice } = messages[kind](facts);
    super(`${problem} ${advice}`);
    this.name = "SetupFailure";
    this.kind = kind;
  }
}

/** npm's and Node's error codes, most telling first: a full disk also makes requests fail. */
/** @type {readonly (readonly [FailureKind, RegExp])[]} */
const signs = [
  ["diskFull", /\b(ENOSPC|EDQUOT)\b/],
  ["packageCorrupted", /\bEINTEGRITY\b/],
  ["scriptsBlocked", /\bESTRICTALLOWSCRIPTS\b/],
  ["lockMismatch", /\bEUSAGE\b/],
  [
    "certificateUntrusted",
    /\b(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_[A-Z_]+)\b/,
  ],
  ["registryRefused", /\b(E401|E403|E407|ENEEDAUTH)\b/],
  ["packageMissing", /\b(E404|ETARGET|ENOVERSIONS)\b/],
  [
    "registryUnreachable",
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|EPROTO|E5\d\d|E429)\b/,
  ],
  ["notWritable", /\b(EACCES|EPERM|EROFS)\b/],
];

/**
 * Names the failure behind an unsuccessful npm run.
 * @param {string} output what npm wrote to its error stream
 * @param {number | null} exitCode null when a signal ended npm
 */
export function failureOfNpm(output, exitCode) {
  if (exitCode === null) return new SetupFailure("interrupted");
  for (const [kind, sign] of signs) {
    const found = sign.exec(output);
    if (found) return new SetupFailure(kind, { detail: found[0] });
  }
  return new SetupFailure("installFailed", { detail: `npm ended with code ${exitCode}` });
}

/**
 * Names the failure behind an error of the file system, or returns the error itself.
 * @param {unknown} error
 */
export function failureOfFileSystem(error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(ENOSPC|EDQUOT)$/.test(code)) return new SetupFailure("diskFull", { detail: code });
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) return new SetupFailure("notWritable", { detail: code });
  return error;
}
