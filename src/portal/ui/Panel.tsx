import { type ReactNode, useId } from "react";

interface PanelProps {
  readonly title: string;
  /** Beside the title: a number, a link. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a screen under its own heading. */
export function Panel({ title, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
