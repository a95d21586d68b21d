import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accountsQuery, statementQuery } from "../../api/queries.ts";
import type { Account, Posting } from "../../api/types.ts";
import { useSession } from "../../api/useSession.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Hash } from "../../ui/Hash.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Party } from "../../ui/Party.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useDirectory } from "../../ui/useDirectory.ts";
import { When } from "../../ui/When.tsx";
import { Payments } from "./Payments.tsx";

/** What the organisation has, by the bank on which it is a claim. */
export function AccountsScreen() {
  const { t } = useTranslation();
  const { client } = useSession();
  const query = useQuery(accountsQuery(client));
  return (
    <Screen title={t("nav.accounts")}>
      <p className="lead">{t("account.lead")}</p>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">{t("account.none")}</p>
          ) : (
            <ul className="accounts">
              {items.map((account) => (
                <OneAccount key={account.token} account={account} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Payments />
    </Screen>
  );
}

function OneAccount({ account }: { readonly account: Account }) {
  const { t } = useTranslation();
  const { partyOf } = useDirectory();
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="panel">
      <p className="balance">
        <Amount money={account.balance} />
      </p>
      <p>
        {t("account.claimOn")} <Party party={partyOf(account.bank)} />
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("account.statement")}</summary>
        {isOpen && <Statement token={account.token} />}
      </details>
    </li>
  );
}

function Statement({ token }: { readonly token: string }) {
  const { t } = useTranslation();
  const { client } = useSession();
  const query = useInfiniteQuery(statementQuery(client, token));
  return (
    <Loaded query={query}>
      {({ pages }) => (
        <>
          <ol className="postings">
            {pages
              .flatMap(({ items }) => items)
              .map((posting) => (
                <Line
                  key={`${posting.transactionHash}${posting.balance.amount}${posting.amount.amount}`}
                  posting={posting}
                />
              ))}
          </ol>
          {query.hasNextPage && (
            <button type="button" className="button small" onClick={() => void query.fetchNextPage()}>
              {t("state.more")}
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}

function Line({ posting }: { readonly posting: Posting }) {
  const { t } = useTranslation();
  const { partyOf } = useDirectory();
  const { bookedAt, amount, counterparty, ground, reference, transactionHash, blockNumber } = posting;
  const isOut = amount.amount.startsWith("-");
  return (
    <li>
      <span>
        {ground ? t(`account.ground.${ground}`) : counterparty !== null && <Party party={partyOf(counterparty)} />}
        {!ground && counterparty === null && t(isOut ? "account.intoDeal" : "account.outOfDeal")}
        <span className="muted">
          {" "}
          <When at={bookedAt} /> · {t("timeline.block", { number: blockNumber })} · <Hash hex={transactionHash} short />
          {reference && !reference.startsWith("0x") && ` · ${reference}`}
        </span>
      </span>
      <span className={`number ${isOut ? "out" : "in"}`}>
        <Amount money={amount} />
      </span>
    </li>
  );
}
