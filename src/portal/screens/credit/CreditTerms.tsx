import { useTranslation } from "react-i18next";
import type { Credit } from "../../api/creditTypes.ts";
import { Fact, Facts } from "../../ui/Facts.tsx";

/** Terms and texts of the credit, by the fields of the MT700 in which they travel. */
export function CreditTerms({ credit: { terms, texts, bankOnlyTexts } }: { readonly credit: Credit }) {
  const { t } = useTranslation();
  const fields = Object.entries({ ...texts, ...bankOnlyTexts });
  return (
    <details className="panel">
      <summary>
        <h2>{t("credit.terms")}</h2>
      </summary>
      <Facts>
        {terms.rules && <Fact name={t("credit.rules")}>{terms.rules}</Fact>}
        <Fact name={t("summary.availableBy")}>
          {t(`value.${terms.availableBy}`)}
          {terms.tenorDays !== null && ` · ${t("credit.days", { days: terms.tenorDays })}`}
        </Fact>
        <Fact name={t("summary.confirmation")}>{t(`value.${terms.confirmation}`)}</Fact>
        {fields.map(([tag, lines]) => (
          <Fact key={tag} name={t("credit.field", { tag })}>
            <span className="message-text">{lines.join("\n")}</span>
          </Fact>
        ))}
      </Facts>
    </details>
  );
}
