import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { paymentsQuery } from "../../api/queries.ts";
import type { Payment } from "../../api/types.ts";
import { useSession } from "../../api/useSession.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Hash } from "../../ui/Hash.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Party } from "../../ui/Party.tsx";
import { When } from "../../ui/When.tsx";

/** Payments between banks that the organisation makes, gets, or books as a bank. */
export function Payments() {
  const { t } = useTranslation();
  const { client } = useSession();
  const query = useInfiniteQuery(paymentsQuery(client));
  return (
    <section className="panel" aria-labelledby="payments">
      <h2 id="payments">{t("payment.title")}</h2>
      <Loaded query={query}>
        {({ pages }) => {
          const payments = pages.flatMap(({ items }) => items);
          if (payments.length === 0) return <p className="empty">{t("payment.none")}</p>;
          return (
            <>
              <ol className="postings">
                {payments.map((payment) => (
                  <Line key={payment.id} payment={payment} />
                ))}
              </ol>
              {query.hasNextPage && (
                <button type="button" className="button small" onClick={() => void query.fetchNextPage()}>
                  {t("state.more")}
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Line({ payment }: { readonly payment: Payment }) {
  const { t } = useTranslation();
  const { payer, payerBank, payee, payeeBank, money, endToEndId, purpose, remittance, madeAt, transactionHash } =
    payment;
  return (
    <li>
      <span>
        <Party party={payer} /> ({t("payment.at")} <Party party={payerBank} />) → <Party party={payee} /> (
        {t("payment.at")} <Party party={payeeBank} />)
        <span className="muted">
          {" "}
          <When at={madeAt} /> · <Hash hex={transactionHash} short />
          {[endToEndId, purpose, remittance].map((word) => word && ` · ${word}`)}
        </span>
      </span>
      <span className="number">
        <Amount money={money} />
      </span>
    </li>
  );
}
