import { type ReactNode, useEffect } from "react";

interface ScreenProps {
  readonly title: string;
  /** Above the title: what kind of thing it is. */
  readonly kind?: string;
  readonly children: ReactNode;
}

/** A screen with its one heading, which the window's title repeats. */
export function Screen({ title, kind, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Hansa`;
  }, [title]);
  return (
    <>
      {kind && <p className="kind">{kind}</p>}
      <h1>{title}</h1>
      {children}
    </>
  );
}
