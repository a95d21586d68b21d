import { useTranslation } from "react-i18next";
import type { PartyRef } from "../api/types.ts";
import { useSession } from "../api/useSession.ts";

/** A party by name; one's own organisation is marked. */
export function Party({ party }: { readonly party: PartyRef }) {
  const { t } = useTranslation();
  const { me } = useSession();
  const isOwn = party.participantId === me.organisation.participantId;
  const name = party.name ?? t("party.unnamed", { id: party.participantId });
  return isOwn ? <strong className="own">{name}</strong> : <span>{name}</span>;
}
