import pg from "pg";
const acc = new Map<string, { n: number; ms: number }>();
const orig = pg.Client.prototype.query as any;
(pg.Client.prototype as any).query = async function (...a: any[]) {
  const text = typeof a[0] === "string" ? a[0] : a[0]?.text;
  const t = performance.now(); try { return await orig.apply(this, a); } finally { const k = String(text).replace(/\s+/g, " ").slice(0, 70); const e = acc.get(k) ?? { n: 0, ms: 0 }; e.n++; e.ms += performance.now() - t; acc.set(k, e); }
};
export function report() { for (const [k, v] of [...acc].sort((a, b) => b[1].ms - a[1].ms).slice(0, 14)) console.log(v.ms.toFixed(1).padStart(8), String(v.n).padStart(5), k); acc.clear(); }
