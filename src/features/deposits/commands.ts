import { commit } from "../../chain/commitment.ts";
import { encodeCall, letterBytes } from "../../chain/contractSet.ts";
import { AppError } from "../../shared/errors.ts";
import { currencyExponent } from "../../shared/money.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { accountOf, getOrganisation } from "../participants/queries.ts";
import { type MoneyText, toMinor } from "../schemas.ts";
import { tokenOf } from "./queries.ts";

export function createDepositCommands(gateway: GatewayContext) {
  const { acts, addresses, store } = gateway;

  return {
    /** The operator lists a currency with its ISO 4217 exponent. */
    listCurrency(caller: Caller, currency: string): Promise<Write> {
      const exponent = currencyExponent(currency);
      if (exponent === undefined) throw new AppError("token.currency_unknown", { currency });
      return acts.propose(caller, {
        kind: "currency.list",
        subject: currency,
        summary: { currency, exponent },
        calls: [
          {
            target: addresses.DepositTokenFactory,
            data: encodeCall("DepositTokenFactory", "listCurrency", [letterBytes(currency), exponent]),
          },
        ],
      });
    },

    /** A bank makes its deposit token in a currency, with the limit of its own entries in a day. */
    createToken(caller: Caller, currency: string, entryLimitMinor: string): Promise<Write> {
      return acts.propose(caller, {
        kind: "deposit_token.create",
        subject: currency,
        summary: { currency, entryLimitMinor },
        calls: [
          {
            target: addresses.DepositTokenFactory,
            data: encodeCall("DepositTokenFactory", "create", [letterBytes(currency), entryLimitMinor]),
          },
        ],
      });
    },

    /**
     * A bank books money for a customer by its own entry (ground (a)): two of its people sign. The bank's reference
     * creates money once.
     */
    async createDeposit(caller: Caller, entry: { to: number; money: MoneyText; reference: string }): Promise<Write> {
      const { participantId } = caller;
      if (participantId === null) throw new AppError("access.forbidden");
      const money = toMinor(entry.money, "/money");
      const token = await tokenOf(store, participantId, money.currency);
      const account = await accountOf(store, entry.to);
      // The bank's own secret salt: the same reference gives the same value, so that it works once, and nobody else can
      // confirm a guess of it from the ledger.
      const { lei_salt: salt } = await getOrganisation(store, caller.organisationId);
      const reference = commit("reference", entry.reference, salt);
      return acts.propose(caller, {
        kind: "deposit.create",
        subject: token,
        // Movements of one account keep their order.
        deals: [account],
        summary: { to: entry.to, money: entry.money, reference: entry.reference },
        calls: [
          { target: token, data: encodeCall("DepositToken", "createByEntry", [account, money.amountMinor, reference]) },
        ],
      });
    },
  };
}

/** What a bank does with its own entries after the fact, and how many it allows itself. */
export function createEntryCommands({ acts, store }: GatewayContext) {
  return {
    /** A bank takes a wrong entry of its own back, whole, by a contra entry that names it. */
    async reverseEntry(
      caller: Caller,
      entry: { to: number; money: MoneyText; reference: string; contraReference: string },
    ): Promise<Write> {
      const { participantId } = caller;
      if (participantId === null) throw new AppError("access.forbidden");
      const money = toMinor(entry.money, "/money");
      const token = await tokenOf(store, participantId, money.currency);
      const account = await accountOf(store, entry.to);
      const { lei_salt: salt } = await getOrganisation(store, caller.organisationId);
      const [reference, contraReference] = [entry.reference, entry.contraReference].map((one) =>
        commit("reference", one, salt),
      );
      const args = [reference, account, money.amountMinor, contraReference];
      return acts.propose(caller, {
        kind: "deposit.reverse",
        subject: token,
        deals: [account],
        summary: { ...entry },
        calls: [{ target: token, data: encodeCall("DepositToken", "reverseEntry", args) }],
      });
    },

    /** How much the bank may create by its own entries in a day; zero for nothing. */
    async setEntryLimit(caller: Caller, limit: MoneyText): Promise<Write> {
      const { participantId } = caller;
      if (participantId === null) throw new AppError("access.forbidden");
      const { currency, amountMinor } = toMinor(limit, "/money", { allowZero: true });
      const token = await tokenOf(store, participantId, currency);
      return acts.propose(caller, {
        kind: "entry_limit.set",
        subject: token,
        summary: { money: limit },
        calls: [{ target: token, data: encodeCall("DepositToken", "setEntryLimit", [amountMinor]) }],
      });
    },
  };
}
