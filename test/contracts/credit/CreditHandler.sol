// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {IConfirmations} from "../../../contracts/interfaces/IConfirmations.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {Handler} from "../support/Campaign.sol";

/// @title Random acts under credits, with a book of every credit, presentation and debt.
/// @notice Days come from the banking calendar, which is not under test here; everything else is the book's own.
abstract contract CreditHandler is Handler {
    enum Act {
        Issue,
        Advise,
        DeclineAdvice,
        AddConfirmation,
        DeclineConfirmation,
        Present,
        Forward,
        Honour,
        Refuse,
        AssertPreclusion,
        Claim,
        Close
    }

    /// @dev The banks, in the order of the documents' way; `Adviser` never has them.
    enum Bank {
        Nominated,
        Confirmer,
        Issuer,
        Adviser
    }

    enum Answer {
        Silent,
        Yes,
        No
    }

    enum Decision {
        None,
        Examining,
        Complying,
        Refused,
        Precluded
    }

    struct System {
        ICredits credits;
        IConfirmations confirmations;
        IPresentations presentations;
        IUndertakings undertakings;
        IBankingCalendar calendar;
    }

    struct Party {
        uint32 id;
        address account;
    }

    struct Line {
        bytes32 id;
        bool closed;
        bool partialDrawings;
        bool asked;
        bool second;
        Answer advice;
        Answer secondAdvice;
        Answer confirmation;
        uint8 plus;
        uint8 minus;
        uint16 tenorDays;
        uint32 expiryDay;
        uint128 amount;
        uint256 drawn;
        uint256 running;
        uint256 issuerTotal;
        uint256 confirmerTotal;
        uint256 refusedPaper;
    }

    struct Exam {
        Decision decision;
        uint48 deadline;
    }

    struct Paper {
        bytes32 id;
        uint256 line;
        Bank heldBy;
        bool replaced;
        uint32 presentedOn;
        uint256 amount;
        uint256 drawn;
    }

    struct Debt {
        bytes32 id;
        Bank obligor;
        bool toConfirmer;
        bool paid;
        uint48 dueAt;
        uint256 amount;
    }

    /// @param n Number of the credit, the presentation or the debt, as the act needs it.
    /// @param replaces Number of a presentation plus one; 0 for none.
    struct Choice {
        uint256 n;
        address by;
        Bank bank;
        uint256 amount;
        uint256 replaces;
        uint256 list;
    }

    uint256 private constant ACTS = 12;
    /// @dev One act in so many is made by anyone, on anything, at any time.
    uint256 private constant STRAY = 12;

    System private _s;
    Party private _buyer;
    Party private _seller;
    mapping(Bank bank => Party) private _banks;
    address private _issuerToken;
    address private _confirmerToken;

    Line[] private _lines;
    Paper[] private _papers;
    Debt[] private _debts;
    mapping(uint256 paper => mapping(Bank bank => Exam)) private _exams;
    uint256 public issuerSupply;
    uint256 public confirmerSupply;
    /// @notice Number of the credit on which the last act was.
    uint256 public last;
    /// @dev Set when time came to a bank's deadline: the next decision is that bank's on this presentation, possible or
    /// not. 0 for none.
    uint256 private _duePaper;
    Bank private _dueBank;

    /// @param banks Nominated, confirming, issuing, advising.
    constructor(
        System memory system,
        Party memory buyer,
        Party memory seller,
        Party[4] memory banks,
        address[2] memory tokens
    ) Handler(ACTS) {
        _s = system;
        _buyer = buyer;
        _seller = seller;
        for (uint256 i = 0; i < 4; ++i) {
            _banks[Bank(i)] = banks[i];
        }
        (_issuerToken, _confirmerToken) = (tokens[0], tokens[1]);
        // Number 0 is no presentation.
        _papers.push();
    }

    function names() public pure override returns (string[] memory list) {
        list = new string[](ACTS);
        list[0] = "Credits.issue";
        list[1] = "Credits.advise";
        list[2] = "Credits.declineAdvice";
        list[3] = "Confirmations.add";
        list[4] = "Confirmations.decline";
        list[5] = "Presentations.present";
        list[6] = "Presentations.forward";
        list[7] = "Presentations.honour";
        list[8] = "Presentations.refuse";
        list[9] = "Presentations.assertPreclusion";
        list[10] = "Undertakings.claim";
        list[11] = "Credits.close";
    }

    function issue(uint256 seed) external {
        act(uint256(Act.Issue), seed);
    }

    function advise(uint256 seed) external {
        act(uint256(Act.Advise), seed);
    }

    function declineAdvice(uint256 seed) external {
        act(uint256(Act.DeclineAdvice), seed);
    }

    function addConfirmation(uint256 seed) external {
        act(uint256(Act.AddConfirmation), seed);
    }

    function declineConfirmation(uint256 seed) external {
        act(uint256(Act.DeclineConfirmation), seed);
    }

    function present(uint256 seed) external {
        act(uint256(Act.Present), seed);
    }

    function forward(uint256 seed) external {
        act(uint256(Act.Forward), seed);
    }

    function honour(uint256 seed) external {
        act(uint256(Act.Honour), seed);
    }

    function refuse(uint256 seed) external {
        act(uint256(Act.Refuse), seed);
    }

    function assertPreclusion(uint256 seed) external {
        act(uint256(Act.AssertPreclusion), seed);
    }

    function claim(uint256 seed) external {
        act(uint256(Act.Claim), seed);
    }

    function close(uint256 seed) external {
        act(uint256(Act.Close), seed);
    }

    /// @notice Time passes: mostly some hours, sometimes to a boundary or a second beside it.
    function pass(uint256 seed) public {
        uint256 time = block.timestamp + (seed % 18 hours);
        if (seed % 3 == 0 && _papers.length > 1) {
            uint256 n = 1 + (seed / 3) % (_papers.length - 1);
            Bank bank = (seed >> 64) % 2 == 0 ? Bank.Issuer : Bank.Confirmer;
            uint256 until = _exams[n][bank].deadline;
            if (until > block.timestamp) {
                time = until + ((seed >> 72) % 3) - 1;
                (_duePaper, _dueBank) = (n, bank);
            }
        }
        if (time > block.timestamp) vm.warp(time);
    }

    function act(uint256 kind, uint256 seed) public override {
        if (kind >= ACTS) return pass(seed);
        Act what = Act(kind);
        if (what == Act.Issue) {
            _issue(seed, 0);
            return;
        }
        Choice memory c;
        if (_duePaper != 0 && (what == Act.Honour || what == Act.Refuse || what == Act.AssertPreclusion)) {
            (c.n, c.bank, c.list) = (_duePaper, _dueBank, 1);
            c.by = what == Act.AssertPreclusion ? address(0xBAD) : _banks[_dueBank].account;
            _duePaper = 0;
            _perform(what, c);
            return;
        }
        if (seed % STRAY == 0) _stray(what, seed / STRAY, c);
        else if (!_find(what, seed / STRAY, c)) _prepare(what, seed / STRAY, c);
        if (seed % STRAY != 0 || _size(what) != 0) _perform(what, c);
    }

    function lineCount() external view returns (uint256) {
        return _lines.length;
    }

    function line(uint256 n) external view returns (Line memory) {
        return _lines[n];
    }

    function limitOf(uint256 n) public view returns (uint256) {
        Line storage l = _lines[n];
        return (uint256(l.amount) * (100 + uint256(l.plus))) / 100;
    }

    function availableOf(uint256 n) public view returns (uint256) {
        Line storage l = _lines[n];
        if (!l.partialDrawings && l.drawn != 0) return 0;
        return limitOf(n) - l.drawn;
    }

    function paperCount() external view returns (uint256) {
        return _papers.length;
    }

    function paper(uint256 n) external view returns (Paper memory, Exam memory confirmers, Exam memory issuers) {
        return (_papers[n], _exams[n][Bank.Confirmer], _exams[n][Bank.Issuer]);
    }

    function debtCount() external view returns (uint256) {
        return _debts.length;
    }

    function debt(uint256 n) external view returns (Debt memory) {
        return _debts[n];
    }

    // Choosing

    /// @dev How many things there are that this act could be on.
    function _size(Act what) private view returns (uint256) {
        if (what == Act.Claim) return _debts.length;
        return _isOnPaper(what) ? _papers.length - 1 : _lines.length;
    }

    function _isOnPaper(Act what) private pure returns (bool) {
        return uint256(what) > uint256(Act.Present) && uint256(what) < uint256(Act.Claim);
    }

    /// @dev Number 0 is no presentation.
    function _pick(Act what, uint256 seed) private view returns (uint256) {
        return (_isOnPaper(what) ? 1 : 0) + seed % _size(what);
    }

    function _find(Act what, uint256 seed, Choice memory c) private view returns (bool) {
        uint256 size = _size(what);
        for (uint256 k = 0; k < 10 && k < size; ++k) {
            c.n = _pick(what, seed + k);
            _complete(what, seed >> 64, c);
            if (_allowed(what, c)) return true;
        }
        return false;
    }

    function _stray(Act what, uint256 seed, Choice memory c) private view {
        if (_size(what) == 0) return;
        c.n = _pick(what, seed);
        _complete(what, seed >> 64, c);
        c.bank = Bank((seed >> 128) % 4);
        address[7] memory anyone = [
            _buyer.account,
            _seller.account,
            _banks[Bank.Nominated].account,
            _banks[Bank.Confirmer].account,
            _banks[Bank.Issuer].account,
            _banks[Bank.Adviser].account,
            address(0xBAD)
        ];
        c.by = anyone[(seed >> 136) % 7];
        if (what == Act.Present) {
            if ((seed >> 144) % 2 == 0) c.by = _seller.account;
            c.amount = (seed >> 152) % (limitOf(c.n) + limitOf(c.n) / 10 + 2);
            c.replaces = (seed >> 200) % 2 == 0 ? 0 : 1 + (seed >> 208) % _papers.length;
        }
    }

    /// @dev Completes a choice so that the act is possible if it is at all.
    function _complete(Act what, uint256 seed, Choice memory c) private view {
        c.list = 1 + seed % 3;
        c.by = address(0xBAD);
        if (what == Act.Advise || what == Act.DeclineAdvice) {
            bool second = _lines[c.n].second && _lines[c.n].advice == Answer.Yes;
            c.by = _banks[second ? Bank.Nominated : Bank.Adviser].account;
        } else if (what == Act.AddConfirmation || what == Act.DeclineConfirmation) {
            c.by = _banks[Bank.Confirmer].account;
        } else if (what == Act.Present) {
            _completePresenting(seed, c);
        } else if (what == Act.Claim) {
            c.by = _debts[c.n].toConfirmer ? _banks[Bank.Confirmer].account : _seller.account;
        } else if (what != Act.Close) {
            _completeExamining(what, c);
        }
    }

    function _completePresenting(uint256 seed, Choice memory c) private view {
        Line storage l = _lines[c.n];
        c.by = _seller.account;
        c.bank = Bank((seed >> 8) % 3);
        if (c.bank == Bank.Confirmer && l.confirmation != Answer.Yes) c.bank = Bank.Issuer;
        uint256 left = availableOf(c.n);
        uint256 least = l.partialDrawings ? 1 : _least(l);
        if (left < least) return;
        c.amount = least + (seed >> 16) % (left - least + 1);
        if ((seed >> 80) % 4 == 0) c.replaces = l.refusedPaper;
        if (c.replaces != 0 && _papers[c.replaces - 1].replaced) c.replaces = 0;
    }

    function _completeExamining(Act what, Choice memory c) private view {
        Paper storage p = _papers[c.n];
        c.by = _banks[p.heldBy].account;
        c.bank = p.heldBy;
        if (what == Act.Forward) c.bank = _next(c.n);
        if (what == Act.AssertPreclusion) c.by = address(0xBAD);
    }

    /// @dev Makes what the act needs.
    function _prepare(Act what, uint256 seed, Choice memory c) private {
        // A credit that soon expires where it is to be closed; otherwise one of a month or two.
        c.n = _issue(seed, what == Act.Close ? 2 : 30);
        if (what == Act.Close) vm.warp(_expiry(c.n, Bank.Issuer) + 30 days);
        if (what == Act.AddConfirmation || what == Act.DeclineConfirmation) c.by = _banks[Bank.Confirmer].account;
        if (_isOnPaper(what) || what == Act.Claim) {
            _preparePaper(what, seed, c);
        } else {
            _complete(what, seed, c);
        }
    }

    function _preparePaper(Act what, uint256 seed, Choice memory c) private {
        bool confirmed = _lines[c.n].asked;
        if (confirmed) {
            c.by = _banks[Bank.Confirmer].account;
            _perform(Act.AddConfirmation, c);
        }
        _complete(Act.Present, seed, c);
        c.replaces = 0;
        c.bank = what == Act.Forward ? Bank.Nominated : (confirmed ? Bank.Confirmer : Bank.Issuer);
        _perform(Act.Present, c);
        c.n = _papers.length - 1;
        if (what == Act.AssertPreclusion) vm.warp(_exams[c.n][c.bank].deadline);
        if (what == Act.Claim) {
            _complete(Act.Honour, seed, c);
            _perform(Act.Honour, c);
            c.n = _debts.length - 1;
            if (block.timestamp < _debts[c.n].dueAt) vm.warp(_debts[c.n].dueAt);
        }
        _complete(what, seed, c);
    }

    // The rules, told again from the book

    function _allowed(Act what, Choice memory c) private view returns (bool) {
        if (what == Act.Advise || what == Act.DeclineAdvice) return _mayAdvise(c);
        if (what == Act.AddConfirmation || what == Act.DeclineConfirmation) {
            Line storage l = _lines[c.n];
            return l.asked && !l.closed && l.confirmation == Answer.Silent
                && c.by == _banks[Bank.Confirmer].account && block.timestamp < _expiry(c.n, Bank.Confirmer);
        }
        if (what == Act.Present) return _mayPresent(c);
        if (what == Act.Forward) {
            Paper storage p = _papers[c.n];
            if (c.n == 0 || p.heldBy == Bank.Issuer || c.by != _banks[p.heldBy].account) return false;
            if (p.heldBy == Bank.Confirmer && !_owes(_exams[c.n][Bank.Confirmer].decision)) return false;
            return c.bank == _next(c.n);
        }
        if (what == Act.Claim) {
            Debt storage d = _debts[c.n];
            address holder = d.toConfirmer ? _banks[Bank.Confirmer].account : _seller.account;
            return c.by == holder && !d.paid && block.timestamp >= d.dueAt;
        }
        if (what == Act.Close) {
            Line storage l = _lines[c.n];
            return !l.closed && l.running == 0 && block.timestamp >= _expiry(c.n, Bank.Issuer) + 30 days;
        }
        return _mayDecide(what, c);
    }

    function _mayAdvise(Choice memory c) private view returns (bool) {
        Line storage l = _lines[c.n];
        if (l.closed) return false;
        if (c.by == _banks[Bank.Adviser].account) return l.advice == Answer.Silent;
        return l.second && c.by == _banks[Bank.Nominated].account && l.advice == Answer.Yes
            && l.secondAdvice == Answer.Silent;
    }

    function _mayPresent(Choice memory c) private view returns (bool) {
        Line storage l = _lines[c.n];
        if (c.by != _seller.account || l.closed || c.bank == Bank.Adviser) return false;
        if (c.bank == Bank.Confirmer && l.confirmation != Answer.Yes) return false;
        if (c.amount == 0 || c.amount > availableOf(c.n)) return false;
        if (!l.partialDrawings && c.amount < _least(l)) return false;
        if (c.replaces == 0) return true;
        uint256 old = c.replaces - 1;
        return old != 0 && _papers[old].line == c.n && _papers[old].drawn == 0 && !_papers[old].replaced
            && _exams[old][_papers[old].heldBy].decision == Decision.Refused;
    }

    function _mayDecide(Act what, Choice memory c) private view returns (bool) {
        Bank bank = what == Act.AssertPreclusion ? c.bank : _bankOf(c.by);
        Exam storage e = _exams[c.n][bank];
        if (c.n == 0 || e.decision != Decision.Examining) return false;
        bool over = block.timestamp >= e.deadline;
        if (what == Act.AssertPreclusion) return over;
        if (what == Act.Refuse) return !over && c.list != 3;
        return _papers[c.n].drawn != 0 || _papers[c.n].amount <= availableOf(_papers[c.n].line);
    }

    function _owes(Decision decision) private pure returns (bool) {
        return decision == Decision.Complying || decision == Decision.Precluded;
    }

    function _next(uint256 n) private view returns (Bank) {
        Paper storage p = _papers[n];
        bool confirmed = _lines[p.line].confirmation == Answer.Yes;
        return p.heldBy == Bank.Nominated && confirmed ? Bank.Confirmer : Bank.Issuer;
    }

    function _least(Line storage l) private view returns (uint256) {
        uint256 percent = l.plus == 0 && l.minus == 0 ? 5 : l.minus;
        uint256 hundredths = uint256(l.amount) * (100 - percent);
        return hundredths / 100 + (hundredths % 100 == 0 ? 0 : 1);
    }

    function _expiry(uint256 n, Bank bank) private view returns (uint256) {
        uint32 id = _banks[bank].id;
        return _s.calendar.endOfDay(id, _s.calendar.rollForward(id, _lines[n].expiryDay));
    }

    /// @dev A party that is no bank is taken for the advising bank, which never has documents.
    function _bankOf(address account) private view returns (Bank) {
        for (uint256 i = 0; i < 3; ++i) {
            if (_banks[Bank(i)].account == account) return Bank(i);
        }
        return Bank.Adviser;
    }

    // Acting

    function _issue(uint256 seed, uint32 days_) private returns (uint256 n) {
        n = _lines.length;
        last = n;
        Line storage l = _lines.push();
        l.partialDrawings = seed % 3 != 0;
        l.asked = (seed >> 8) % 4 != 0;
        l.second = (seed >> 16) % 2 == 0;
        l.plus = (seed >> 24) % 3 == 0 ? 0 : uint8((seed >> 32) % 31);
        l.minus = l.plus == 0 ? 0 : uint8((seed >> 40) % 101);
        l.tenorDays = (seed >> 48) % 2 == 0 ? 0 : uint16(1 + (seed >> 56) % 60);
        l.expiryDay = uint32(block.timestamp / 1 days) + 1 + (days_ == 0 ? uint32((seed >> 64) % 60) : days_);
        l.amount = uint128(1 + (seed >> 72) % 1e14);
        ICredits.Terms memory terms = _terms(n);
        vm.prank(_banks[Bank.Issuer].account);
        (bool ok, bytes memory answer) = address(_s.credits).call(abi.encodeCall(ICredits.issue, (terms)));
        _note(uint256(Act.Issue), true, ok, answer);
        if (ok) l.id = abi.decode(answer, (bytes32));
    }

    function _terms(uint256 n) private view returns (ICredits.Terms memory terms) {
        Line storage l = _lines[n];
        terms.salt = bytes32(n);
        terms.termsCommitment = keccak256("terms");
        terms.token = _issuerToken;
        terms.amount = l.amount;
        terms.applicant = _buyer.id;
        terms.beneficiary = _seller.id;
        terms.advisingBank = _banks[Bank.Adviser].id;
        if (l.second) terms.secondAdvisingBank = _banks[Bank.Nominated].id;
        terms.nominatedBank = _banks[Bank.Nominated].id;
        if (l.asked) {
            terms.confirmer = _banks[Bank.Confirmer].id;
            terms.confirmation = ICredits.Confirmation.Confirm;
        }
        if (l.tenorDays != 0) terms.availableBy = ICredits.Availability.Deferred;
        terms.tenorDays = l.tenorDays;
        terms.partialDrawings = l.partialDrawings;
        terms.tolerancePlus = l.plus;
        terms.toleranceMinus = l.minus;
        terms.expiryDay = l.expiryDay;
        terms.presentationDays = 21;
    }

    function _perform(Act what, Choice memory c) private {
        last = _lineOf(what, c);
        bool want = _allowed(what, c);
        (address target, bytes memory data) = _encode(what, c);
        vm.prank(c.by);
        (bool ok, bytes memory answer) = target.call(data);
        _note(uint256(what), want, ok, answer);
        if (ok && want) _enter(what, c, answer);
    }

    function _lineOf(Act what, Choice memory c) private view returns (uint256) {
        if (what == Act.Claim) return last;
        if (_isOnPaper(what)) return _papers[c.n].line;
        return c.n;
    }

    function _encode(Act what, Choice memory c) private view returns (address target, bytes memory data) {
        bytes32 reason = keccak256("reason");
        if (what == Act.Claim) {
            return (address(_s.undertakings), abi.encodeCall(IUndertakings.claim, (_debts[c.n].id)));
        }
        if (_isOnPaper(what)) return _encodeExamining(what, c);
        bytes32 id = _lines[c.n].id;
        if (what == Act.AddConfirmation) {
            return (address(_s.confirmations), abi.encodeCall(IConfirmations.add, (id, _confirmerToken)));
        }
        if (what == Act.DeclineConfirmation) {
            return (address(_s.confirmations), abi.encodeCall(IConfirmations.decline, (id, reason)));
        }
        if (what == Act.Present) {
            return (address(_s.presentations), abi.encodeCall(IPresentations.present, (_input(c))));
        }
        target = address(_s.credits);
        if (what == Act.Advise) data = abi.encodeCall(ICredits.advise, (id, keccak256("terms")));
        if (what == Act.DeclineAdvice) data = abi.encodeCall(ICredits.declineAdvice, (id, reason));
        if (what == Act.Close) data = abi.encodeCall(ICredits.close, (id));
    }

    function _encodeExamining(Act what, Choice memory c) private view returns (address target, bytes memory data) {
        target = address(_s.presentations);
        bytes32 id = _papers[c.n].id;
        uint32 bank = _banks[c.bank].id;
        if (what == Act.Forward) data = abi.encodeCall(IPresentations.forward, (id, bank));
        if (what == Act.Honour) data = abi.encodeCall(IPresentations.honour, (id));
        if (what == Act.AssertPreclusion) data = abi.encodeCall(IPresentations.assertPreclusion, (id, bank));
        if (what == Act.Refuse) {
            // Three of the list would be none: a notice without a discrepancy.
            IPresentations.Discrepancy[] memory list = new IPresentations.Discrepancy[](c.list % 3);
            for (uint256 i = 0; i < list.length; ++i) {
                list[i] = IPresentations.Discrepancy("DOCM", 1, 14, keccak256("text"));
            }
            data = abi.encodeCall(IPresentations.refuse, (id, IPresentations.Disposal.Hold, list));
        }
    }

    function _input(Choice memory c) private view returns (IPresentations.PresentationInput memory input) {
        input.creditId = _lines[c.n].id;
        input.salt = bytes32(_papers.length);
        input.bank = _banks[c.bank].id;
        input.amount = uint128(c.amount);
        input.shipmentDay = uint32(block.timestamp / 1 days);
        if (c.replaces != 0) input.replaces = _papers[c.replaces - 1].id;
        if (c.replaces == 1) input.replaces = "none";
        input.documents = new bytes32[](1);
        input.documents[0] = keccak256("document");
    }

    // Entering in the book what an act must have done

    function _enter(Act what, Choice memory c, bytes memory answer) private {
        if (what == Act.Advise || what == Act.DeclineAdvice) {
            Answer given = what == Act.Advise ? Answer.Yes : Answer.No;
            if (c.by == _banks[Bank.Adviser].account) _lines[c.n].advice = given;
            else _lines[c.n].secondAdvice = given;
        } else if (what == Act.AddConfirmation) {
            _lines[c.n].confirmation = Answer.Yes;
        } else if (what == Act.DeclineConfirmation) {
            _lines[c.n].confirmation = Answer.No;
        } else if (what == Act.Present) {
            _enterPaper(c, abi.decode(answer, (bytes32)));
        } else if (what == Act.Forward) {
            _papers[c.n].heldBy = c.bank;
            _begin(c.n, c.bank);
        } else if (what == Act.Claim) {
            Debt storage d = _debts[c.n];
            d.paid = true;
            if (d.obligor == Bank.Issuer) issuerSupply += d.amount;
            else confirmerSupply += d.amount;
        } else if (what == Act.Close) {
            _lines[c.n].closed = true;
        } else {
            _enterDecision(what, c, answer);
        }
    }

    function _enterPaper(Choice memory c, bytes32 id) private {
        uint256 n = _papers.length;
        Paper storage p = _papers.push();
        p.id = id;
        p.line = c.n;
        p.heldBy = c.bank;
        p.amount = c.amount;
        p.presentedOn = _s.calendar.presentationDay(_banks[c.bank].id, uint48(block.timestamp));
        if (c.replaces != 0) _papers[c.replaces - 1].replaced = true;
        if (c.bank != Bank.Nominated) _begin(n, c.bank);
    }

    function _begin(uint256 n, Bank bank) private {
        Exam storage e = _exams[n][bank];
        if (e.decision != Decision.None) _differ("a second examination by one bank");
        e.decision = Decision.Examining;
        (, e.deadline) = _s.calendar.examinationPeriod(_banks[bank].id, uint48(block.timestamp));
        ++_lines[_papers[n].line].running;
    }

    function _enterDecision(Act what, Choice memory c, bytes memory answer) private {
        Bank bank = what == Act.AssertPreclusion ? c.bank : _bankOf(c.by);
        Exam storage e = _exams[c.n][bank];
        Paper storage p = _papers[c.n];
        Line storage l = _lines[p.line];
        --l.running;
        if (what == Act.Refuse) {
            e.decision = Decision.Refused;
            if (p.drawn == 0) l.refusedPaper = c.n + 1;
            return;
        }
        e.decision = what == Act.Honour ? Decision.Complying : Decision.Precluded;
        if (p.drawn == 0) {
            uint256 left = availableOf(p.line);
            p.drawn = left < p.amount ? left : p.amount;
            l.drawn += p.drawn;
        }
        bytes32 id = abi.decode(answer, (bytes32));
        if ((id == 0) != (p.drawn == 0)) _differ("an undertaking without a drawing, or the reverse");
        if (p.drawn != 0) _enterDebt(what, c.n, bank, id);
    }

    function _enterDebt(Act what, uint256 n, Bank bank, bytes32 id) private {
        Paper storage p = _papers[n];
        Line storage l = _lines[p.line];
        Debt storage d = _debts.push();
        d.id = id;
        d.obligor = bank;
        d.amount = p.drawn;
        d.toConfirmer = bank == Bank.Issuer && _owes(_exams[n][Bank.Confirmer].decision);
        uint48 deadline = _exams[n][bank].deadline;
        bool early = what == Act.Honour && block.timestamp < deadline;
        d.dueAt = early ? uint48(block.timestamp) : deadline;
        if (l.tenorDays != 0) {
            uint32 obligor = _banks[bank].id;
            uint32 day = _s.calendar.rollForward(obligor, p.presentedOn + l.tenorDays);
            d.dueAt = _s.calendar.startOfDay(obligor, day);
        }
        if (bank == Bank.Issuer) l.issuerTotal += d.amount;
        else l.confirmerTotal += d.amount;
    }
}
