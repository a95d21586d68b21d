// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {Handler} from "../support/Campaign.sol";

/// @title Random acts on escrows, with a book of every deal.
abstract contract EscrowHandler is Handler {
    enum Act {
        Propose,
        Agree,
        Fund,
        Lapse,
        Deliver,
        Release,
        Refund,
        Dispute,
        Rule,
        SettleByDefault,
        SettleInspected,
        SettleUndelivered,
        Claim
    }

    enum State {
        Proposed,
        Agreed,
        Funded,
        Lapsed,
        Settled
    }

    enum Step {
        Open,
        Delivered,
        Disputed,
        Settled
    }

    /// @param turned True when the second merchant buys from the first, and the second proposes.
    /// @param base Amount of the first milestone; each further one is twice the one before, plus one.
    /// @param sellers What the seller may still claim; `buyers` likewise.
    struct Deal {
        bytes32 id;
        State state;
        bool turned;
        uint8 count;
        uint8 open;
        uint16 defaultBps;
        uint48 madeAt;
        uint128 base;
        uint256 funded;
        uint256 locked;
        uint256 sellers;
        uint256 buyers;
        uint256 paid;
    }

    struct Progress {
        Step step;
        uint48 deliveredAt;
        uint48 disputedAt;
    }

    /// @param by The account that acts.
    /// @param bps The arbiter's split.
    struct Choice {
        uint256 deal;
        uint8 index;
        address by;
        uint16 bps;
    }

    uint48 private constant FUND_SECONDS = 5 days;
    uint48 private constant DUE_SECONDS = 20 days;
    uint32 private constant INSPECTION = 2 days;
    uint32 private constant RULING = 3 days;
    /// @dev One act in so many is made by anyone, on any deal, at any time.
    uint256 private constant STRAY = 12;

    ITradeEscrow private immutable _ESCROWS;
    address private immutable _TOKEN;
    address[2] private _merchants;
    uint32[2] private _ids;
    address private _arbiter;
    uint32 private _arbiterId;

    Deal[] private _deals;
    mapping(uint256 deal => mapping(uint8 index => Progress)) private _progress;
    uint256 public lockedTotal;
    uint256 public claimableTotal;
    /// @notice Number of the deal on which the last act was.
    uint256 public last;
    /// @dev Set when time came to a boundary: the next act is on this milestone, by the one who may, possible or not.
    bool private _atBoundary;
    uint256 private _boundaryDeal;
    uint8 private _boundaryIndex;

    constructor(ITradeEscrow escrows, address token, address[3] memory accounts, uint32[3] memory ids) Handler(13) {
        _ESCROWS = escrows;
        _TOKEN = token;
        _merchants = [accounts[0], accounts[1]];
        _ids = [ids[0], ids[1]];
        (_arbiter, _arbiterId) = (accounts[2], ids[2]);
    }

    function names() public pure override returns (string[] memory list) {
        list = new string[](13);
        list[0] = "TradeEscrow.propose";
        list[1] = "TradeEscrow.agree";
        list[2] = "TradeEscrow.fund";
        list[3] = "TradeEscrow.lapse";
        list[4] = "TradeEscrow.deliver";
        list[5] = "TradeEscrow.release";
        list[6] = "TradeEscrow.refund";
        list[7] = "TradeEscrow.dispute";
        list[8] = "TradeEscrow.rule";
        list[9] = "TradeEscrow.settleByDefault";
        list[10] = "TradeEscrow.settleInspected";
        list[11] = "TradeEscrow.settleUndelivered";
        list[12] = "TradeEscrow.claim";
    }

    function propose(uint256 seed) external {
        act(uint256(Act.Propose), seed);
    }

    function agree(uint256 seed) external {
        act(uint256(Act.Agree), seed);
    }

    function fund(uint256 seed) external {
        act(uint256(Act.Fund), seed);
    }

    function lapse(uint256 seed) external {
        act(uint256(Act.Lapse), seed);
    }

    function deliver(uint256 seed) external {
        act(uint256(Act.Deliver), seed);
    }

    function release(uint256 seed) external {
        act(uint256(Act.Release), seed);
    }

    function refund(uint256 seed) external {
        act(uint256(Act.Refund), seed);
    }

    function dispute(uint256 seed) external {
        act(uint256(Act.Dispute), seed);
    }

    function rule(uint256 seed) external {
        act(uint256(Act.Rule), seed);
    }

    function settleByDefault(uint256 seed) external {
        act(uint256(Act.SettleByDefault), seed);
    }

    function settleInspected(uint256 seed) external {
        act(uint256(Act.SettleInspected), seed);
    }

    function settleUndelivered(uint256 seed) external {
        act(uint256(Act.SettleUndelivered), seed);
    }

    function claim(uint256 seed) external {
        act(uint256(Act.Claim), seed);
    }

    /// @notice Time passes: mostly some hours, sometimes to a boundary of a deal or a second beside it.
    function pass(uint256 seed) public {
        uint256 time = block.timestamp + (seed % 12 hours);
        if (seed % 4 == 0 && _deals.length != 0) {
            uint256 until = _boundary(seed / 4);
            if (until + 1 > block.timestamp) time = until + ((seed >> 64) % 3) - 1;
        }
        if (time > block.timestamp) vm.warp(time);
    }

    function act(uint256 kind, uint256 seed) public override {
        if (kind >= 13) return pass(seed);
        Act what = Act(kind);
        if (what == Act.Propose) {
            _propose(seed);
            return;
        }
        Choice memory c;
        c.bps = uint16((seed >> 96) % 10_003);
        if (_atBoundary) {
            _atBoundary = false;
            (c.deal, c.index) = (_boundaryDeal, _boundaryIndex);
            _entitle(what, seed, c);
            _perform(what, c);
            return;
        }
        bool found = seed % STRAY != 0 && _find(what, seed / STRAY, c);
        if (!found && (seed % STRAY != 0 || _deals.length == 0)) {
            _prepare(what, seed, c);
        } else if (!found) {
            _stray(seed / STRAY, c);
        }
        _perform(what, c);
    }

    function dealCount() external view returns (uint256) {
        return _deals.length;
    }

    function deal(uint256 n) external view returns (Deal memory) {
        return _deals[n];
    }

    function sellerOf(uint256 n) public view returns (uint32) {
        return _ids[_deals[n].turned ? 0 : 1];
    }

    function buyerOf(uint256 n) public view returns (uint32) {
        return _ids[_deals[n].turned ? 1 : 0];
    }

    function termsOf(uint256 n) public view returns (ITradeEscrow.Terms memory terms) {
        Deal storage d = _deals[n];
        terms.salt = bytes32(n);
        terms.termsCommitment = keccak256("terms");
        terms.token = _TOKEN;
        terms.buyer = buyerOf(n);
        terms.seller = sellerOf(n);
        terms.arbiter = _arbiterId;
        terms.fundBy = d.madeAt + FUND_SECONDS;
        terms.inspectionSeconds = INSPECTION;
        terms.rulingSeconds = RULING;
        terms.defaultSellerBps = d.defaultBps;
        terms.milestones = new ITradeEscrow.Milestone[](d.count);
        for (uint8 i = 0; i < d.count; ++i) {
            terms.milestones[i] = ITradeEscrow.Milestone(_amount(n, i), d.madeAt + DUE_SECONDS + i * 1 days);
        }
    }

    function _propose(uint256 seed) private returns (uint256 n) {
        n = _deals.length;
        last = n;
        Deal storage d = _deals.push();
        d.turned = seed % 2 == 1;
        d.count = uint8(1 + (seed >> 8) % 3);
        d.open = d.count;
        d.defaultBps = uint16((seed >> 16) % 10_001);
        d.madeAt = uint48(block.timestamp);
        d.base = uint128(1 + (seed >> 32) % 1e12);
        ITradeEscrow.Terms memory terms = termsOf(n);
        vm.prank(_merchants[0]);
        (bool ok, bytes memory answer) = address(_ESCROWS).call(abi.encodeCall(ITradeEscrow.propose, (terms)));
        _note(uint256(Act.Propose), true, ok, answer);
        if (ok) d.id = abi.decode(answer, (bytes32));
    }

    /// @dev The first deal from a random one on where the act is possible now, by the one who may.
    function _find(Act what, uint256 seed, Choice memory c) private view returns (bool) {
        uint256 count = _deals.length;
        for (uint256 k = 0; k < 10 && k < count; ++k) {
            c.deal = (seed + k) % count;
            for (uint8 i = 0; i < _deals[c.deal].count; ++i) {
                c.index = i;
                _entitle(what, seed, c);
                if (_allowed(what, c)) return true;
            }
        }
        return false;
    }

    /// @dev Makes a deal on which the act is possible.
    function _prepare(Act what, uint256 seed, Choice memory c) private {
        c.deal = _propose(seed);
        c.index = 0;
        if (what == Act.Lapse) vm.warp(block.timestamp + FUND_SECONDS + 1);
        if (what != Act.Agree && what != Act.Lapse) _step(Act.Agree, seed, c);
        if (uint256(what) > uint256(Act.Lapse)) _step(Act.Fund, seed, c);
        if (what == Act.Rule || what == Act.SettleByDefault) _step(Act.Dispute, seed, c);
        if (what == Act.SettleByDefault) vm.warp(block.timestamp + RULING);
        if (what == Act.SettleInspected) {
            _step(Act.Deliver, seed, c);
            vm.warp(block.timestamp + INSPECTION);
        }
        if (what == Act.SettleUndelivered) vm.warp(block.timestamp + DUE_SECONDS + 1);
        if (what == Act.Claim) _step(seed % 2 == 0 ? Act.Release : Act.Refund, seed, c);
        _entitle(what, seed, c);
        if (what == Act.Claim) c.by = seed % 2 == 0 ? _seller(c.deal) : _buyer(c.deal);
    }

    function _step(Act what, uint256 seed, Choice memory c) private {
        _entitle(what, seed, c);
        _perform(what, c);
    }

    /// @dev Any deal, any milestone and one that is none, anyone.
    function _stray(uint256 seed, Choice memory c) private view {
        c.deal = seed % _deals.length;
        c.index = uint8((seed >> 16) % (uint256(_deals[c.deal].count) + 1));
        address[4] memory anyone = [_merchants[0], _merchants[1], _arbiter, address(0xBAD)];
        c.by = anyone[(seed >> 32) % 4];
    }

    function _entitle(Act what, uint256 seed, Choice memory c) private view {
        bool even = (seed >> 40) % 2 == 0;
        if (what == Act.Agree) c.by = _merchants[1];
        else if (what == Act.Fund || what == Act.Release) c.by = _buyer(c.deal);
        else if (what == Act.Deliver || what == Act.Refund) c.by = _seller(c.deal);
        else if (what == Act.Dispute || what == Act.Claim) c.by = even ? _buyer(c.deal) : _seller(c.deal);
        else if (what == Act.Rule) c.by = _arbiter;
        else c.by = address(0xBAD);
    }

    /// @dev The rules, told again from the book: may this act succeed now?
    function _allowed(Act what, Choice memory c) private view returns (bool) {
        Deal storage d = _deals[c.deal];
        uint256 time = block.timestamp;
        bool isParty = c.by == _merchants[0] || c.by == _merchants[1];
        if (what == Act.Agree) {
            return c.by == _merchants[1] && d.state == State.Proposed && time <= d.madeAt + FUND_SECONDS;
        }
        if (what == Act.Fund) {
            return c.by == _buyer(c.deal) && d.state == State.Agreed && time <= d.madeAt + FUND_SECONDS;
        }
        if (what == Act.Lapse) {
            return (d.state == State.Proposed || d.state == State.Agreed) && time > d.madeAt + FUND_SECONDS;
        }
        if (what == Act.Claim) return isParty && (c.by == _buyer(c.deal) ? d.buyers : d.sellers) != 0;
        if (d.state != State.Funded || c.index >= d.count) return false;
        Progress storage p = _progress[c.deal][c.index];
        bool inTime = time <= d.madeAt + DUE_SECONDS + uint256(c.index) * 1 days;
        bool inspecting = time < uint256(p.deliveredAt) + INSPECTION;
        bool ruling = time < uint256(p.disputedAt) + RULING;
        if (what == Act.Deliver) return c.by == _seller(c.deal) && p.step == Step.Open && inTime;
        if (what == Act.Release) return c.by == _buyer(c.deal) && p.step != Step.Settled;
        if (what == Act.Refund) return c.by == _seller(c.deal) && p.step != Step.Settled;
        if (what == Act.Dispute) {
            return isParty && ((p.step == Step.Open && inTime) || (p.step == Step.Delivered && inspecting));
        }
        if (what == Act.Rule) return c.by == _arbiter && p.step == Step.Disputed && ruling && c.bps <= 10_000;
        if (what == Act.SettleByDefault) return p.step == Step.Disputed && !ruling;
        if (what == Act.SettleInspected) return p.step == Step.Delivered && !inspecting;
        return p.step == Step.Open && !inTime;
    }

    function _perform(Act what, Choice memory c) private {
        last = c.deal;
        bool want = _allowed(what, c);
        bytes memory data = _encode(what, c);
        vm.prank(c.by);
        (bool ok, bytes memory answer) = address(_ESCROWS).call(data);
        _note(uint256(what), want, ok, answer);
        if (ok && want) _enter(what, c);
    }

    function _encode(Act what, Choice memory c) private view returns (bytes memory) {
        bytes32 id = _deals[c.deal].id;
        ITradeEscrow.Terms memory terms = termsOf(c.deal);
        bytes32 evidence = keccak256("evidence");
        if (what == Act.Agree) return abi.encodeCall(ITradeEscrow.agree, (id, terms));
        if (what == Act.Fund) return abi.encodeCall(ITradeEscrow.fund, (id, terms));
        if (what == Act.Lapse) return abi.encodeCall(ITradeEscrow.lapse, (id, terms));
        if (what == Act.Deliver) return abi.encodeCall(ITradeEscrow.deliver, (id, terms, c.index, evidence));
        if (what == Act.Release) return abi.encodeCall(ITradeEscrow.release, (id, terms, c.index));
        if (what == Act.Refund) return abi.encodeCall(ITradeEscrow.refund, (id, terms, c.index));
        if (what == Act.Dispute) return abi.encodeCall(ITradeEscrow.dispute, (id, terms, c.index, evidence));
        if (what == Act.Rule) return abi.encodeCall(ITradeEscrow.rule, (id, terms, c.index, c.bps));
        if (what == Act.SettleByDefault) return abi.encodeCall(ITradeEscrow.settleByDefault, (id, terms, c.index));
        if (what == Act.SettleInspected) return abi.encodeCall(ITradeEscrow.settleInspected, (id, terms, c.index));
        if (what == Act.SettleUndelivered) {
            return abi.encodeCall(ITradeEscrow.settleUndelivered, (id, terms, c.index));
        }
        return abi.encodeCall(ITradeEscrow.claim, (id, terms));
    }

    /// @dev Enters in the book what the act must have done.
    function _enter(Act what, Choice memory c) private {
        Deal storage d = _deals[c.deal];
        Progress storage p = _progress[c.deal][c.index];
        if (what == Act.Agree) {
            d.state = State.Agreed;
        } else if (what == Act.Lapse) {
            d.state = State.Lapsed;
        } else if (what == Act.Fund) {
            d.state = State.Funded;
            for (uint8 i = 0; i < d.count; ++i) {
                d.funded += _amount(c.deal, i);
            }
            d.locked = d.funded;
            lockedTotal += d.funded;
        } else if (what == Act.Deliver) {
            (p.step, p.deliveredAt) = (Step.Delivered, uint48(block.timestamp));
        } else if (what == Act.Dispute) {
            (p.step, p.disputedAt) = (Step.Disputed, uint48(block.timestamp));
        } else if (what == Act.Claim) {
            _enterClaim(d, c.by == _buyer(c.deal));
        } else {
            p.step = Step.Settled;
            _enterSplit(d, _amount(c.deal, c.index), _share(what, c, d.defaultBps));
        }
    }

    function _share(Act what, Choice memory c, uint16 defaultBps) private pure returns (uint256) {
        if (what == Act.Release || what == Act.SettleInspected) return 10_000;
        if (what == Act.Rule) return c.bps;
        return what == Act.SettleByDefault ? defaultBps : 0;
    }

    function _enterSplit(Deal storage d, uint256 amount, uint256 bps) private {
        uint256 toSeller = (amount * bps) / 10_000;
        d.sellers += toSeller;
        d.buyers += amount - toSeller;
        d.locked -= amount;
        lockedTotal -= amount;
        claimableTotal += amount;
        if (--d.open == 0) d.state = State.Settled;
    }

    function _enterClaim(Deal storage d, bool byBuyer) private {
        uint256 amount = byBuyer ? d.buyers : d.sellers;
        if (byBuyer) d.buyers = 0;
        else d.sellers = 0;
        d.paid += amount;
        claimableTotal -= amount;
    }

    function _amount(uint256 n, uint8 index) private view returns (uint128 amount) {
        amount = _deals[n].base;
        for (uint8 i = 0; i < index; ++i) {
            amount = amount * 2 + 1;
        }
    }

    /// @dev A second at which something of this deal ends.
    function _boundary(uint256 seed) private returns (uint256) {
        uint256 n = seed % _deals.length;
        Deal storage d = _deals[n];
        uint8 index = uint8((seed >> 8) % d.count);
        Progress storage p = _progress[n][index];
        (_atBoundary, _boundaryDeal, _boundaryIndex) = (true, n, index);
        if (p.step == Step.Delivered) return uint256(p.deliveredAt) + INSPECTION;
        if (p.step == Step.Disputed) return uint256(p.disputedAt) + RULING;
        return d.madeAt + (d.state == State.Funded ? DUE_SECONDS + index * 1 days : FUND_SECONDS) + 1;
    }

    function _buyer(uint256 n) private view returns (address) {
        return _merchants[_deals[n].turned ? 1 : 0];
    }

    function _seller(uint256 n) private view returns (address) {
        return _merchants[_deals[n].turned ? 0 : 1];
    }
}
