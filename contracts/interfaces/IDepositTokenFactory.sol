// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Makes deposit tokens: one per bank and currency.
interface IDepositTokenFactory {
    event CurrencyListed(bytes3 indexed currency, uint8 exponent);
    /// @param entryLimit See {IEntryLimit}; minor units in a day.
    event DepositTokenCreated(
        uint32 indexed bank, bytes3 indexed currency, address token, uint128 entryLimit
    );

    error TokenNotEntitled(address caller);
    error TokenCurrencyUnknown(bytes3 currency);
    /// @notice Not three capital letters, an exponent above four, or listed already.
    error TokenCurrencyInvalid(bytes3 currency, uint8 exponent);
    error TokenExists(uint32 bank, bytes3 currency);

    /// @notice Lists a currency with its ISO 4217 exponent; a listed exponent never changes. Operator only.
    function listCurrency(bytes3 currency, uint8 exponent) external;

    /// @notice A bank makes its own token in a listed currency.
    /// @param entryLimit What it may create by its own entries in a day, minor units; 0 for nothing. See {IEntryLimit}.
    function create(bytes3 currency, uint128 entryLimit) external returns (address token);

    /// @return token Zero when there is none.
    function tokenOf(uint32 bank, bytes3 currency) external view returns (address token);

    /// @return bank Zero when the address is no token of this factory.
    function issuerOf(address token) external view returns (uint32 bank, bytes3 currency);

    /// @dev Reverts with {TokenCurrencyUnknown} for a currency that is not listed.
    function exponentOf(bytes3 currency) external view returns (uint8);
}
