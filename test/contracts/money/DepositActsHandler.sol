// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {DepositSupplyHandler} from "./DepositSupplyHandler.sol";

/// @title What banks do to money that exists: freeze, force, reverse and redeem it; and what nobody may do.
abstract contract DepositActsHandler is DepositSupplyHandler {
    bytes32 internal constant REASON = keccak256("a reason");

    struct Asked {
        bytes32 id;
        uint256 token;
        uint256 holder;
        uint256 amount;
    }

    Asked[] internal asked;

    /// @notice Often nothing, sometimes more than there is.
    function freezeMoney(uint256 tokenSeed, uint256 holderSeed, uint256 amount) external inTime {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        amount = amount % 2 == 0 ? 0 : amount % (1 + held[token][holder] / 2 * 3);
        bool changes = frozen[token][holder] != amount;
        vm.prank(banks[token].account);
        try tokens[token].setFrozen(holders[holder].account, uint128(amount), REASON) {
            frozen[token][holder] = amount;
        } catch {
            _violate("freezeMoney");
        }
        _count("freezeMoney", changes);
    }

    /// @notice Also what is frozen, of which so much less is frozen then.
    function forceMoney(uint256 tokenSeed, uint256 fromSeed, uint256 toSeed, uint256 amount) external inTime {
        (uint256 token, uint256 from) = (tokenSeed % tokens.length, fromSeed % holders.length);
        uint256 to = toSeed % holders.length;
        uint256 most = held[token][from];
        bool tooMuch = amount % 16 == 0;
        amount = tooMuch ? most + 1 : bound(amount, 1, most == 0 ? 1 : most);
        bool may = !tooMuch && most > 0 && from != to;
        uint256 free = _free(token, from);
        vm.prank(banks[token].account);
        try tokens[token].forceTransfer(holders[from].account, holders[to].account, uint128(amount), REASON) {
            if (!may) _violate("forceMoney");
            if (amount > free) frozen[token][from] -= amount - free;
            held[token][from] -= amount;
            held[token][to] += amount;
        } catch {
            if (may) _violate("forceMoney");
        }
        _count("forceMoney", may);
    }

    function reverseEntry(uint256 tokenSeed, uint256 seed) external inTime {
        uint256 token = tokenSeed % tokens.length;
        uint256 count = entries[token].length;
        if (count == 0) {
            _count("reverseEntry", false);
            return;
        }
        // Mostly a young one: its money may still be there.
        Entry storage entry = entries[token][count - 1 - seed % (count < 4 ? count : 4)];
        bool may = !entry.undertaking && !entry.reversed && entry.amount <= _free(token, entry.holder);
        address account = holders[entry.holder].account;
        vm.prank(banks[token].account);
        try tokens[token].reverseEntry(entry.ref, account, uint128(entry.amount), bytes32(nextReference++)) {
            if (!may) _violate("reverseEntry");
            entry.reversed = true;
            held[token][entry.holder] -= entry.amount;
            created[token] -= entry.amount;
        } catch {
            if (may) _violate("reverseEntry");
        }
        _count("reverseEntry", may);
    }

    function askRedemption(uint256 tokenSeed, uint256 holderSeed, uint256 amount) external inTime {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        uint256 free = _free(token, holder);
        bool tooMuch = amount % 16 == 0;
        amount = tooMuch ? free + 1 : bound(amount, 1, free < 4 ? 1 : free / 4);
        bool may = amount <= free;
        vm.prank(holders[holder].account);
        try redemptions.request(address(tokens[token]), uint128(amount), bytes32(nextReference++)) returns (
            bytes32 id
        ) {
            if (!may) _violate("askRedemption");
            held[token][holder] -= amount;
            setAside[token] += amount;
            asked.push(Asked(id, token, holder, amount));
        } catch {
            if (may) _violate("askRedemption");
        }
        _count("askRedemption", may);
    }

    /// @notice Paid, given back or withdrawn; the same one again ends no second time.
    function endRedemption(uint256 seed, uint8 how) external inTime {
        if (asked.length == 0) {
            _count("endRedemption", false);
            return;
        }
        uint256 place = seed % asked.length;
        Asked memory one = asked[place];
        bool done = _end(one, how % 3);
        if (!done || _end(one, (how / 3) % 3)) _violate("endRedemption");
        setAside[one.token] -= one.amount;
        if (how % 3 == 0) created[one.token] -= one.amount;
        else held[one.token][one.holder] += one.amount;
        asked[place] = asked[asked.length - 1];
        asked.pop();
        _count("endRedemption", true);
    }

    /// @notice Everything here must fail: a second use of a reference, a stranger, another bank, too much, to nobody,
    /// what is set aside.
    function tryWhatMustFail(uint256 tokenSeed, uint256 holderSeed, uint128 amount, uint8 what) external inTime {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        if (_passes(token, holder, amount == 0 ? 1 : amount, what % 9)) _violate("tryWhatMustFail");
        _count("tryWhatMustFail", false);
    }

    function _end(Asked memory one, uint256 how) private returns (bool done) {
        bytes memory data = how == 0
            ? abi.encodeCall(redemptions.confirm, (one.id, REASON))
            : how == 1
                ? abi.encodeCall(redemptions.giveBack, (one.id, REASON))
                : abi.encodeCall(redemptions.withdraw, (one.id));
        vm.prank(how == 2 ? holders[one.holder].account : banks[one.token].account);
        (done,) = address(redemptions).call(data);
    }

    function _passes(uint256 token, uint256 holder, uint128 amount, uint256 what) private returns (bool passed) {
        address account = holders[holder].account;
        DepositToken money = tokens[token];
        bytes memory data;
        address caller = stranger;
        if (what == 0) {
            if (entries[token].length == 0) return false;
            Entry memory entry = entries[token][amount % entries[token].length];
            caller = entry.undertaking ? addressOf("Undertakings") : banks[token].account;
            data = entry.undertaking
                ? abi.encodeCall(DepositToken.createForUndertaking, (account, amount, entry.ref))
                : abi.encodeCall(DepositToken.createByEntry, (account, amount, entry.ref));
        } else if (what == 1) {
            caller = token < 2 ? confirmer.account : issuer.account;
            data = abi.encodeCall(DepositToken.createByEntry, (account, amount, bytes32(nextReference)));
        } else if (what == 2) {
            caller = operator.account;
            data = abi.encodeCall(DepositToken.createForUndertaking, (account, amount, bytes32(nextReference)));
        } else if (what == 3) {
            caller = banks[token].account;
            data = abi.encodeCall(DepositToken.createByEntry, (stranger, 1, bytes32(nextReference)));
        } else if (what == 4) {
            caller = account;
            data = abi.encodeCall(money.transfer, (holders[0].account, _free(token, holder) + 1));
        } else if (what == 5) {
            caller = account;
            data = abi.encodeCall(money.transfer, (amount % 2 == 0 ? stranger : address(0), 0));
        } else if (what == 6) {
            caller = banks[token].account;
            data = abi.encodeCall(money.forceTransfer, (address(redemptions), account, 1, REASON));
        } else if (what == 7) {
            caller = banks[token].account;
            data = abi.encodeCall(money.setFrozen, (address(redemptions), 1, REASON));
        } else {
            caller = banks[token].account;
            data = abi.encodeCall(money.destroyForRedemption, (1, bytes32(nextReference)));
        }
        vm.prank(caller);
        (passed,) = address(money).call(data);
    }
}
