import { expect } from "chai";
import { AbiCoder, id, keccak256, toUtf8Bytes } from "ethers";
import { type CommitmentDomain, commit, makeSalt } from "../../src/chain/commitment.ts";

/** As a contract or another program would compute it. */
function expected(domain: string, content: Uint8Array, salt: string): string {
  const words = [id(`hansa.${domain}`), keccak256(content), salt];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "bytes32"], words));
}

const domains: readonly CommitmentDomain[] = [
  ...(["participant", "terms", "document", "discrepancy", "reason", "evidence", "reference"] as const),
];

describe("a commitment", () => {
  const salt = `0x${"5a".repeat(32)}`;
  const text = "Käse, 12 Fässer — 芝士";

  it("is what the ABI encoding of domain, content and salt hashes to, by another implementation", () => {
    for (const domain of domains) {
      expect(commit(domain, text, salt), domain).to.equal(expected(domain, toUtf8Bytes(text), salt));
    }
  });

  it("is of bytes as they are, and of a text as its UTF-8", () => {
    const bytes = new Uint8Array([0, 255, 128, 13, 10]);
    expect(commit("document", bytes, salt)).to.equal(expected("document", bytes, salt));
    expect(commit("document", toUtf8Bytes(text), salt)).to.equal(commit("document", text, salt));
    expect(commit("document", "", salt)).to.equal(expected("document", new Uint8Array(), salt));
  });

  it("never passes for one of another kind, and says nothing without its salt", () => {
    const all = domains.map((domain) => commit(domain, text, salt));
    expect(new Set(all).size).to.equal(domains.length);
    const [one, other] = [makeSalt(), makeSalt()];
    expect(one).to.match(/^0x[0-9a-f]{64}$/);
    expect(one).to.not.equal(other);
    expect(commit("terms", text, one)).to.not.equal(commit("terms", text, other));
  });
});
