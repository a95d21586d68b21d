import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { directoryQuery } from "../api/queries.ts";
import type { PartyRef } from "../api/types.ts";
import { useSession } from "../api/useSession.ts";

export interface Directory {
  /** Some replies give a party's id alone. */
  partyOf(party: number | PartyRef): PartyRef;
  nameOf(participantId: number): string;
}

/** Names of the network's participants. */
export function useDirectory(): Directory {
  const { t } = useTranslation();
  const { client } = useSession();
  const { data: names } = useQuery(directoryQuery(client));
  return {
    partyOf: (party) => (typeof party === "number" ? { participantId: party, name: names?.get(party) ?? null } : party),
    nameOf: (id) => names?.get(id) ?? t("party.unnamed", { id }),
  };
}
