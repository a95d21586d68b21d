// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {ISettlementLeg} from "../../../contracts/interfaces/ISettlementLeg.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {ParticipantRegistry} from "../../../contracts/registry/ParticipantRegistry.sol";
import {Handler} from "../support/Campaign.sol";
import {SettlementBook} from "./SettlementBook.sol";

interface ISigner {
    function sign(IAtomicSettlement.Settlement memory deal) external view returns (bytes[] memory consents);
}

/// @title Random settlements between four parties, in the money of two banks and in what one of them owes.
/// @notice One in eight is spoilt: a consent is missing or another's, something is changed after it, time is over, a
/// party is suspended, a contract is no leg. Such a settlement must do nothing at all.
abstract contract SettlementHandler is Handler, SettlementBook {
    enum Act {
        Enter,
        Owe,
        Settle,
        SettleLater,
        Cancel,
        Claim
    }

    struct Cast {
        IAtomicSettlement settlement;
        IUndertakings undertakings;
        ParticipantRegistry registry;
        address presentations;
        address operator;
        DepositToken[2] tokens;
        uint32[4] ids;
        address[4] accounts;
        /// @dev Places of the two tokens' banks among the four; the second is also the obligor.
        uint256[2] banks;
    }

    uint256 private constant ACTS = 6;
    uint256 private constant SPOILT = 8;
    uint256 private constant FAULTS = 9;

    Cast private _c;
    ISigner private immutable _SIGNER;
    bytes32 private _salt;

    constructor(Cast memory cast, ISigner signer)
        Handler(ACTS)
        SettlementBook(
            [address(cast.tokens[0]), address(cast.tokens[1])], address(cast.undertakings), cast.ids
        )
    {
        _c = cast;
        _SIGNER = signer;
    }

    function names() public pure override returns (string[] memory list) {
        list = new string[](ACTS);
        list[0] = "DepositToken.createByEntry";
        list[1] = "Undertakings.create";
        list[2] = "AtomicSettlement.execute";
        list[3] = "AtomicSettlement.execute, consented before";
        list[4] = "AtomicSettlement.cancel";
        list[5] = "Undertakings.claim";
    }

    function enter(uint256 seed) external {
        act(uint256(Act.Enter), seed);
    }

    function owe(uint256 seed) external {
        act(uint256(Act.Owe), seed);
    }

    function settle(uint256 seed) external {
        act(uint256(Act.Settle), seed);
    }

    function settleLater(uint256 seed) external {
        act(uint256(Act.SettleLater), seed);
    }

    function cancel(uint256 seed) external {
        act(uint256(Act.Cancel), seed);
    }

    function claim(uint256 seed) external {
        act(uint256(Act.Claim), seed);
    }

    function pass(uint256 seed) public {
        vm.warp(block.timestamp + seed % 6 hours);
    }

    function act(uint256 kind, uint256 seed) public override {
        if (kind >= ACTS) return pass(seed);
        Act what = Act(kind);
        if (what == Act.Enter) {
            _enter(0, (seed >> 8) % 4, uint128(1 + (seed >> 16) % 1e12));
            _enter(1, (seed >> 72) % 4, uint128(1 + (seed >> 80) % 1e12));
            return;
        }
        if (what == Act.Owe) {
            _owe(seed, 1 days + (seed >> 32) % 20 days);
            _owe(seed >> 128, 1 days);
            return;
        }
        if (what == Act.Claim) {
            _claim(seed);
            _claim(seed >> 128);
            return;
        }
        if (what == Act.Settle) {
            _settle(Act.Settle, _draw(seed), seed >> 160);
            return;
        }
        // Consents lie for a while before somebody uses or withdraws them.
        _propose(_draw(seed));
        uint256 n = _deals.length - 1 - seed % (_deals.length < 4 ? _deals.length : 4);
        if (what == Act.SettleLater) _settleStored(n, seed >> 160);
        else _cancel(n, seed >> 160);
    }

    function _enter(uint256 token, uint256 party, uint128 amount) private {
        vm.prank(_c.accounts[_c.banks[token]]);
        (bool ok, bytes memory answer) = address(_c.tokens[token]).call(
            abi.encodeCall(DepositToken.createByEntry, (_c.accounts[party], amount, _nextSalt()))
        );
        _note(uint256(Act.Enter), true, ok, answer);
        if (ok) _bookEntry(token, party, amount);
    }

    function _owe(uint256 seed, uint256 wait) private {
        IUndertakings.Undertaking memory u;
        u.creditId = "credit";
        u.presentationId = _nextSalt();
        u.token = address(_c.tokens[1]);
        u.obligor = _c.ids[_c.banks[1]];
        u.holder = _c.ids[seed % 4];
        u.dueAt = uint48(block.timestamp + wait);
        u.amount = uint128(1 + (seed >> 64) % 1e12);
        vm.prank(_c.presentations);
        (bool ok, bytes memory answer) = address(_c.undertakings).call(abi.encodeCall(IUndertakings.create, (u)));
        _note(uint256(Act.Owe), true, ok, answer);
        if (ok) _bookDebt(abi.decode(answer, (bytes32)), seed % 4, u.amount, u.dueAt);
    }

    /// @dev Mostly the holder of one that is due; now and then anyone, too soon, or again.
    function _claim(uint256 seed) private {
        bool due = seed % 3 != 0;
        if (due || _debts.length == 0) _owe(seed >> 8, 0);
        uint256 n = due ? _debts.length - 1 : (seed >> 8) % _debts.length;
        Debt storage d = _debts[n];
        uint256 by = (seed >> 40) % 10 == 0 ? (seed >> 48) % 4 : d.holder;
        bool may = by == d.holder && !d.paid && block.timestamp >= d.dueAt;
        vm.prank(_c.accounts[by]);
        (bool ok, bytes memory answer) = address(_c.undertakings).call(abi.encodeCall(IUndertakings.claim, (d.id)));
        _note(uint256(Act.Claim), may, ok, answer);
        if (ok) _bookClaim(n);
    }

    /// @dev One to four legs that are possible one after the other, and now and then one that is not.
    function _draw(uint256 seed) private returns (IAtomicSettlement.Settlement memory deal) {
        deal.legs = new IAtomicSettlement.Leg[](1 + seed % 4);
        deal.deadline = uint48(block.timestamp + 1 + (seed >> 8) % 1 days);
        deal.salt = _nextSalt();
        Page memory page = _page();
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            deal.legs[i] = _drawLeg(page, random);
            if (deal.legs[i].target == address(_c.undertakings) || random % 40 == 0) continue;
            _fill(page, deal.legs[i]);
            _move(page, deal.legs[i]);
        }
    }

    function _drawLeg(Page memory page, uint256 random) private view returns (IAtomicSettlement.Leg memory leg) {
        uint256 from = (random >> 8) % 4;
        uint256 to = (from + 1 + (random >> 16) % 3) % 4;
        if (random % 3 == 0 && page.holders.length != 0) {
            uint256 n = (random >> 24) % page.holders.length;
            if (random % 40 != 0) from = page.holders[n];
            if (to == from) to = (from + 1) % 4;
            leg = IAtomicSettlement.Leg(
                address(_c.undertakings), _c.ids[from], _c.ids[to], _debts[n].id, _debts[n].amount
            );
            if (random % 41 == 0) leg.amount -= 1;
            _move(page, leg);
            return leg;
        }
        uint256 token = (random >> 24) % 2;
        leg = IAtomicSettlement.Leg(
            address(_c.tokens[token]), _c.ids[from], _c.ids[to], 0, uint128(1 + (random >> 64) % 1e12)
        );
    }

    /// @dev Gives the giver what it needs.
    function _fill(Page memory page, IAtomicSettlement.Leg memory leg) private {
        uint256 token = leg.target == address(_c.tokens[0]) ? 0 : 1;
        uint256 giver = _placeOf(leg.from);
        if (page.held[token][giver] >= leg.amount) return;
        _enter(token, giver, leg.amount);
        page.held[token][giver] += leg.amount;
    }

    function _settle(Act kind, IAtomicSettlement.Settlement memory deal, uint256 seed)
        private
        returns (bool executed)
    {
        bool possible = _simulated(deal.legs);
        bytes[] memory consents = _SIGNER.sign(deal);
        if (seed % SPOILT == 0) {
            _settleSpoilt(kind, deal, consents, seed / SPOILT);
            return false;
        }
        executed = _execute(kind, deal, consents, possible && block.timestamp <= deal.deadline);
        if (!executed) return false;
        _bookLegs(deal.legs);
        // Each settlement at most once.
        if (seed % 5 == 1) _execute(kind, deal, consents, false);
    }

    function _settleStored(uint256 n, uint256 seed) private {
        IAtomicSettlement.Settlement memory deal = _dealAt(n);
        if (_deals[n].state != IAtomicSettlement.Status.None) {
            _execute(Act.SettleLater, deal, _SIGNER.sign(deal), false);
            return;
        }
        if (_settle(Act.SettleLater, deal, seed)) _deals[n].state = IAtomicSettlement.Status.Executed;
    }

    function _cancel(uint256 n, uint256 seed) private {
        IAtomicSettlement.Settlement memory deal = _dealAt(n);
        uint256 by = seed % 6 == 0 ? (seed >> 8) % 4 : _placeOf(deal.legs[0].from);
        bool may = _names(deal.legs, _c.ids[by]) && _deals[n].state == IAtomicSettlement.Status.None;
        vm.prank(_c.accounts[by]);
        (bool ok, bytes memory answer) =
            address(_c.settlement).call(abi.encodeCall(IAtomicSettlement.cancel, (deal)));
        _note(uint256(Act.Cancel), may, ok, answer);
        if (ok) _deals[n].state = IAtomicSettlement.Status.Cancelled;
    }

    function _execute(Act kind, IAtomicSettlement.Settlement memory deal, bytes[] memory consents, bool want)
        private
        returns (bool ok)
    {
        bytes memory answer;
        (ok, answer) = address(_c.settlement).call(abi.encodeCall(IAtomicSettlement.execute, (deal, consents)));
        _note(uint256(kind), want, ok, answer);
    }

    function _settleSpoilt(
        Act kind,
        IAtomicSettlement.Settlement memory deal,
        bytes[] memory consents,
        uint256 seed
    ) private {
        uint256 fault = seed % FAULTS;
        uint256 leg = (seed >> 8) % deal.legs.length;
        if (fault == 0) consents[(seed >> 16) % consents.length] = "";
        if (fault == 1) consents[0] = consents[consents.length - 1] = abi.encode(seed);
        if (fault == 2) deal.legs[leg].amount += 1;
        if (fault == 3) deal.deadline += 1;
        if (fault == 4) (deal.legs[leg].from, deal.legs[leg].to) = (deal.legs[leg].to, deal.legs[leg].from);
        if (fault == 5) {
            deal.deadline = uint48(block.timestamp - 1);
            consents = _SIGNER.sign(deal);
        }
        if (fault == 6) {
            deal.legs[leg].target = address(_c.registry);
            consents = _SIGNER.sign(deal);
        }
        if (fault == 7) return _settleSuspended(kind, deal, consents, deal.legs[leg].from);
        if (fault == 8) return _moveAlone(kind, deal.legs[leg]);
        _execute(kind, deal, consents, false);
    }

    function _settleSuspended(
        Act kind,
        IAtomicSettlement.Settlement memory deal,
        bytes[] memory consents,
        uint32 party
    ) private {
        vm.prank(_c.operator);
        _c.registry.suspend(party, "reason");
        _execute(kind, deal, consents, false);
        vm.prank(_c.operator);
        _c.registry.reinstate(party, "reason");
    }

    /// @dev The taker moves the leg itself, without the settlement contract.
    function _moveAlone(Act kind, IAtomicSettlement.Leg memory leg) private {
        vm.prank(_c.accounts[_placeOf(leg.to)]);
        (bool ok, bytes memory answer) =
            leg.target.call(abi.encodeCall(ISettlementLeg.settleLeg, (leg.from, leg.to, leg.item, leg.amount)));
        _note(uint256(kind), false, ok, answer);
    }

    /// @dev What the contract says of each leg is what the book says, and nothing changes by asking.
    function _simulated(IAtomicSettlement.Leg[] memory legs) private returns (bool possible) {
        IAtomicSettlement.LegResult[] memory results = _c.settlement.simulate(legs);
        Page memory page = _page();
        possible = true;
        for (uint256 i = 0; i < legs.length; ++i) {
            bool moves = _move(page, legs[i]);
            if (results[i].ok != moves) _differ("a simulated leg is not as the book says");
            possible = possible && moves;
        }
    }

    function _nextSalt() private returns (bytes32) {
        _salt = bytes32(uint256(_salt) + 1);
        return _salt;
    }
}
