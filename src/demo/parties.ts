import { completeLei } from "../shared/identifiers.ts";

/** The cast: plainly fictitious, in the roles that the original message gives. */
export const partyNames = ["issuer", "confirmer", "adviser", "nominated", "importer", "exporter", "arbiter"] as const;
export type PartyName = (typeof partyNames)[number];

export interface PartyCard {
  readonly name: string;
  readonly country: string;
  readonly bic?: string;
  readonly roles: readonly string[];
  readonly timeZone?: string;
  readonly address?: readonly string[];
  readonly leiBase: string;
}

export const parties: Readonly<Record<PartyName, PartyCard>> = {
  issuer: {
    name: "Nirgendwo Testbank Wien",
    country: "AT",
    bic: "NRGDATWW",
    roles: ["bank"],
    timeZone: "Europe/Vienna",
    leiBase: "9999NIRGENDWOTEST0",
  },
  confirmer: {
    name: "Musterbank Frankfurt (fictitious)",
    country: "DE",
    bic: "MSTRDEFF",
    roles: ["bank"],
    timeZone: "Europe/Berlin",
    leiBase: "9999MUSTERBANKTST0",
  },
  adviser: {
    name: "Voorbeeldbank Rotterdam (fictitious)",
    country: "NL",
    bic: "VRBDNL2R",
    roles: ["bank"],
    timeZone: "Europe/Amsterdam",
    leiBase: "9999VOORBEELDBNK00",
  },
  nominated: {
    name: "Fictieve Bank Amsterdam",
    country: "NL",
    bic: "FCTVNL2A",
    roles: ["bank"],
    timeZone: "Europe/Amsterdam",
    leiBase: "9999FICTIEVEBNK000",
  },
  importer: {
    name: "Beispiel Getraenke GmbH",
    country: "AT",
    roles: ["merchant"],
    address: ["BEISPIEL GETRAENKE GMBH", "ERFUNDENE STRASSE 3", "VIENNA"],
    leiBase: "9999BEISPIELGMBH00",
  },
  exporter: {
    name: "Voorbeeld Brouwerij B.V.",
    country: "NL",
    roles: ["merchant"],
    address: ["VOORBEELD BROUWERIJ B.V.", "VERZONNEN KADE 123", "AMSTERDAM"],
    leiBase: "9999VOORBEELDBV000",
  },
  arbiter: {
    name: "Fictional Trade Arbiters Zurich",
    country: "CH",
    roles: ["arbiter"],
    leiBase: "9999ARBITERTEST000",
  },
};

export function leiOf(name: PartyName): string {
  const lei = completeLei(parties[name].leiBase);
  if (!lei) throw new Error(`invariant: ${name} has no base of 18 characters`);
  return lei;
}

/** Users that each party has. A bank has two people for what binds it. */
export function userRolesOf(name: PartyName): readonly ("maker" | "checker" | "admin")[] {
  return parties[name].roles.includes("bank") ? ["maker", "checker", "admin"] : ["maker", "admin"];
}
