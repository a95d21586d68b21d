// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ClearingHouse} from "../../../contracts/money/ClearingHouse.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {CallCount} from "../support/CallCount.sol";
import {System} from "../support/System.sol";

/// @title Two banks and their settlement agent, four tokens and five holders, with a book of their own: creation and movement.
/// @notice The book is written from what was asked and from nothing else: it never reads a token.
abstract contract DepositSupplyHandler is System, CallCount {
    struct Entry {
        bool undertaking;
        bool reversed;
        bytes32 ref;
        uint256 holder;
        uint256 amount;
    }

    /// @dev Of the yen token, in a day; the other two have none that is ever reached.
    uint256 internal constant LIMIT = 2 ** 97;
    uint256 internal constant AMOUNT_MOST = 2 ** 96;
    uint256 internal constant YEN = 1;

    /// @notice What one EUR bank's customers paid to the other's, net: what it owes the other.
    int256 public owed;

    DepositToken[] internal tokens;
    Party[] internal banks;
    Party[] internal holders;

    /// @notice token => sum over the references that created less those that destroyed.
    mapping(uint256 token => uint256) public created;
    /// @notice token => holder => balance.
    mapping(uint256 token => mapping(uint256 holder => uint256)) public held;
    /// @notice token => holder => what is frozen, be it there or not.
    mapping(uint256 token => mapping(uint256 holder => uint256)) public frozen;
    /// @notice token => what waits for redemption.
    mapping(uint256 token => uint256) public setAside;
    mapping(uint256 token => Entry[]) internal entries;
    uint256 internal nextReference = 1;
    uint256 internal limitUsed;
    uint256 internal limitUsedAt;
    uint256 internal time = START;
    /// @notice The first act that must fail and did not, or that must pass and did not; empty while there is none.
    bytes32 public violation;

    /// @dev The runner begins each call at the time of the first.
    modifier inTime() {
        vm.warp(time);
        _;
    }

    constructor() {
        deploySystem();
        tokens.push(createToken(issuer, "EUR", 2));
        tokens.push(createToken(issuer, "JPY", 0, uint128(LIMIT)));
        tokens.push(createToken(confirmer, "EUR", 2));
        tokens.push(createToken(adviser, "EUR", 2));
        banks.push(issuer);
        banks.push(issuer);
        banks.push(confirmer);
        banks.push(adviser);
        holders.push(buyer);
        holders.push(seller);
        holders.push(arbiter);
        holders.push(issuer);
        holders.push(confirmer);
        grant(confirmer, issuer, "EUR", uint128(type(int128).max));
        grant(issuer, confirmer, "EUR", uint128(type(int128).max));
        for (uint256 i = 3; i < 5; ++i) {
            vm.prank(holders[i].account);
            clearing.joinSettlement("EUR", adviser.id);
        }
    }

    /// @notice The two banks settle what one owes the other in their agent's money.
    function settleCycle() external inTime {
        uint256 due = uint256(owed < 0 ? -owed : owed);
        (uint256 payer, uint256 payee) = owed > 0 ? (3, 4) : (4, 3);
        bool may = due > 0 && _free(3, payer) >= due;
        uint32[] memory members = new uint32[](2);
        (members[0], members[1]) = (issuer.id, confirmer.id);
        vm.prank(adviser.account);
        try clearing.settle("EUR", members, bytes32(nextReference++)) {
            if (!may) _violate("settleCycle");
            held[3][payer] -= due;
            held[3][payee] += due;
            owed = 0;
        } catch {
            if (may) _violate("settleCycle");
        }
        _count("settleCycle", may);
    }

    /// @notice From one bank's EUR to the other's, within what is free, and now and then one unit more.
    function payBetweenBanks(bool out, uint256 fromSeed, uint256 toSeed, uint256 amount) external inTime {
        (uint256 token, uint256 other) = out ? (0, 2) : (2, 0);
        (uint256 from, uint256 to) = (fromSeed % holders.length, toSeed % holders.length);
        uint256 most = _free(token, from);
        bool tooMuch = amount % 16 == 0;
        amount = tooMuch ? most + 1 : bound(amount, 1, most == 0 ? 1 : most);
        bool may = !tooMuch && most > 0;
        IClearingHouse.Payment memory payment = IClearingHouse.Payment(
            banks[token].id, holders[to].id, banks[other].id, "EUR", uint128(amount), bytes32(nextReference++)
        );
        vm.prank(holders[from].account);
        try clearing.pay(payment) {
            if (!may) _violate("payBetweenBanks");
            held[token][from] -= amount;
            held[other][to] += amount;
            created[token] -= amount;
            created[other] += amount;
            owed += out ? int256(amount) : -int256(amount);
        } catch {
            if (may) _violate("payBetweenBanks");
        }
        _count("payBetweenBanks", may);
    }

    /// @notice By an entry; of yen no more than what the day's limit leaves.
    function enterMoney(uint256 tokenSeed, uint256 holderSeed, uint256 amount) external inTime {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        amount = bound(amount, 1, AMOUNT_MOST);
        bytes32 ref = bytes32(nextReference++);
        bool may = true;
        if (token == YEN) {
            uint256 back = LIMIT * (time - limitUsedAt) / 1 days;
            uint256 used = back < limitUsed ? limitUsed - back : 0;
            may = used + amount <= LIMIT;
            if (may) (limitUsed, limitUsedAt) = (used + amount, time);
        }
        vm.prank(banks[token].account);
        try tokens[token].createByEntry(holders[holder].account, uint128(amount), ref) {
            if (!may) _violate("enterMoney");
            _book(token, Entry(false, false, ref, holder, amount));
        } catch {
            if (may) _violate("enterMoney");
        }
        _count("enterMoney", may);
    }

    function payUndertaking(uint256 tokenSeed, uint256 holderSeed, uint256 amount) external inTime {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        amount = bound(amount, 1, AMOUNT_MOST);
        bytes32 ref = bytes32(nextReference++);
        vm.prank(addressOf("Undertakings"));
        try tokens[token].createForUndertaking(holders[holder].account, uint128(amount), ref) {
            _book(token, Entry(true, false, ref, holder, amount));
        } catch {
            _violate("payUndertaking");
        }
        _count("payUndertaking", true);
    }

    function transferMoney(uint256 tokenSeed, uint256 fromSeed, uint256 toSeed, uint256 amount) external inTime {
        (uint256 token, uint256 from) = (tokenSeed % tokens.length, fromSeed % holders.length);
        uint256 to = toSeed % holders.length;
        amount = bound(amount, 0, _free(token, from));
        vm.prank(holders[from].account);
        try tokens[token].transfer(holders[to].account, amount) {
            held[token][from] -= amount;
            held[token][to] += amount;
        } catch {
            _violate("transferMoney");
        }
        _count("transferMoney", amount > 0 && from != to);
    }

    function spendApproved(uint256 tokenSeed, uint256 fromSeed, uint256 toSeed, uint256 amount) external inTime {
        (uint256 token, uint256 from) = (tokenSeed % tokens.length, fromSeed % holders.length);
        uint256 to = toSeed % holders.length;
        amount = bound(amount, 0, _free(token, from));
        vm.prank(holders[from].account);
        tokens[token].approve(stranger, amount);
        vm.prank(stranger);
        try tokens[token].transferFrom(holders[from].account, holders[to].account, amount) {
            held[token][from] -= amount;
            held[token][to] += amount;
        } catch {
            _violate("spendApproved");
        }
        _count("spendApproved", amount > 0);
    }

    function passTime(uint256 elapsed) external {
        time += bound(elapsed, 1, 3 hours);
        _count("passTime", true);
    }

    function bankIds() external view returns (uint32, uint32) {
        return (issuer.id, confirmer.id);
    }

    function clearingHouse() external view returns (ClearingHouse) {
        return clearing;
    }

    function redemptionDesk() external view returns (address) {
        return address(redemptions);
    }

    function tokenCount() external view returns (uint256) {
        return tokens.length;
    }

    function holderCount() external view returns (uint256) {
        return holders.length;
    }

    function tokenAt(uint256 index) external view returns (DepositToken) {
        return tokens[index];
    }

    function accountAt(uint256 index) external view returns (address) {
        return holders[index].account;
    }

    function _violate(bytes32 what) internal {
        if (violation == 0) violation = what;
    }

    /// @dev What a holder may move.
    function _free(uint256 token, uint256 holder) internal view returns (uint256) {
        (uint256 have, uint256 stays) = (held[token][holder], frozen[token][holder]);
        return stays < have ? have - stays : 0;
    }

    function _book(uint256 token, Entry memory entry) private {
        created[token] += entry.amount;
        held[token][entry.holder] += entry.amount;
        entries[token].push(entry);
    }
}
