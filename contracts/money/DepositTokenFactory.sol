// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {DepositToken} from "./DepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Participants} from "../registry/Participants.sol";

/// @title DepositTokenFactory
/// @notice See {IDepositTokenFactory}. A token's address depends on bank and currency alone.
contract DepositTokenFactory is IDepositTokenFactory, AccessManaged, Participants {
    /// @dev The highest exponent in ISO 4217 (CLF, UYW).
    uint8 private constant _EXPONENT_MOST = 4;

    address private immutable _UNDERTAKINGS;
    address private immutable _CLEARING;
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
        address undertakings_,
        address clearing_,
        address settlement_
    ) AccessManaged(accessManager) Participants(registry_) {
        _UNDERTAKINGS = undertakings_;
        _CLEARING = clearing_;
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
    function create(bytes3 currency) external returns (address token) {
        uint32 bank = _callerWith(Roles.BANK);
        if (bank == 0) revert TokenNotEntitled(msg.sender);
        uint8 exponent = _exponent(currency);
        if (_tokens[bank][currency] != address(0)) revert TokenExists(bank, currency);

        token = _make(bank, currency, exponent);
        _tokens[bank][currency] = token;
        _issuers[token] = Issuer({bank: bank, currency: currency});
        emit DepositTokenCreated(bank, currency, token);
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

    function settlement() external view returns (address) {
        return _SETTLEMENT;
    }

    /// @dev The constructor of a token calls nobody, so this cannot come back before the token is recorded.
    function _make(uint32 bank, bytes3 currency, uint8 exponent) private returns (address) {
        string memory code = string(abi.encodePacked(currency));
        string memory number = Strings.toString(bank);
        DepositToken.Making memory making = DepositToken.Making({
            registry: _registry(),
            undertakings: _UNDERTAKINGS,
            clearing: _CLEARING,
            settlement: _SETTLEMENT,
            bank: bank,
            currency: currency,
            exponent: exponent
        });
        bytes32 salt = keccak256(abi.encode(bank, currency));
        return address(
            new DepositToken{salt: salt}(
                string.concat(code, " deposit at bank ", number), string.concat(code, ".", number), making
            )
        );
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
