// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";

/// @title Who holds what, written from what was asked and from nothing else.
/// @notice Two kinds of money and any number of debts among four parties, each known by its place.
abstract contract SettlementBook {
    struct Debt {
        bytes32 id;
        uint256 holder;
        uint128 amount;
        uint48 dueAt;
        bool paid;
    }

    /// @param data The settlement, encoded.
    struct Deal {
        bytes data;
        IAtomicSettlement.Status state;
    }

    /// @dev A copy of the book on which legs can be tried.
    struct Page {
        uint256[4][2] held;
        uint256[] holders;
    }

    address[2] private _tokens;
    address private immutable _DEBTS_CONTRACT;
    uint32[4] private _ids;

    mapping(uint256 token => mapping(uint256 party => uint256)) public held;
    mapping(uint256 token => uint256) public created;
    uint256 public owedTotal;
    Debt[] internal _debts;
    Deal[] internal _deals;
    mapping(bytes32 id => uint256 place) private _debtPlaces;

    constructor(address[2] memory tokens, address debts, uint32[4] memory ids) {
        _tokens = tokens;
        _DEBTS_CONTRACT = debts;
        _ids = ids;
    }

    function debtCount() external view returns (uint256) {
        return _debts.length;
    }

    function debtAt(uint256 n) external view returns (Debt memory) {
        return _debts[n];
    }

    function dealCount() external view returns (uint256) {
        return _deals.length;
    }

    function dealAt(uint256 n)
        external
        view
        returns (IAtomicSettlement.Settlement memory deal, IAtomicSettlement.Status state)
    {
        return (_dealAt(n), _deals[n].state);
    }

    function _dealAt(uint256 n) internal view returns (IAtomicSettlement.Settlement memory) {
        return abi.decode(_deals[n].data, (IAtomicSettlement.Settlement));
    }

    function _propose(IAtomicSettlement.Settlement memory deal) internal {
        _deals.push(Deal(abi.encode(deal), IAtomicSettlement.Status.None));
    }

    function _bookEntry(uint256 token, uint256 party, uint256 amount) internal {
        held[token][party] += amount;
        created[token] += amount;
    }

    function _bookDebt(bytes32 id, uint256 holder, uint128 amount, uint48 dueAt) internal {
        _debts.push(Debt(id, holder, amount, dueAt, false));
        _debtPlaces[id] = _debts.length;
        owedTotal += amount;
    }

    /// @dev The obligor is the second token's bank.
    function _bookClaim(uint256 n) internal {
        _debts[n].paid = true;
        _bookEntry(1, _debts[n].holder, _debts[n].amount);
    }

    function _bookLegs(IAtomicSettlement.Leg[] memory legs) internal {
        Page memory page = _page();
        for (uint256 i = 0; i < legs.length; ++i) {
            _move(page, legs[i]);
        }
        for (uint256 token = 0; token < 2; ++token) {
            for (uint256 party = 0; party < 4; ++party) {
                held[token][party] = page.held[token][party];
            }
        }
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].target != _DEBTS_CONTRACT) continue;
            uint256 n = _debtPlaces[legs[i].item] - 1;
            _debts[n].holder = page.holders[n];
        }
    }

    function _page() internal view returns (Page memory page) {
        for (uint256 token = 0; token < 2; ++token) {
            for (uint256 party = 0; party < 4; ++party) {
                page.held[token][party] = held[token][party];
            }
        }
        page.holders = new uint256[](_debts.length);
        for (uint256 n = 0; n < page.holders.length; ++n) {
            page.holders[n] = _debts[n].holder;
        }
    }

    /// @return possible False when the leg changes nothing because it cannot be done.
    function _move(Page memory page, IAtomicSettlement.Leg memory leg) internal view returns (bool possible) {
        (uint256 from, uint256 to) = (_placeOf(leg.from), _placeOf(leg.to));
        if (leg.target == _DEBTS_CONTRACT) {
            uint256 n = _debtPlaces[leg.item] - 1;
            possible = page.holders[n] == from && !_debts[n].paid && _debts[n].amount == leg.amount;
            if (possible) page.holders[n] = to;
            return possible;
        }
        uint256 token = leg.target == _tokens[0] ? 0 : 1;
        possible = leg.amount != 0 && page.held[token][from] >= leg.amount;
        if (!possible) return false;
        page.held[token][from] -= leg.amount;
        page.held[token][to] += leg.amount;
    }

    function _placeOf(uint32 id) internal view returns (uint256 place) {
        while (_ids[place] != id) {
            ++place;
        }
    }

    function _names(IAtomicSettlement.Leg[] memory legs, uint32 party) internal pure returns (bool) {
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].from == party || legs[i].to == party) return true;
        }
        return false;
    }
}
