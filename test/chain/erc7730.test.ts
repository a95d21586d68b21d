import { readFileSync } from "node:fs";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { hashConsent } from "../../src/chain/consents.ts";
import { hashBatch, hashCancellation, hashOrder } from "../../src/chain/orders.ts";
import { accountTypes } from "../../src/features/orders/queries.ts";

type Members = readonly { readonly name: string; readonly type: string }[];

interface Descriptor {
  readonly context: {
    readonly eip712: {
      readonly domain: { readonly name: string; readonly version: string };
      readonly schemas: readonly { readonly primaryType: string; readonly types: Record<string, Members> }[];
    };
  };
  readonly display: {
    readonly formats: Record<
      string,
      { readonly intent: string; readonly fields: readonly { readonly path: string }[]; readonly required: string[] }
    >;
  };
}

const descriptor = JSON.parse(readFileSync("docs/erc7730/hansa-account.json", "utf8")) as Descriptor;
const { domain, schemas } = descriptor.context.eip712;
const { formats } = descriptor.display;

/** Paths of all values in a message, as ERC-7730 writes them. */
function pathsOf(type: string, types: Record<string, Members>, prefix = ""): string[] {
  return (types[type] ?? []).flatMap(({ name, type: member }) => {
    const element = member.replace(/\[\]$/, "");
    const path = `${prefix}${name}${element === member ? "" : ".[]"}`;
    return element in types ? pathsOf(element, types, `${path}.`) : [path];
  });
}

describe("the ERC-7730 descriptor of accounts", () => {
  it("has every type that keys of an account sign, and no other", () => {
    const primary = Object.keys(accountTypes).filter((name) => name !== "Call");
    expect(schemas.map(({ primaryType }) => primaryType)).to.deep.equal(primary);
    expect(Object.keys(formats)).to.deep.equal(primary);
  });

  it("shows every field of each", () => {
    for (const { primaryType, types } of schemas) {
      const paths = pathsOf(primaryType, types);
      expect(
        formats[primaryType]?.fields.map(({ path }) => path),
        primaryType,
      ).to.deep.equal(paths);
      expect(paths).to.include.members(formats[primaryType]?.required ?? []);
    }
  });

  it("describes exactly what is signed: its types give the digests that accounts check", () => {
    const [account, chainId] = [`0x${"12".repeat(20)}`, 7];
    const order = { calls: [{ target: `0x${"34".repeat(20)}`, data: "0x01020304" }], nonce: "5", deadline: 6 };
    const hash = `0x${"56".repeat(32)}`;
    const digests: Readonly<Record<string, readonly [digest: string, message: Record<string, unknown>]>> = {
      Order: [hashOrder({ account, ...order }, chainId), order],
      Batch: [hashBatch({ account, ...order }, chainId), order],
      Cancellation: [hashCancellation("5", { account, chainId }), { nonce: "5" }],
      Consent: [hashConsent({ account, chainId, hash }), { hash }],
    };
    for (const { primaryType, types } of schemas) {
      const { EIP712Domain: _, ...own } = types;
      const [digest, message] = digests[primaryType] ?? [];
      const members = Object.fromEntries(Object.entries(own).map(([name, fields]) => [name, [...fields]]));
      const full = { ...domain, chainId, verifyingContract: account };
      expect(TypedDataEncoder.hash(full, members, message ?? {}), primaryType).to.equal(digest);
    }
  });
});
