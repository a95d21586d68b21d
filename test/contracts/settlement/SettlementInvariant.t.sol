// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {IUndertakings} from "../../../contracts/interfaces/IUndertakings.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {Campaign, Handler} from "../support/Campaign.sol";
import {SettlementBook} from "./SettlementBook.sol";
import {ISigner, SettlementHandler} from "./SettlementHandler.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @dev The runner takes for targets only contracts of the test files that it runs.
contract SettlementActs is SettlementHandler {
    constructor(Cast memory cast, ISigner signer) SettlementHandler(cast, signer) {}
}

contract SettlementInvariantTest is SettlementSystem, Campaign, ISigner {
    SettlementHandler private _settlementHandler;
    DepositToken[2] private _tokens;
    uint256[2] private _before;

    function setUp() public override {
        super.setUp();
        // What the fixture made lies with a bank that takes no part.
        vm.prank(confirmer.account);
        confirmerEur.transfer(adviser.account, PRICE);
        _tokens = [confirmerEur, issuerUsd];
        _before = [confirmerEur.totalSupply(), issuerUsd.totalSupply()];
        SettlementHandler.Cast memory cast;
        cast.settlement = settlement;
        cast.undertakings = undertakings;
        cast.registry = registry;
        cast.presentations = address(presentations);
        cast.operator = operator.account;
        cast.tokens = _tokens;
        cast.ids = [buyer.id, seller.id, confirmer.id, issuer.id];
        cast.accounts = [buyer.account, seller.account, confirmer.account, issuer.account];
        cast.banks = [uint256(2), 3];
        _settlementHandler = new SettlementActs(cast, this);
    }

    /// hardhat-config: invariant.runs = 40
    /// hardhat-config: invariant.depth = 200
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_settlements_do_all_legs_or_none_and_create_nothing() public view {
        _check();
    }

    /// hardhat-config: fuzz.runs = 150
    /// hardhat-config: fuzz.showLogs = true
    function testFuzz_CASH1_AUTH_over_50000_counted_calls(uint256 seed) public {
        _runCounted("Settlement invariants", seed);
    }

    function sign(IAtomicSettlement.Settlement memory deal) external view returns (bytes[] memory consents) {
        return consentsOf(deal);
    }

    function _handler() internal view override returns (Handler) {
        return _settlementHandler;
    }

    function _check() internal view override {
        assertEq(_settlementHandler.divergence(), "", "book");
        Party[4] memory parties = [buyer, seller, confirmer, issuer];
        for (uint256 token = 0; token < 2; ++token) {
            uint256 sum = _before[token];
            for (uint256 i = 0; i < 4; ++i) {
                uint256 held = _settlementHandler.held(token, i);
                sum += held;
                assertEq(balance(_tokens[token], parties[i]), held, "CASH-1: a holder has what the book says");
            }
            assertEq(_tokens[token].totalSupply(), sum, "CASH-1: settlements create and destroy nothing");
            assertEq(sum, _before[token] + _settlementHandler.created(token), "CASH-1: only references create");
            assertEq(_tokens[token].balanceOf(address(settlement)), 0, "the settlement contract holds nothing");
        }
        uint256 debts = _settlementHandler.debtCount();
        if (debts != 0) _checkDebt(debts - 1);
        uint256 deals = _settlementHandler.dealCount();
        if (deals != 0) _checkDeal(deals - 1);
    }

    function _checkAll() internal view override {
        for (uint256 n = 0; n < _settlementHandler.debtCount(); ++n) {
            _checkDebt(n);
        }
        for (uint256 n = 0; n < _settlementHandler.dealCount(); ++n) {
            _checkDeal(n);
        }
        assertEq(
            undertakings.totalOf("credit", issuer.id),
            _settlementHandler.owedTotal(),
            "LC-2: what is owed under a credit does not change with the holder"
        );
    }

    function _selectors() internal pure override returns (bytes4[] memory list) {
        list = new bytes4[](7);
        list[0] = SettlementHandler.enter.selector;
        list[1] = SettlementHandler.owe.selector;
        list[2] = SettlementHandler.settle.selector;
        list[3] = SettlementHandler.settleLater.selector;
        list[4] = SettlementHandler.cancel.selector;
        list[5] = SettlementHandler.claim.selector;
        list[6] = SettlementHandler.pass.selector;
    }

    function _checkDebt(uint256 n) private view {
        SettlementBook.Debt memory d = _settlementHandler.debtAt(n);
        IUndertakings.Undertaking memory u = undertakings.undertaking(d.id);
        Party[4] memory parties = [buyer, seller, confirmer, issuer];
        assertEq(u.holder, parties[d.holder].id, "holder of an undertaking");
        assertEq(u.amount, d.amount, "amount of an undertaking");
        assertEq(uint256(u.status), d.paid ? 2 : 1, "status of an undertaking");
    }

    function _checkDeal(uint256 n) private view {
        (IAtomicSettlement.Settlement memory deal, IAtomicSettlement.Status state) = _settlementHandler.dealAt(n);
        bytes32 id = settlement.settlementId(deal);
        assertEq(uint256(settlement.statusOf(id)), uint256(state), "a settlement happens once, or never");
    }
}
