import { useTranslation } from "react-i18next";
import { type Language, languages, useLanguage } from "../i18n.ts";

/** Each language by its own name, so that it is found by whoever reads no other. */
const names: Readonly<Record<Language, { readonly name: string; readonly tag: string }>> = {
  en: { name: "English", tag: "en" },
  zh: { name: "中文", tag: "zh-CN" },
};

export function LanguageSwitch() {
  const { t } = useTranslation();
  const { language, choose } = useLanguage();
  return (
    <fieldset className="languages">
      <legend className="unseen">{t("language.label")}</legend>
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={names[one].tag}
          aria-pressed={one === language}
          onClick={() => void choose(one)}
        >
          {names[one].name}
        </button>
      ))}
    </fieldset>
  );
}
