// @ts-check
/** What this machine is, in the words that npm's lock file uses. */

/** @typedef {{ platform: string, arch: string, libc: "glibc" | "musl" | undefined }} Host */

/** @returns {Host} */
export function describeHost() {
  return {
    platform: process.platform,
    arch: process.arch,
    libc: process.platform === "linux" ? findLibc() : undefined,
  };
}

/** Node's own report tells which C library it is linked with; listing network interfaces would make it slow. */
function findLibc() {
  if (!process.report) return "glibc";
  const report = /** @type {typeof process.report & { excludeNetwork?: boolean }} */ (process.report);
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const facts = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (report.getReport());
  report.excludeNetwork = before ?? false;
  return facts.header?.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

/** @param {Host} host */
export function nameOfHost({ platform, arch, libc }) {
  return [platform, arch, ...(libc === "musl" ? ["musl"] : [])].join("-");
}

/**
 * Whether a package that names `os`, `cpu` or `libc` is meant for this host.
 * @param {{ os?: readonly string[] | string, cpu?: readonly string[] | string, libc?: readonly string[] | string }} entry
 * @param {Host} host
 */
export function fitsHost(entry, host) {
  return allows(entry.os, host.platform) && allows(entry.cpu, host.arch) && allows(entry.libc, host.libc);
}

/**
 * npm's lists hold either what is allowed ("linux") or what is not ("!win32").
 * @param {readonly string[] | string | undefined} list
 * @param {string | undefined} value
 */
function allows(list, value) {
  if (list === undefined) return true;
  const items = typeof list === "string" ? [list] : list;
  if (value !== undefined && items.includes(`!${value}`)) return false;
  const allowed = items.filter((item) => !item.startsWith("!"));
  return allowed.length === 0 || allowed.includes("any") || (value !== undefined && allowed.includes(value));
}
