import { useLanguage } from "../i18n.ts";
import { formatDate, formatInstant } from "./formatTime.ts";

/** A moment, in the reader's time zone. */
export function When({ at }: { readonly at: string }) {
  const { locale } = useLanguage();
  return <time dateTime={at}>{formatInstant(at, locale)}</time>;
}

/** A calendar date such as an expiry date. */
export function Day({ date }: { readonly date: string }) {
  const { locale } = useLanguage();
  return <time dateTime={date}>{formatDate(date, locale)}</time>;
}
