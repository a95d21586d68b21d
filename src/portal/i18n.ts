import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import en from "./locales/en.json" with { type: "json" };
import zh from "./locales/zh.json" with { type: "json" };

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "portal";
    resources: { portal: typeof en };
  }
}

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** How amounts and dates are written in a language. */
const locales = { en: "en-GB", zh: "zh-CN" } as const satisfies Record<Language, string>;

const remembered = "hansa.language";

function isLanguage(text: string | null): text is Language {
  return languages.some((language) => language === text);
}

/** What the reader chose before, else the first of the browser's languages that there is. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(remembered);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

function nameDocumentLanguage(language: Language): void {
  document.documentElement.lang = locales[language];
}

export async function startTranslations(): Promise<void> {
  const language = firstLanguage();
  nameDocumentLanguage(language);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    ns: ["portal"],
    defaultNS: "portal",
    resources: { en: { portal: en }, zh: { portal: zh } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export function useLanguage() {
  const { i18n } = useTranslation();
  const language: Language = isLanguage(i18n.language) ? i18n.language : "en";
  return {
    language,
    locale: locales[language],
    async choose(next: Language): Promise<void> {
      localStorage.setItem(remembered, next);
      nameDocumentLanguage(next);
      await i18n.changeLanguage(next);
    },
  };
}

/** Fields of decoded acts in the order in which they are read. The store keeps an act's fields in no order. */
const summaryOrder = Object.keys(en.summary);

/** Fields in reading order; those that have no word yet come last. */
export function inReadingOrder(fields: Readonly<Record<string, unknown>>): [string, unknown][] {
  const placeOf = (name: string) => (summaryOrder.includes(name) ? summaryOrder.indexOf(name) : summaryOrder.length);
  return Object.entries(fields).sort(([one], [other]) => placeOf(one) - placeOf(other));
}

type Glossary = "kind" | "summary" | "document" | "value";

/**
 * The word for something that the API names, such as `credit.issue`, or the name itself when there is none yet: what
 * the API may say only grows.
 */
export function useWord(): (glossary: Glossary, name: string) => string {
  const { t, i18n } = useTranslation();
  return (glossary, name) => {
    const key = `${glossary}.${name}`;
    // The key is looked up before it is used, which the types of known keys cannot express.
    return i18n.exists(key) && typeof i18n.getResource("en", "portal", key) === "string" ? t(key as never) : name;
  };
}
