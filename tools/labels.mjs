// @ts-check
/**
 * An ignorer for Stryker. Tables of a node's words name the client whose words they are, for whoever reads the table;
 * the name stands right before the regular expression and no code reads it, so no test can notice its change.
 */

/** @typedef {{ type: string, elements?: readonly ({ type: string } | null)[] }} Node */

export const labels = {
  /** @param {{ node: Node, parent?: Node, key?: string | number | null }} path */
  shouldIgnore({ node, parent, key }) {
    if (node.type !== "StringLiteral" || parent?.type !== "ArrayExpression" || typeof key !== "number")
      return undefined;
    return parent.elements?.[key + 1]?.type === "RegExpLiteral" ? "a name for readers of the table" : undefined;
  },
};

export const strykerPlugins = [{ kind: "Ignore", name: "labels", value: labels }];
