// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Participants} from "../registry/Participants.sol";
import {SettlementCycles} from "./SettlementCycles.sol";

/// @title ClearingHouse
/// @notice See {IClearingHouse}. It holds no money. Payer and payee are paid whatever the banks do later: what one bank
/// owes another is between the two of them.
/// @dev Calls only tokens of the factory, which call nobody back.
contract ClearingHouse is SettlementCycles {
    address private immutable _UNDERTAKINGS;

    mapping(bytes3 currency => mapping(uint32 creditor => mapping(uint32 debtor => uint128))) private _limits;

    constructor(IParticipantRegistry registry_, IDepositTokenFactory factory_, address undertakings_)
        Participants(registry_)
        SettlementCycles(factory_)
    {
        _UNDERTAKINGS = undertakings_;
    }

    /// @inheritdoc IClearingHouse
    function pay(Payment calldata payment) external returns (bytes32 id) {
        uint32 payer = _caller();
        if (payer == 0) revert ClearingNotEntitled(msg.sender);
        bool isWithinBank = payment.payerBank == payment.payeeBank;
        if (isWithinBank && payment.payee == payer) revert PaymentToSelf(payer, payment.payerBank);
        if (payment.amount == 0) revert PaymentAmountInvalid(payment.amount);
        if (payment.ref == 0) revert PaymentReferenceMissing();
        IDepositToken from = _token(payment.payerBank, payment.currency);
        IDepositToken to = _token(payment.payeeBank, payment.currency);

        id = _paymentId(payer, payment.payeeBank, payment.currency, payment.ref);
        emit PaymentMade(id, payer, payment.payee, payment);
        // The caller is the payer's account: nobody's money but its own is destroyed. It comes first, so that only who has
        // the money learns whether the banks' limit would take it.
        from.destroyForPayment(msg.sender, payment.amount, id);
        if (!isWithinBank) _owe(payment.payerBank, payment.payeeBank, payment.currency, payment.amount);
        to.createForPayment(_registry().accountOf(payment.payee), payment.amount, id);
    }

    /// @inheritdoc IClearingHouse
    /// @dev The obligor's bank money is never made: it owes the holder's bank instead. Its limit is that bank's consent.
    function payUndertaking(bytes32 id, Payment calldata payment) external {
        if (msg.sender != _UNDERTAKINGS) revert ClearingNotEntitled(msg.sender);
        (uint32 obligor, uint32 bank) = (payment.payerBank, payment.payeeBank);
        if (bank == obligor) revert ClearingBankInvalid(bank);
        uint48 until = _registry().moratoriumUntil(obligor);
        if (block.timestamp < until) revert IDepositToken.DepositMoratorium(obligor, until);
        IDepositToken to = _token(bank, payment.currency);

        emit PaymentMade(id, obligor, payment.payee, payment);
        _owe(obligor, bank, payment.currency, payment.amount);
        to.createForPayment(_registry().accountOf(payment.payee), payment.amount, id);
    }

    /// @inheritdoc IClearingHouse
    function setLimit(uint32 debtor, bytes3 currency, uint128 limit) external {
        uint32 creditor = _callerWith(Roles.BANK);
        if (creditor == 0) revert ClearingNotEntitled(msg.sender);
        if (debtor == creditor || !_registry().hasRole(debtor, Roles.BANK)) revert ClearingBankInvalid(debtor);
        if (limit > uint128(type(int128).max)) revert ClearingLimitInvalid(limit);
        // Reverts for a currency that is not listed: what events name must be a currency to whoever reads them.
        _FACTORY.exponentOf(currency);
        bool raises = limit > _limits[currency][creditor][debtor];
        if (raises && !_registry().isActive(creditor)) revert ClearingBankSuspended(creditor);
        _limits[currency][creditor][debtor] = limit;
        emit LimitSet(creditor, debtor, currency, limit);
    }

    /// @inheritdoc IClearingHouse
    function paymentId(uint32 payer, uint32 payeeBank, bytes3 currency, bytes32 ref) external pure returns (bytes32) {
        return _paymentId(payer, payeeBank, currency, ref);
    }

    /// @inheritdoc IClearingHouse
    function limitOf(uint32 creditor, uint32 debtor, bytes3 currency)
        external
        view
        returns (uint128 granted, uint128 effective)
    {
        return (_limits[currency][creditor][debtor], _effectiveLimit(creditor, debtor, currency));
    }

    function undertakings() external view returns (address) {
        return _UNDERTAKINGS;
    }

    /// @dev Paying back is never refused for a limit.
    function _owe(uint32 debtor, uint32 creditor, bytes3 currency, uint128 amount) private {
        int256 afterwards = int256(_owedTo(creditor, debtor, currency)) + int256(uint256(amount));
        if (afterwards > 0 && uint256(afterwards) > _effectiveLimit(creditor, debtor, currency)) {
            revert ClearingLimitExceeded(creditor, debtor, currency);
        }
        // It fits: above zero it is within a limit that fits, and below zero it is nearer to zero than before.
        _setOwed(creditor, debtor, currency, int128(afterwards));
    }

    function _effectiveLimit(uint32 creditor, uint32 debtor, bytes3 currency) private view returns (uint128) {
        return _registry().isActive(debtor) ? _limits[currency][creditor][debtor] : 0;
    }

    function _paymentId(uint32 payer, uint32 payeeBank, bytes3 currency, bytes32 ref) private pure returns (bytes32) {
        return keccak256(abi.encode(payer, payeeBank, currency, ref));
    }
}
