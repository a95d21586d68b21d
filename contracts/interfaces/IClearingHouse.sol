// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISettlementCycles} from "./ISettlementCycles.sol";

/// @title Payments between customers of banks, and what the banks owe each other for them.
/// @notice A payment destroys the payer's deposit money at its bank and creates the payee's at the other, in one
/// transaction; the payer's bank then owes the payee's bank the amount. How much it may owe is the limit that the payee's
/// bank granted it. Two banks owe each other one net amount in each currency, so all that banks owe in a currency adds up
/// to what they are owed. A payment between customers of one bank changes only who holds that bank's money.
interface IClearingHouse is ISettlementCycles {
    /// @param payerBank Bank at which the payer holds its money.
    /// @param payee Participant that is paid.
    /// @param payeeBank Bank at which the payee gets its money.
    /// @param currency ISO 4217 alphabetic code.
    /// @param amount Minor units.
    /// @param ref The payer's own reference; used once with this bank and currency.
    struct Payment {
        uint32 payerBank;
        uint32 payee;
        uint32 payeeBank;
        bytes3 currency;
        uint128 amount;
        bytes32 ref;
    }

    event PaymentMade(bytes32 indexed id, uint32 indexed payer, uint32 indexed payee, Payment payment);
    /// @notice What one bank owes another changed by a payment of their customers.
    /// @param owed What the debtor owes now, minor units; below zero when the creditor owes it.
    event PositionChanged(uint32 indexed creditor, uint32 indexed debtor, bytes3 indexed currency, int128 owed);
    event LimitSet(uint32 indexed creditor, uint32 indexed debtor, bytes3 indexed currency, uint128 limit);

    error ClearingNotEntitled(address caller);
    error ClearingTokenUnknown(uint32 bank, bytes3 currency);
    /// @notice A limit is granted by one bank to another.
    error ClearingBankInvalid(uint32 bank);
    /// @notice A suspended bank grants no more than it has granted.
    error ClearingBankSuspended(uint32 bank);
    error ClearingLimitInvalid(uint128 limit);
    /// @notice It says neither what is owed nor what may be: that is between the two banks, and a payer reads this error.
    error ClearingLimitExceeded(uint32 creditor, uint32 debtor, bytes3 currency);
    /// @notice Within one bank nobody pays itself.
    error PaymentToSelf(uint32 payer, uint32 bank);
    error PaymentAmountInvalid(uint128 amount);
    error PaymentReferenceMissing();

    /// @notice Pays out of the caller's own money. Refused while either bank is under a moratorium, and beyond the limit.
    /// @return id See {paymentId}.
    function pay(Payment calldata payment) external returns (bytes32 id);

    /// @notice Only Undertakings: the holder of a due undertaking takes its money at another bank than the obligor. That
    /// bank's limit for the obligor holds; refused while the obligor is under a moratorium.
    /// @param id The undertaking; it is the payment's id too.
    /// @param payment The obligor is the payer's bank.
    function payUndertaking(bytes32 id, Payment calldata payment) external;

    /// @notice The calling bank says how much another may owe it in a currency. Lowered below what is owed already, it
    /// refuses more; what is owed stays owed.
    /// @dev Reverts with {IDepositTokenFactory.TokenCurrencyUnknown} for a currency that is not listed.
    /// @param limit Minor units.
    function setLimit(uint32 debtor, bytes3 currency, uint128 limit) external;

    function paymentId(uint32 payer, uint32 payeeBank, bytes3 currency, bytes32 ref) external pure returns (bytes32);

    /// @return owed What the debtor owes the creditor, minor units; below zero when the creditor owes the debtor.
    function owedTo(uint32 creditor, uint32 debtor, bytes3 currency) external view returns (int128 owed);

    /// @return granted What the creditor granted.
    /// @return effective What counts: nothing while the debtor is suspended.
    function limitOf(uint32 creditor, uint32 debtor, bytes3 currency)
        external
        view
        returns (uint128 granted, uint128 effective);
}
