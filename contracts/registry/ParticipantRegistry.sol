// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {AccountRecovery} from "./AccountRecovery.sol";
import {SystemLists} from "./SystemLists.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Transitions} from "../libraries/Transitions.sol";

/// @title ParticipantRegistry
/// @notice See {IParticipantRegistry}. The operator is participant 1 from the start; its account is the first admin of
/// the AccessManager. Nothing here moves money or touches a live deal.
contract ParticipantRegistry is SystemLists, AccountRecovery {
    uint256 private constant _KEYS_MOST = 16;
    /// @dev A mistyped year must not close a bank for ever; a longer moratorium is declared again.
    uint48 private constant _MORATORIUM_MOST = 366 days;

    address private immutable _ACCOUNT_IMPLEMENTATION;

    // slot 0: commitment · slot 1: account, country, roles, status · slot 2: admittedAt
    mapping(uint32 id => Participant) private _participants;
    mapping(address account => uint32 id) private _ids;
    mapping(bytes32 leiCommitment => bool) private _taken;
    mapping(uint32 id => uint48) private _moratoriumUntil;
    uint32 private _count;

    constructor(
        address accessManager,
        address accountImplementation,
        Lists memory lists,
        FoundingOperator memory operator
    ) SystemLists(lists) AccessManaged(accessManager) {
        // A clone of nothing accepts every call and does nothing: its keys would never be set.
        if (accountImplementation.code.length == 0) revert ParticipantImplementationMissing(accountImplementation);
        _ACCOUNT_IMPLEMENTATION = accountImplementation;
        _admit(operator.leiCommitment, operator.country, Roles.OPERATOR, operator.keys);
    }

    /// @inheritdoc IParticipantRegistry
    function admit(bytes32 leiCommitment, bytes2 country, uint32 roles, FoundingKey[] calldata keys)
        external
        restricted
        returns (uint32 id, address account)
    {
        // One operator, and it is participant 1: it admits nobody beside itself.
        if (roles & Roles.OPERATOR != 0) revert ParticipantRolesInvalid(roles);
        return _admit(leiCommitment, country, roles, keys);
    }

    /// @inheritdoc IParticipantRegistry
    function suspend(uint32 id, bytes32 reasonHash) external restricted {
        _transition(id, Status.Active, Status.Suspended);
        emit ParticipantSuspended(id, reasonHash);
    }

    /// @inheritdoc IParticipantRegistry
    function reinstate(uint32 id, bytes32 reasonHash) external restricted {
        _transition(id, Status.Suspended, Status.Active);
        emit ParticipantReinstated(id, reasonHash);
    }

    /// @inheritdoc IParticipantRegistry
    function declareMoratorium(uint32 bank, uint48 until, bytes32 reasonHash) external {
        uint32 regulator = _regulatorOf(bank);
        uint48 time = uint48(block.timestamp);
        if (until <= time || until > time + _MORATORIUM_MOST) {
            revert MoratoriumEndInvalid(until, time + 1, time + _MORATORIUM_MOST);
        }
        _moratoriumUntil[bank] = until;
        emit MoratoriumDeclared(bank, regulator, until, reasonHash);
    }

    /// @inheritdoc IParticipantRegistry
    function liftMoratorium(uint32 bank, bytes32 reasonHash) external {
        uint32 regulator = _regulatorOf(bank);
        if (block.timestamp >= _moratoriumUntil[bank]) revert MoratoriumNotInForce(bank);
        _moratoriumUntil[bank] = uint48(block.timestamp);
        emit MoratoriumLifted(bank, regulator, reasonHash);
    }

    /// @inheritdoc IParticipantRegistry
    function moratoriumUntil(uint32 id) external view returns (uint48 until) {
        return _moratoriumUntil[id];
    }

    /// @inheritdoc IParticipantRegistry
    function idOf(address account) external view returns (uint32 id) {
        return _ids[account];
    }

    /// @inheritdoc IParticipantRegistry
    function participant(uint32 id) external view returns (Participant memory) {
        _requireKnown(id);
        return _participants[id];
    }

    /// @inheritdoc IParticipantRegistry
    function accountOf(uint32 id) external view returns (address) {
        _requireKnown(id);
        return _participants[id].account;
    }

    /// @inheritdoc IParticipantRegistry
    function hasRole(uint32 id, uint32 role) external view returns (bool) {
        return _participants[id].roles & role != 0;
    }

    /// @inheritdoc IParticipantRegistry
    function isActive(uint32 id) external view returns (bool) {
        return _participants[id].status == Status.Active;
    }

    /// @inheritdoc IParticipantRegistry
    /// @dev A suspended participant keeps what it holds and still receives what it is owed (rulebook, "suspension").
    function mayHold(address holder) external view returns (bool) {
        return _isAccount(holder) || _isSystem(holder);
    }

    /// @inheritdoc IParticipantRegistry
    function participantCount() external view returns (uint32) {
        return _count;
    }

    /// @return regulator The caller, when it may decide about this bank.
    function _regulatorOf(uint32 bank) private view returns (uint32 regulator) {
        regulator = _ids[msg.sender];
        if (_participants[bank].roles & Roles.BANK == 0 || !_regulates(regulator, bank)) {
            revert MoratoriumNotEntitled(msg.sender, bank);
        }
    }

    /// @dev Makes the account and sets its keys in one transaction, so that nobody can set them first.
    function _admit(bytes32 leiCommitment, bytes2 country, uint32 roles, FoundingKey[] memory keys)
        private
        returns (uint32 id, address account)
    {
        if (leiCommitment == 0) revert ParticipantCommitmentMissing();
        // U03: the commitment covers LEI and country, so a branch abroad has another one; the same bank twice has not.
        if (_taken[leiCommitment]) revert ParticipantExists(leiCommitment);
        if (!_isCountry(country)) revert ParticipantCountryInvalid(country);
        if (!_areRoles(roles)) revert ParticipantRolesInvalid(roles);
        if (keys.length > _KEYS_MOST) revert ParticipantKeysInvalid();

        id = ++_count;
        account = Clones.cloneDeterministic(_ACCOUNT_IMPLEMENTATION, bytes32(uint256(id)));
        _taken[leiCommitment] = true;
        _ids[account] = id;
        Participant storage record = _participants[id];
        record.leiCommitment = leiCommitment;
        record.account = account;
        record.country = country;
        record.roles = roles;
        record.admittedAt = uint48(block.timestamp);
        _transition(id, Status.None, Status.Active);
        emit ParticipantAdmitted(id, account, leiCommitment, country, roles);
        _initialise(account, roles, keys);
    }

    function _initialise(address account, uint32 roles, FoundingKey[] memory keys) private {
        bytes[] memory signers = new bytes[](keys.length);
        uint8[] memory purposes = new uint8[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            _requireSigner(keys[i].signer);
            signers[i] = keys[i].signer;
            purposes[i] = keys[i].purposes;
        }
        IParticipantAccount(account).initialise(signers, purposes, roles & Roles.FOUR_EYES != 0);
    }

    function _replaceKeys(uint32 id, KeyChange calldata change) internal override {
        for (uint256 i = 0; i < change.signers.length; ++i) {
            _requireSigner(change.signers[i]);
        }
        address account = _participants[id].account;
        IParticipantAccount(account).replaceKeys(change.revoked, change.signers, change.purposes);
    }

    function _idOf(address account) internal view override returns (uint32 id) {
        return _ids[account];
    }

    function _isParticipant(uint32 id) internal view override returns (bool) {
        return _participants[id].status != Status.None;
    }

    function _regulates(uint32 regulator, uint32 id) internal view override returns (bool) {
        Participant storage caller = _participants[regulator];
        return caller.roles & Roles.REGULATOR != 0 && caller.country == _participants[id].country;
    }

    function _isAccount(address account) internal view override returns (bool) {
        return _ids[account] != 0;
    }

    /// @dev The only writer of a participant's status.
    function _transition(uint32 id, Status from, Status to) private {
        if (id == 0 || id > _count) revert ParticipantUnknown(id);
        Status have = _participants[id].status;
        if (have != from || !Transitions.allowed(Transitions.PARTICIPANT, uint8(from), uint8(to))) {
            revert ParticipantWrongStatus(id, have, from);
        }
        _participants[id].status = to;
    }

    function _requireKnown(uint32 id) private view {
        if (!_isParticipant(id)) revert ParticipantUnknown(id);
    }

    /// @dev A bank is no merchant: it would be applicant and issuer at once. The regulator and the operator take part
    /// in no deal, so their roles stand alone.
    function _areRoles(uint32 roles) private pure returns (bool) {
        if (roles == 0 || roles & ~Roles.ALL != 0) return false;
        if (roles & Roles.REGULATOR != 0 && roles != Roles.REGULATOR) return false;
        if (roles & Roles.OPERATOR != 0 && roles != Roles.OPERATOR) return false;
        return roles & (Roles.BANK | Roles.MERCHANT) != Roles.BANK | Roles.MERCHANT;
    }

    function _isCountry(bytes2 country) private pure returns (bool) {
        return _isLetter(country[0]) && _isLetter(country[1]);
    }

    function _isLetter(bytes1 character) private pure returns (bool) {
        return character >= "A" && character <= "Z";
    }
}
