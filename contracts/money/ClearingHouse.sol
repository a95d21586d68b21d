// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Participants} from "../registry/Participants.sol";

/// @title ClearingHouse
/// @notice See {IClearingHouse}. It holds no money. Payer and payee are paid whatever the banks do later: what one bank
/// owes another is between the two of them.
/// @dev Calls only tokens of the factory, which call nobody back.
contract ClearingHouse is IClearingHouse, Participants {
    IDepositTokenFactory private immutable _FACTORY;

    /// @dev What the bank with the lower number owes the one with the higher number; below zero the other way round. One
    /// number for each pair, so that no sum over all banks is ever anything but zero.
    mapping(bytes3 currency => mapping(uint32 lower => mapping(uint32 higher => int128))) private _owed;
    mapping(bytes3 currency => mapping(uint32 creditor => mapping(uint32 debtor => uint128))) private _limits;

    constructor(IParticipantRegistry registry_, IDepositTokenFactory factory_) Participants(registry_) {
        _FACTORY = factory_;
    }

    /// @inheritdoc IClearingHouse
    function pay(Payment calldata payment) external returns (bytes32 id) {
        uint32 payer = _caller();
        if (payer == 0) revert ClearingNotEntitled(msg.sender);
        if (payment.payerBank == payment.payeeBank) revert PaymentWithinBank(payment.payerBank);
        if (payment.amount == 0) revert PaymentAmountInvalid(payment.amount);
        if (payment.ref == 0) revert PaymentReferenceMissing();
        IDepositToken from = _token(payment.payerBank, payment.currency);
        IDepositToken to = _token(payment.payeeBank, payment.currency);

        id = _paymentId(payer, payment.payeeBank, payment.currency, payment.ref);
        emit PaymentMade(id, payer, payment.payee, payment);
        _owe(payment);
        // The caller is the payer's account: nobody's money but its own is destroyed.
        from.destroyForPayment(msg.sender, payment.amount, id);
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
    function owedTo(uint32 creditor, uint32 debtor, bytes3 currency) external view returns (int128 owed) {
        return debtor < creditor ? _owed[currency][debtor][creditor] : -_owed[currency][creditor][debtor];
    }

    /// @inheritdoc IClearingHouse
    function limitOf(uint32 creditor, uint32 debtor, bytes3 currency)
        external
        view
        returns (uint128 granted, uint128 effective)
    {
        return (_limits[currency][creditor][debtor], _effectiveLimit(creditor, debtor, currency));
    }

    function factory() external view returns (IDepositTokenFactory) {
        return _FACTORY;
    }

    /// @dev The only writer of what banks owe each other. Paying back is never refused for a limit.
    function _owe(Payment calldata payment) private {
        (uint32 debtor, uint32 creditor) = (payment.payerBank, payment.payeeBank);
        bool isLower = debtor < creditor;
        int128 before = isLower
            ? _owed[payment.currency][debtor][creditor]
            : -_owed[payment.currency][creditor][debtor];
        int256 afterwards = int256(before) + int256(uint256(payment.amount));
        if (afterwards > 0) {
            uint128 limit = _effectiveLimit(creditor, debtor, payment.currency);
            if (uint256(afterwards) > limit) {
                revert ClearingLimitExceeded(creditor, debtor, payment.currency);
            }
        }
        // It fits: above zero it is within a limit that fits, and below zero it is nearer to zero than before.
        int128 owed = int128(afterwards);
        if (isLower) _owed[payment.currency][debtor][creditor] = owed;
        else _owed[payment.currency][creditor][debtor] = -owed;
        emit PositionChanged(creditor, debtor, payment.currency, owed);
    }

    function _effectiveLimit(uint32 creditor, uint32 debtor, bytes3 currency) private view returns (uint128) {
        return _registry().isActive(debtor) ? _limits[currency][creditor][debtor] : 0;
    }

    function _token(uint32 bank, bytes3 currency) private view returns (IDepositToken) {
        address token = _FACTORY.tokenOf(bank, currency);
        if (token == address(0)) revert ClearingTokenUnknown(bank, currency);
        return IDepositToken(token);
    }

    function _paymentId(uint32 payer, uint32 payeeBank, bytes3 currency, bytes32 ref) private pure returns (bytes32) {
        return keccak256(abi.encode(payer, payeeBank, currency, ref));
    }
}
