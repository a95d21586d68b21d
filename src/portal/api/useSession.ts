import { createContext, useContext } from "react";
import type { ApiClient } from "./client.ts";
import type { Me } from "./types.ts";

/** Who is signed in, and the API as that user sees it. */
export interface Session {
  readonly apiKey: string;
  readonly client: ApiClient;
  readonly me: Me;
  readonly signOut: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("invariant: screens are shown to signed-in users only");
  return session;
}
