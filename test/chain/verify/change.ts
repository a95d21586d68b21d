export type Path = readonly (string | number)[];

/** Every place in a block or receipt that a node could lie at. */
export function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const own = Array.isArray(value) ? [path] : [];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))];
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
}

/** A copy that differs in one place. */
export function changed<T>(root: T, path: Path, value: unknown): T {
  const copy = structuredClone(root);
  const place = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  place[path.at(-1) ?? ""] = value;
  return copy;
}
