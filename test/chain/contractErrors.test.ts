import { expect } from "chai";
import { AbiCoder, concat, Interface } from "ethers";
import fc from "fast-check";
import { type AbiParameter, toJson } from "../../src/chain/abiValues.ts";
import { codeOfError, contractError, errorNames } from "../../src/chain/contractErrors.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { codes } from "../../src/shared/errors/codes.ts";
import { contractErrorCodes } from "../../src/shared/errors/contractErrorCodes.ts";
import * as types from "../../types/index.ts";
import { anyValue } from "./abiArbitraries.ts";
import { type DeployedChain, makeKey, openDeployedChain } from "./chainFixture.ts";

const authority =
  "an operator's act on the AccessManager itself, for which there is no endpoint; the log has the bytes";
const constructorOnly = "given by constructors only, hence at deployment";

/** Errors without a code of their own: callers see `contract.refused`. */
const withoutCode: Readonly<Record<string, string>> = {
  AccessManagerAlreadyScheduled: authority,
  AccessManagerBadConfirmation: authority,
  AccessManagerExpired: authority,
  AccessManagerInvalidInitialAdmin: authority,
  AccessManagerLockedFunction: authority,
  AccessManagerLockedRole: authority,
  AccessManagerNotReady: authority,
  AccessManagerNotScheduled: authority,
  AccessManagerUnauthorizedAccount: authority,
  AccessManagerUnauthorizedCall: authority,
  AccessManagerUnauthorizedCancel: authority,
  AccessManagerUnauthorizedConsume: authority,
  SafeCastOverflowedUintDowncast: authority,
  AccessManagedInvalidAuthority: authority,
  AccessManagedRequiredDelay: "the operator's role has no execution delay yet",
  AddressEmptyCode: "a call to an address without code: the gateway's acts name contracts of the set and tokens only",
  FailedCall: "a callee that reverts without a word: no contract of the set does",
  InsufficientBalance: "about ether, which nothing here carries",
  ERC20InvalidApprover: "the zero address approves nothing",
  ERC20InvalidSender: "the zero address sends nothing",
  ERC20InvalidSpender: "no act approves the zero address",
  ERC20InvalidReceiver: "DepositHolderNotAdmitted comes first",
  ERC2612ExpiredSignature: "a permit, which no act of the gateway sends",
  ERC2612InvalidSigner: "a permit, which no act of the gateway sends",
  ERC3009InvalidAuthorizationTime: "an authorised transfer, which no act of the gateway sends",
  ERC3009InvalidSignature: "an authorised transfer, which no act of the gateway sends",
  ERC3009UsedAuthorization: "an authorised transfer, which no act of the gateway sends",
  SafeERC20FailedOperation: "a deposit token reverts with its own error and never answers false",
  ReentrancyGuardReentrantCall: "no contract that is called comes back",
  InvalidShortString: "read of a name that was stored as a short string at deployment",
  StringTooLong: constructorOnly,
  FailedDeployment: constructorOnly,
  Create2EmptyBytecode: constructorOnly,
  Create3EmptyBytecode: constructorOnly,
  DeployerNotEntitled: "the deployer is no contract that anybody's act calls",
};

/** Rows that no error of a contract gives. */
const withoutError: Readonly<Record<string, string>> = {
  "contract.refused": "for reverts without a known reason",
};

interface ErrorItem {
  readonly name: string;
  readonly inputs: readonly AbiParameter[];
}

/** Every error of every contract and interface, libraries' included, once per signature. */
function allErrors(): ErrorItem[] {
  const found = new Map<string, ErrorItem>();
  for (const [file, factory] of Object.entries(types)) {
    if (!file.endsWith("__factory")) continue;
    const { abi } = factory as unknown as { abi: readonly (ErrorItem & { type: string })[] };
    for (const item of abi.filter(({ type }) => type === "error")) {
      found.set(`${item.name}(${item.inputs.map(({ type }) => type).join()})`, item);
    }
  }
  return [...found.values()];
}

const all = allErrors();

function encode({ name, inputs }: ErrorItem, values: readonly unknown[]): string {
  const contract = new Interface([{ type: "error", name, inputs }]);
  return contract.encodeErrorResult(name, [...values]);
}

describe("refusals of the contracts", () => {
  it("have a code with a row each, or stand on the list of those that need none", () => {
    for (const { name } of all) {
      const code = codeOfError(name);
      expect(code === undefined, `${name} has ${code ?? "no code"}`).to.equal(name in withoutCode);
      const most = name === "ParticipantImplementationMissing" ? 500 : 499;
      if (code !== undefined) expect(codes[code].status, name).to.be.within(400, most);
    }
    const names = all.map(({ name }) => name);
    expect(names.length, "errors looked at").to.be.greaterThan(90);
    expect(
      Object.keys(withoutCode).filter((name) => !names.includes(name)),
      "listed, but gone",
    ).to.deep.equal([]);
  });

  it("are all in the table by which reverts are read, except those on the list", () => {
    const known = new Set(errorNames());
    for (const { name } of all) expect(known.has(name), name).to.equal(!(name in withoutCode));
  });

  it("leave no row of the table without an error that gives it", () => {
    const given = new Set(errorNames().map(codeOfError));
    expect(contractErrorCodes.filter((code) => !given.has(code)).sort()).to.deep.equal(
      Object.keys(withoutError).sort(),
    );
  });

  it("become the code with every argument among the facts, whatever they carry", () => {
    for (const item of all.filter(({ name }) => !(name in withoutCode))) {
      fc.assert(
        fc.property(fc.tuple(...item.inputs.map(anyValue)), (values) => {
          const error = contractError(encode(item, values));
          expect(error.code).to.equal(codeOfError(item.name));
          const expected = item.inputs.map((input, index) => {
            const value = toJson(input, values[index]);
            // Facts are plain values: a list is told as text.
            return [input.name, Array.isArray(value) ? value.join(",") : value];
          });
          expect(error.facts).to.deep.equal({ error: item.name, ...Object.fromEntries(expected) });
        }),
        { numRuns: 20 },
      );
    }
  });

  it("stay a refusal without a reason when the ledger gave none that is known", () => {
    const coder = AbiCoder.defaultAbiCoder();
    const sentence = concat(["0x08c379a0", coder.encode(["string"], ["a sentence"])]);
    for (const data of [undefined, "", "0x", "0xdeadbeef", sentence]) {
      const error = contractError(data);
      expect([error.code, error.facts]).to.deep.equal(["contract.refused", {}]);
    }
  });
});

describe("a refusal on the ledger", () => {
  let chain: DeployedChain;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  it("reaches the caller of a simulation as code and evidence", async () => {
    const from = makeKey().address;
    const data = encodeCall("Undertakings", "claim", [`0x${"1".repeat(64)}`]);
    const failure = await chain.reads
      .simulate({ from, to: chain.addresses.Undertakings, data })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("code", "undertaking.unknown");
    expect(failure)
      .to.have.property("facts")
      .that.includes({ error: "UndertakingUnknown", id: `0x${"1".repeat(64)}` });
  });

  it("is access.forbidden for who is not the operator (AccessManager)", async () => {
    const from = makeKey().address;
    const data = encodeCall("DepositTokenFactory", "listCurrency", ["0x455552", 2]);
    const failure = await chain.reads
      .simulate({ from, to: chain.addresses.DepositTokenFactory, data })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("code", "access.forbidden");
    expect(failure).to.have.property("facts").that.deep.equals({ error: "AccessManagedUnauthorized", caller: from });
  });
});
