import { useTranslation } from "react-i18next";
import type { CreditStatus } from "../api/creditTypes.ts";
import type { EscrowStatus } from "../api/escrowTypes.ts";
import { Chip, type Tone } from "./Chip.tsx";

export type DealStatusName = CreditStatus | EscrowStatus;

const tones: Readonly<Record<DealStatusName, Tone>> = {
  draft: "plain",
  issued: "accent",
  expired: "warn",
  closed: "plain",
  proposed: "warn",
  agreed: "accent",
  funded: "accent",
  settled: "good",
  lapsed: "plain",
};

export function DealStatus({ status }: { readonly status: DealStatusName }) {
  const { t } = useTranslation();
  return <Chip tone={tones[status]}>{t(`status.${status}`)}</Chip>;
}
