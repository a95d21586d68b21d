/** A hash, an address or other long hex: its beginning and end, and the whole for who points at it or copies it. */
export function Hash({ hex, short = false }: { readonly hex: string; readonly short?: boolean }) {
  if (!short) return <code>{hex}</code>;
  return (
    <code className="short" title={hex}>
      {hex.slice(0, 8)}…{hex.slice(-4)}
    </code>
  );
}
