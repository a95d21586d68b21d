import { createRequire } from "node:module";
import ethersPlugin from "@nomicfoundation/hardhat-ethers";
import matchersPlugin from "@nomicfoundation/hardhat-ethers-chai-matchers";
import mochaPlugin from "@nomicfoundation/hardhat-mocha";
import networkHelpersPlugin from "@nomicfoundation/hardhat-network-helpers";
import typechainPlugin from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [ethersPlugin, matchersPlugin, mochaPlugin, networkHelpersPlugin, typechainPlugin],
  solidity: {
    version: "0.8.37",
    // soljson from the lock file: no compiler download, the same bytes on every platform.
    path: require.resolve("solc/soljson.js"),
    settings: {
      // The floor of OpenZeppelin 5.7, and what a bank's older node runs.
      evmVersion: "cancun",
      optimizer: { enabled: true, runs: 200 },
    },
  },
  paths: { tests: { solidity: "./test/contracts" } },
  typechain: { outDir: "./types", tsNocheck: false },
  test: {
    solidity: {
      fuzz: { runs: 256 },
      invariant: { runs: 64, depth: 64, failOnRevert: false },
      // The runner shows no logs of invariant tests, so they write what they did to this file (support/CallCount.sol).
      fsPermissions: { writeFile: ["./cache/invariant-calls.txt"] },
    },
  },
});
