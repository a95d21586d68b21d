// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {DepositToken} from "./DepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IDepositTokenMaker} from "../interfaces/IDepositTokenMaker.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Participants} from "../registry/Participants.sol";

/// @title DepositTokenFactory
/// @notice See {IDepositTokenFactory}. A token's address depends on bank and currency alone.
/// @dev The code of a token stands in {DepositTokenMaker}: both together would be too large for one contract.
contract DepositTokenFactory is IDepositTokenFactory, AccessManaged, Participants {
    /// @dev The highest exponent in ISO 4217 (CLF, UYW).
    uint8 private constant _EXPONENT_MOST = 4;

    IDepositTokenMaker private immutable _MAKER;
    address private immutable _UNDERTAKINGS;
    address private immutable _CLEARING;
    address private immutable _REDEMPTIONS;
    address private immutable _SETTLEMENT;

    // One slot each.
    struct Listing {
        bool listed;
        uint8 exponent;
    }

    struct Issuer {
        uint32 bank;
        bytes3 currency;
    }

    mapping(bytes3 currency => Listing) private _listings;
    mapping(uint32 bank => mapping(bytes3 currency => address token)) private _tokens;
    mapping(address token => Issuer) private _issuers;

    constructor(
        address accessManager,
        IParticipantRegistry registry_,
        IDepositTokenMaker maker_,
        address undertakings_,
        address clearing_,
        address redemptions_,
        address settlement_
    ) AccessManaged(accessManager) Participants(registry_) {
        _MAKER = maker_;
        _UNDERTAKINGS = undertakings_;
        _CLEARING = clearing_;
        _REDEMPTIONS = redemptions_;
        _SETTLEMENT = settlement_;
    }

    /// @inheritdoc IDepositTokenFactory
    function listCurrency(bytes3 currency, uint8 exponent) external restricted {
        if (_listings[currency].listed || exponent > _EXPONENT_MOST || !_isCurrency(currency)) {
            revert TokenCurrencyInvalid(currency, exponent);
        }
        _listings[currency] = Listing({listed: true, exponent: exponent});
        emit CurrencyListed(currency, exponent);
    }

    /// @inheritdoc IDepositTokenFactory
    function create(bytes3 currency, uint128 entryLimit) external returns (address token) {
        uint32 bank = _callerWith(Roles.BANK);
        if (bank == 0) revert TokenNotEntitled(msg.sender);
        uint8 exponent = _exponent(currency);
        if (_tokens[bank][currency] != address(0)) revert TokenExists(bank, currency);

        token = _make(bank, currency, exponent, entryLimit);
        _tokens[bank][currency] = token;
        _issuers[token] = Issuer({bank: bank, currency: currency});
        emit DepositTokenCreated(bank, currency, token, entryLimit);
    }

    /// @inheritdoc IDepositTokenFactory
    function tokenOf(uint32 bank, bytes3 currency) external view returns (address token) {
        return _tokens[bank][currency];
    }

    /// @inheritdoc IDepositTokenFactory
    function issuerOf(address token) external view returns (uint32 bank, bytes3 currency) {
        Issuer memory issuer = _issuers[token];
        return (issuer.bank, issuer.currency);
    }

    /// @inheritdoc IDepositTokenFactory
    function exponentOf(bytes3 currency) external view returns (uint8) {
        return _exponent(currency);
    }

    function undertakings() external view returns (address) {
        return _UNDERTAKINGS;
    }

    function clearing() external view returns (address) {
        return _CLEARING;
    }

    function redemptions() external view returns (address) {
        return _REDEMPTIONS;
    }

    function maker() external view returns (IDepositTokenMaker) {
        return _MAKER;
    }

    function settlement() external view returns (address) {
        return _SETTLEMENT;
    }

    /// @dev The constructor of a token calls nobody, so this cannot come back before the token is recorded.
    function _make(uint32 bank, bytes3 currency, uint8 exponent, uint128 entryLimit) private returns (address) {
        string memory code = string(abi.encodePacked(currency));
        string memory number = Strings.toString(bank);
        DepositToken.Making memory making = DepositToken.Making({
            registry: _registry(),
            undertakings: _UNDERTAKINGS,
            clearing: _CLEARING,
            redemptions: _REDEMPTIONS,
            settlement: _SETTLEMENT,
            bank: bank,
            currency: currency,
            exponent: exponent,
            entryLimit: entryLimit
        });
        return _MAKER.make(string.concat(code, " deposit at bank ", number), string.concat(code, ".", number), making);
    }

    function _exponent(bytes3 currency) private view returns (uint8) {
        Listing memory listing = _listings[currency];
        if (!listing.listed) revert TokenCurrencyUnknown(currency);
        return listing.exponent;
    }

    function _isCurrency(bytes3 currency) private pure returns (bool) {
        for (uint256 i = 0; i < 3; ++i) {
            if (currency[i] < "A" || currency[i] > "Z") return false;
        }
        return true;
    }
}
