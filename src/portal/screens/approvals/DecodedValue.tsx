import { useTranslation } from "react-i18next";
import { inReadingOrder, useWord } from "../../i18n.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Fact, Facts } from "../../ui/Facts.tsx";
import { Hash } from "../../ui/Hash.tsx";
import { Party } from "../../ui/Party.tsx";
import { useDirectory } from "../../ui/useDirectory.ts";
import { Day, When } from "../../ui/When.tsx";
import { decode } from "./decoded.ts";

/** Everything that an act says, in words where there are some. */
export function DecodedFields({ fields }: { readonly fields: Readonly<Record<string, unknown>> }) {
  const word = useWord();
  return (
    <Facts>
      {inReadingOrder(fields).map(([name, value]) => (
        <Fact key={name} name={word("summary", name)}>
          <DecodedValue name={name} value={value} />
        </Fact>
      ))}
    </Facts>
  );
}

function DecodedValue({ name, value }: { readonly name: string; readonly value: unknown }) {
  const { t } = useTranslation();
  const word = useWord();
  const { partyOf } = useDirectory();
  const decoded = decode(name, value);
  switch (decoded.is) {
    case "nothing":
      return <span className="muted">{t("state.nothing")}</span>;
    case "money":
      return <Amount money={decoded.money} />;
    case "party":
      return <Party party={partyOf(decoded.participantId)} />;
    case "date":
      return <Day date={decoded.date} />;
    case "instant":
      return <When at={decoded.instant} />;
    case "hex":
      return <Hash hex={decoded.hex} />;
    case "truth":
      return t(decoded.value ? "state.yes" : "state.no");
    case "text":
      return <span className="lines-kept">{word("value", decoded.text)}</span>;
    case "words":
      return <span className="lines-kept">{decoded.text}</span>;
    case "list":
      return <DecodedList name={name} items={decoded.items} />;
    case "fields":
      return <DecodedFields fields={decoded.fields} />;
  }
}

function DecodedList({ name, items }: { readonly name: string; readonly items: readonly unknown[] }) {
  return (
    <ol className="decoded-list">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an act's lists never change; their order is what is signed.
        <li key={index}>
          <DecodedValue name={name} value={item} />
        </li>
      ))}
    </ol>
  );
}
