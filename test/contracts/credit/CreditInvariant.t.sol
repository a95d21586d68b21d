// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {Campaign, Handler} from "../support/Campaign.sol";
import {CreditHandler} from "./CreditHandler.sol";
import {CreditSystem} from "./CreditSystem.sol";

/// @dev The runner takes for targets only contracts of the test files that it runs.
contract CreditActs is CreditHandler {
    constructor(
        System memory system,
        Party memory buyer,
        Party memory seller,
        Party[4] memory banks,
        address[2] memory tokens
    ) CreditHandler(system, buyer, seller, banks, tokens) {}
}

contract CreditInvariantTest is CreditSystem, Campaign {
    CreditHandler private _creditHandler;

    function setUp() public override {
        super.setUp();
        Party[4] memory banks = [nominated, confirmer, issuer, adviser];
        CreditHandler.Party[4] memory parties;
        for (uint256 i = 0; i < 4; ++i) {
            // A campaign lasts for years: the calendars reach to 2039.
            vm.prank(banks[i].account);
            calendar.extend(weekendWords(START_WORD + 4, 16));
            parties[i] = CreditHandler.Party(banks[i].id, banks[i].account);
        }
        _creditHandler = new CreditActs(
            CreditHandler.System(credits, confirmations, presentations, undertakings, calendar),
            CreditHandler.Party(buyer.id, buyer.account),
            CreditHandler.Party(seller.id, seller.account),
            parties,
            [address(issuerEur), address(confirmerEur)]
        );
    }

    /// hardhat-config: invariant.runs = 40
    /// hardhat-config: invariant.depth = 200
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_banks_owe_what_the_book_says_and_no_more_than_the_credit() public view {
        _check();
    }

    /// hardhat-config: fuzz.runs = 150
    /// hardhat-config: fuzz.showLogs = true
    function testFuzz_LC2_CASH1_over_50000_counted_calls(uint256 seed) public {
        _runCounted("Credit invariants", seed);
    }

    function _handler() internal view override returns (Handler) {
        return _creditHandler;
    }

    function _check() internal view override {
        assertEq(_creditHandler.divergence(), "", "book");
        assertEq(issuerEur.totalSupply(), _creditHandler.issuerSupply(), "CASH-1: supply of the issuing bank's money");
        assertEq(
            confirmerEur.totalSupply(), _creditHandler.confirmerSupply(), "CASH-1: supply of the confirmer's money"
        );
        if (_creditHandler.lineCount() != 0) _checkLine(_creditHandler.last());
        uint256 debts = _creditHandler.debtCount();
        if (debts != 0) _checkDebt(debts - 1);
    }

    function _checkAll() internal view override {
        for (uint256 n = 0; n < _creditHandler.lineCount(); ++n) {
            _checkLine(n);
        }
        for (uint256 n = 1; n < _creditHandler.paperCount(); ++n) {
            _checkPaper(n);
        }
        for (uint256 n = 0; n < _creditHandler.debtCount(); ++n) {
            _checkDebt(n);
        }
    }

    function _selectors() internal pure override returns (bytes4[] memory list) {
        list = new bytes4[](13);
        list[0] = CreditHandler.issue.selector;
        list[1] = CreditHandler.advise.selector;
        list[2] = CreditHandler.declineAdvice.selector;
        list[3] = CreditHandler.addConfirmation.selector;
        list[4] = CreditHandler.declineConfirmation.selector;
        list[5] = CreditHandler.present.selector;
        list[6] = CreditHandler.forward.selector;
        list[7] = CreditHandler.honour.selector;
        list[8] = CreditHandler.refuse.selector;
        list[9] = CreditHandler.assertPreclusion.selector;
        list[10] = CreditHandler.claim.selector;
        list[11] = CreditHandler.close.selector;
        list[12] = CreditHandler.pass.selector;
    }

    function _checkLine(uint256 n) private view {
        CreditHandler.Line memory l = _creditHandler.line(n);
        ICredits.Credit memory c = credits.credit(l.id);
        uint256 limit = _creditHandler.limitOf(n);
        uint256 issuers = undertakings.totalOf(l.id, issuer.id);
        uint256 confirmers = undertakings.totalOf(l.id, confirmer.id);
        assertLe(issuers, limit, "LC-2: the issuing bank owes more than the credit");
        assertLe(confirmers, limit, "LC-2: the confirming bank owes more than the credit");
        assertEq(issuers, l.issuerTotal, "LC-2: the issuing bank's undertakings");
        assertEq(confirmers, l.confirmerTotal, "LC-2: the confirming bank's undertakings");
        assertEq(c.drawn, l.drawn, "LC-2: drawn");
        assertEq(credits.available(l.id), _creditHandler.availableOf(n), "LC-2: available");
        assertEq(c.openPresentations, l.running, "examinations that run");
        assertEq(uint256(c.status), l.closed ? 2 : 1, "status");
        assertEq(uint256(c.advice), uint256(l.advice), "advice");
        assertEq(uint256(c.secondAdvice), uint256(l.secondAdvice), "second advice");
    }

    function _checkPaper(uint256 n) private view {
        (CreditHandler.Paper memory p, CreditHandler.Exam memory confirmers, CreditHandler.Exam memory issuers) =
            _creditHandler.paper(n);
        assertEq(uint256(decisionOf(p.id, confirmer)), uint256(confirmers.decision), "the confirming bank's decision");
        assertEq(uint256(decisionOf(p.id, issuer)), uint256(issuers.decision), "the issuing bank's decision");
        assertEq(uint256(decisionOf(p.id, nominated)), 0, "U25: a nominated bank decides nothing");
        assertEq(presentations.presentation(p.id).drawn, p.drawn, "LC-2: drawn by a presentation");
    }

    function _checkDebt(uint256 n) private view {
        CreditHandler.Debt memory d = _creditHandler.debt(n);
        IUndertakings.Undertaking memory u = undertakings.undertaking(d.id);
        assertEq(u.amount, d.amount, "amount of an undertaking");
        assertEq(u.dueAt, d.dueAt, "U67: due time");
        assertEq(u.holder, d.toConfirmer ? confirmer.id : seller.id, "holder");
        assertEq(u.obligor, d.obligor == CreditHandler.Bank.Issuer ? issuer.id : confirmer.id, "obligor");
        assertEq(uint256(u.status), d.paid ? 2 : 1, "status of an undertaking");
    }
}
