import { type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { bodyOf, createApiClient } from "../api/client.ts";
import type { ProblemError } from "../api/problem.ts";
import { Brand } from "../ui/Brand.tsx";
import { LanguageSwitch } from "../ui/LanguageSwitch.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";

interface SignInProps {
  /** Why the last session ended. */
  readonly problem: Error | null;
  readonly onSignedIn: (apiKey: string) => void;
}

export function SignIn({ problem: ended, onSignedIn }: SignInProps) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState(ended);
  const [isBusy, setBusy] = useState(false);
  const field = useId();

  async function tryKey(apiKey: string): Promise<void> {
    setBusy(true);
    try {
      await bodyOf(createApiClient(apiKey).GET("/v1/me"));
      onSignedIn(apiKey);
    } catch (error) {
      setProblem(error as ProblemError);
      setBusy(false);
    }
  }

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const apiKey = String(new FormData(event.currentTarget).get("apiKey")).trim();
    if (apiKey !== "") void tryKey(apiKey);
  }

  return (
    <main className="lone">
      <div className="sign-in">
        <header>
          <Brand />
          <LanguageSwitch />
        </header>
        <h1>{t("signIn.title")}</h1>
        <p>{t("signIn.lead")}</p>
        <form onSubmit={submit}>
          <label htmlFor={field}>{t("signIn.key")}</label>
          <input id={field} name="apiKey" type="password" autoComplete="off" spellCheck={false} required />
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("signIn.submit")}
          </button>
        </form>
        {problem && <ProblemNote problem={problem} />}
        <p className="muted">{t("signIn.where")}</p>
        <p className="muted">
          <a href="/docs">{t("signIn.docs")}</a>
        </p>
      </div>
    </main>
  );
}
