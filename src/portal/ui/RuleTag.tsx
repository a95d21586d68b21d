import { useTranslation } from "react-i18next";

/** Articles of UCP 600 behind the ids of the rulebook. */
const articles: Readonly<Record<string, string>> = {
  U02: "2, 3",
  U12: "6(d), (e)",
  U13: "7",
  U14: "8",
  U15: "9(a)–(c)",
  U17: "9(e), (f)",
  U25: "12",
  U28: "14(b)",
  U29: "14(c)",
  U38: "15",
  U40: "16(c), (d)",
  U42: "16(f)",
};

/** The rule that an act follows, with its article. */
export function RuleTag({ rule }: { readonly rule: string }) {
  const { t } = useTranslation();
  const article = articles[rule];
  return (
    <span className="rule">
      {rule}
      {article && <span className="article"> {t("rule.article", { article })}</span>}
    </span>
  );
}
