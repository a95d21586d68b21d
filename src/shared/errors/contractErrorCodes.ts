import { contractCodes } from "./contract.ts";

/** All codes of contracts' refusals, for endpoints that relay acts of every kind. */
export const contractErrorCodes = Object.keys(contractCodes) as readonly (keyof typeof contractCodes)[];
