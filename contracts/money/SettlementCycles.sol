// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {ISettlementCycles} from "../interfaces/ISettlementCycles.sol";
import {Roles} from "../libraries/Roles.sol";
import {Participants} from "../registry/Participants.sol";
import {Positions} from "./Positions.sol";

/// @title SettlementCycles
/// @notice See {ISettlementCycles}. Money goes straight from the banks that pay to those that get: nothing is held here.
abstract contract SettlementCycles is Positions, Participants {
    uint48 internal constant _NOTICE = 1 days;
    uint48 private constant _NO_END = type(uint48).max;
    /// @dev 496 pairs: about 5 million gas when all of them owe.
    uint256 private constant _BANKS_MOST = 32;

    IDepositTokenFactory internal immutable _FACTORY;

    mapping(bytes3 currency => mapping(uint32 bank => Mandate)) private _mandates;
    mapping(bytes32 id => bool) private _settled;

    constructor(IDepositTokenFactory factory_) {
        _FACTORY = factory_;
    }

    /// @inheritdoc ISettlementCycles
    function joinSettlement(bytes3 currency, uint32 agent) external {
        uint32 bank = _callerWith(Roles.BANK);
        if (bank == 0) revert ClearingNotEntitled(msg.sender);
        if (!_registry().isActive(bank)) revert ClearingBankSuspended(bank);
        if (agent == bank || !_registry().hasRole(agent, Roles.BANK)) revert SettlementAgentInvalid(agent);
        if (!_registry().isActive(agent)) revert ClearingBankSuspended(agent);
        _token(agent, currency);
        Mandate storage mandate = _mandates[currency][bank];
        if (mandate.agent != agent && block.timestamp < mandate.until) {
            revert SettlementAlreadyJoined(bank, mandate.agent);
        }
        mandate.agent = agent;
        mandate.until = _NO_END;
        emit SettlementJoined(bank, currency, agent);
    }

    /// @inheritdoc ISettlementCycles
    function leaveSettlement(bytes3 currency) external {
        uint32 bank = _callerWith(Roles.BANK);
        if (bank == 0) revert ClearingNotEntitled(msg.sender);
        Mandate storage mandate = _mandates[currency][bank];
        // Notice that was given runs on: given again it would only put off its end.
        if (mandate.until != _NO_END) revert SettlementNotJoined(bank, mandate.agent);
        uint48 until = uint48(block.timestamp) + _NOTICE;
        mandate.until = until;
        emit SettlementLeft(bank, currency, mandate.agent, until);
    }

    /// @inheritdoc ISettlementCycles
    function settle(bytes3 currency, uint32[] calldata banks, bytes32 ref) external returns (bytes32 id) {
        uint32 agent = _callerWith(Roles.BANK);
        if (agent == 0) revert ClearingNotEntitled(msg.sender);
        IDepositToken token = _token(agent, currency);
        id = _cycleId(agent, currency, ref);
        if (ref == 0 || _settled[id]) revert CycleReferenceInvalid(ref);
        _settled[id] = true;
        _requireMembers(currency, agent, banks);

        (int256[] memory nets, uint256 gross) = _net(currency, banks);
        address[] memory accounts = _accountsThatSuffice(token, banks, nets);
        for (uint256 i = 0; i < banks.length; ++i) {
            emit BankSettled(id, banks[i], agent, nets[i]);
        }
        uint256 paid = _move(token, accounts, nets);
        emit CycleSettled(id, agent, currency, ref, gross, paid);
    }

    /// @inheritdoc ISettlementCycles
    function mandateOf(uint32 bank, bytes3 currency) external view returns (Mandate memory) {
        return _mandates[currency][bank];
    }

    /// @inheritdoc ISettlementCycles
    function cycleId(uint32 agent, bytes3 currency, bytes32 ref) external pure returns (bytes32) {
        return _cycleId(agent, currency, ref);
    }

    /// @inheritdoc ISettlementCycles
    function cycleBanksMost() external pure returns (uint256) {
        return _BANKS_MOST;
    }

    function factory() external view returns (IDepositTokenFactory) {
        return _FACTORY;
    }

    function _token(uint32 bank, bytes3 currency) internal view returns (IDepositToken) {
        address token = _FACTORY.tokenOf(bank, currency);
        if (token == address(0)) revert ClearingTokenUnknown(bank, currency);
        return IDepositToken(token);
    }

    function _requireMembers(bytes3 currency, uint32 agent, uint32[] calldata banks) private view {
        if (banks.length < 2 || banks.length > _BANKS_MOST) revert CycleBanksInvalid(banks.length, _BANKS_MOST);
        _requireNoMoratorium(agent);
        uint32 previous = 0;
        for (uint256 i = 0; i < banks.length; ++i) {
            uint32 bank = banks[i];
            if (bank <= previous) revert CycleBanksNotAscending(bank);
            previous = bank;
            Mandate memory mandate = _mandates[currency][bank];
            if (mandate.agent != agent || block.timestamp >= mandate.until) revert SettlementNotJoined(bank, agent);
            _requireNoMoratorium(bank);
        }
    }

    function _requireNoMoratorium(uint32 bank) private view {
        uint48 until = _registry().moratoriumUntil(bank);
        if (block.timestamp < until) revert CycleMoratorium(bank, until);
    }

    /// @dev Sets every position among these banks to zero.
    /// @return nets What each bank gets; below zero what it pays. They add up to zero.
    /// @return gross Sum of the positions.
    function _net(bytes3 currency, uint32[] calldata banks) private returns (int256[] memory nets, uint256 gross) {
        nets = new int256[](banks.length);
        for (uint256 i = 0; i < banks.length; ++i) {
            for (uint256 j = i + 1; j < banks.length; ++j) {
                int256 owed = _owedTo(banks[j], banks[i], currency);
                if (owed == 0) continue;
                nets[i] -= owed;
                nets[j] += owed;
                gross += uint256(owed < 0 ? -owed : owed);
                _setOwed(banks[j], banks[i], currency, 0);
            }
        }
        if (gross == 0) revert CycleEmpty();
    }

    /// @dev Names all that are short, not the first one only: the agent asks each of them once.
    function _accountsThatSuffice(IDepositToken token, uint32[] calldata banks, int256[] memory nets)
        private
        view
        returns (address[] memory accounts)
    {
        accounts = new address[](banks.length);
        uint32[] memory short = new uint32[](banks.length);
        uint256[] memory missing = new uint256[](banks.length);
        uint256 count = 0;
        for (uint256 i = 0; i < banks.length; ++i) {
            accounts[i] = _registry().accountOf(banks[i]);
            if (nets[i] >= 0) continue;
            uint256 due = uint256(-nets[i]);
            uint256 have = _free(token, accounts[i]);
            if (have >= due) continue;
            short[count] = banks[i];
            missing[count] = due - have;
            ++count;
        }
        if (count > 0) revert CycleShort(_first(short, count), _first(missing, count));
    }

    function _free(IDepositToken token, address account) private view returns (uint256) {
        uint256 balance = token.balanceOf(account);
        uint256 frozen = token.getFrozenTokens(account);
        return balance > frozen ? balance - frozen : 0;
    }

    /// @dev Each step ends what one bank pays or another gets, so there are fewer movements than banks.
    function _move(IDepositToken token, address[] memory accounts, int256[] memory nets)
        private
        returns (uint256 paid)
    {
        uint256 payer = 0;
        uint256 payee = 0;
        while (true) {
            while (payer < nets.length && nets[payer] >= 0) ++payer;
            while (payee < nets.length && nets[payee] <= 0) ++payee;
            if (payer == nets.length || payee == nets.length) return paid;
            int256 amount = -nets[payer] < nets[payee] ? -nets[payer] : nets[payee];
            nets[payer] += amount;
            nets[payee] -= amount;
            paid += uint256(amount);
            token.moveForCycle(accounts[payer], accounts[payee], uint256(amount));
        }
    }

    function _first(uint32[] memory all, uint256 count) private pure returns (uint32[] memory some) {
        some = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) some[i] = all[i];
    }

    function _first(uint256[] memory all, uint256 count) private pure returns (uint256[] memory some) {
        some = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) some[i] = all[i];
    }

    function _cycleId(uint32 agent, bytes3 currency, bytes32 ref) private pure returns (bytes32) {
        return keccak256(abi.encode(agent, currency, ref));
    }
}
