import { QueryCache, QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createApiClient } from "./api/client.ts";
import { ProblemError } from "./api/problem.ts";
import { meQuery } from "./api/queries.ts";
import { forgetSession, keepApiKey, readApiKey } from "./api/session.ts";
import { SessionContext } from "./api/useSession.ts";
import { Screens } from "./screens/Screens.tsx";
import { SignIn } from "./screens/SignIn.tsx";
import { ProblemNote } from "./ui/ProblemNote.tsx";

/** The sign-in page, or the screens of whoever is signed in. Nothing of one session outlives it. */
export function App() {
  const [apiKey, setApiKey] = useState(readApiKey);
  const [problem, setProblem] = useState<ProblemError | null>(null);

  function signIn(key: string): void {
    keepApiKey(key);
    setProblem(null);
    setApiKey(key);
  }

  function signOut(why: ProblemError | null): void {
    forgetSession();
    setProblem(why);
    setApiKey(null);
  }

  if (apiKey === null) return <SignIn problem={problem} onSignedIn={signIn} />;
  return <SignedIn key={apiKey} apiKey={apiKey} onSignOut={signOut} />;
}

interface SignedInProps {
  readonly apiKey: string;
  readonly onSignOut: (why: ProblemError | null) => void;
}

/** Asks again when nobody answered or the server is busy, not when it refused. */
function isWorthRetrying(failures: number, error: Error): boolean {
  const isPassing = !(error instanceof ProblemError) || error.status === 0 || error.status >= 500;
  return isPassing && failures < 3;
}

function SignedIn({ apiKey, onSignOut }: SignedInProps) {
  const [queries] = useState(
    () =>
      new QueryClient({
        queryCache: new QueryCache({
          onError(error) {
            if (error instanceof ProblemError && error.status === 401) onSignOut(error);
          },
        }),
        defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 5_000 } },
      }),
  );
  return (
    <QueryClientProvider client={queries}>
      <WithSession apiKey={apiKey} onSignOut={onSignOut} />
    </QueryClientProvider>
  );
}

function WithSession({ apiKey, onSignOut }: SignedInProps) {
  const { t } = useTranslation();
  const client = useMemo(() => createApiClient(apiKey), [apiKey]);
  const { data: me, error } = useQuery(meQuery(client));
  if (error) {
    return (
      <main className="lone">
        <ProblemNote problem={error} />
        <button type="button" className="button" onClick={() => onSignOut(null)}>
          {t("session.signOut")}
        </button>
      </main>
    );
  }
  if (!me) return <main className="lone muted">{t("state.loading")}</main>;
  return (
    <SessionContext value={{ apiKey, client, me, signOut: () => onSignOut(null) }}>
      <Screens />
    </SessionContext>
  );
}
