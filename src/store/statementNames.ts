/**
 * Names for statements that come again and again. Under a name the server parses and plans a text once for each
 * connection; without one it does so every time, which for a statement that finds one row is most of its cost.
 */
export interface StatementNames {
  /** The name under which to send a text now, undefined to send it without one. */
  nameOf(sql: string, parameters: readonly unknown[]): string | undefined;
  /** Never gives this text a name again. */
  refuse(sql: string): void;
}

/**
 * At the end of a statement whose best plan depends on its values: whether a party stands in a thousand rows or in all.
 * A plan that is made once would be made for the average, which neither of them is.
 */
export const planEachTime = "/* planned each time */";

interface Bounds {
  /** Names in all, so that what each connection keeps is bounded. */
  readonly namesMax?: number;
}

/** What is asked twice may be chance. */
const namedFromUse = 3;
const namesMaxDefault = 256;
/** Texts that have no name yet and are remembered. */
const seenMax = 1_024;
/** Lists of values make a text for each length: long ones are left out, or they would use up all names. */
const parametersMax = 24;
const charsMax = 10_000;
const nameable = /^\s*(?:select|insert|update|delete|with)\b/i;

/** One for a pool. A text has the same name on every connection. */
export function createStatementNames({ namesMax = namesMaxDefault }: Bounds = {}): StatementNames {
  /** Null for a text that gets none. */
  const names = new Map<string, string | null>();
  const uses = new Map<string, number>();

  function isNameable(sql: string, parameters: readonly unknown[]): boolean {
    if (parameters.length > parametersMax || sql.length > charsMax) return false;
    // Several statements in one text cannot have a name.
    return nameable.test(sql) && !sql.includes(";") && !sql.endsWith(planEachTime);
  }

  return {
    nameOf(sql, parameters) {
      const named = names.get(sql);
      if (named !== undefined) return named ?? undefined;
      if (names.size >= namesMax || !isNameable(sql, parameters)) return undefined;
      const use = (uses.get(sql) ?? 0) + 1;
      if (use < namedFromUse) {
        if (uses.size >= seenMax) uses.clear();
        uses.set(sql, use);
        return undefined;
      }
      uses.delete(sql);
      const name = `hansa_${names.size + 1}`;
      names.set(sql, name);
      return name;
    },
    refuse: (sql) => void names.set(sql, null),
  };
}
