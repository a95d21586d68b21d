// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {Campaign, Handler} from "../support/Campaign.sol";
import {EscrowHandler} from "./EscrowHandler.sol";
import {EscrowSystem} from "./EscrowSystem.sol";

/// @dev The runner takes for targets only contracts of the test files that it runs.
contract EscrowActs is EscrowHandler {
    constructor(ITradeEscrow escrows, address token, address[3] memory accounts, uint32[3] memory ids)
        EscrowHandler(escrows, token, accounts, ids)
    {}
}

contract EscrowInvariantTest is EscrowSystem, Campaign {
    EscrowHandler private _escrowHandler;

    function setUp() public override {
        super.setUp();
        _escrowHandler = new EscrowActs(
            escrows,
            address(eur),
            [buyer.account, seller.account, arbiter.account],
            [buyer.id, seller.id, arbiter.id]
        );
        _makeRich(buyer, "first");
        _makeRich(seller, "second");
    }

    /// hardhat-config: invariant.runs = 40
    /// hardhat-config: invariant.depth = 200
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_escrows_owe_what_they_have_and_the_book_says() public view {
        _check();
    }

    /// hardhat-config: fuzz.runs = 150
    /// hardhat-config: fuzz.showLogs = true
    function testFuzz_ESC1_ESC3_over_50000_counted_calls(uint256 seed) public {
        _runCounted("Escrow invariants", seed);
    }

    function _handler() internal view override returns (Handler) {
        return _escrowHandler;
    }

    function _check() internal view override {
        assertEq(_escrowHandler.divergence(), "", "book");
        uint256 owed = _escrowHandler.lockedTotal() + _escrowHandler.claimableTotal();
        assertEq(eur.balanceOf(address(escrows)), owed, "ESC-1: the escrow's money is not what it owes");
        assertEq(escrows.owed(address(eur)), owed, "ESC-1: what the escrow says that it owes");
        if (_escrowHandler.dealCount() != 0) _checkDeal(_escrowHandler.last());
    }

    function _checkAll() internal view override {
        uint256 count = _escrowHandler.dealCount();
        for (uint256 n = 0; n < count; ++n) {
            _checkDeal(n);
        }
    }

    function _selectors() internal pure override returns (bytes4[] memory list) {
        list = new bytes4[](14);
        list[0] = EscrowHandler.propose.selector;
        list[1] = EscrowHandler.agree.selector;
        list[2] = EscrowHandler.fund.selector;
        list[3] = EscrowHandler.lapse.selector;
        list[4] = EscrowHandler.deliver.selector;
        list[5] = EscrowHandler.release.selector;
        list[6] = EscrowHandler.refund.selector;
        list[7] = EscrowHandler.dispute.selector;
        list[8] = EscrowHandler.rule.selector;
        list[9] = EscrowHandler.settleByDefault.selector;
        list[10] = EscrowHandler.settleInspected.selector;
        list[11] = EscrowHandler.settleUndelivered.selector;
        list[12] = EscrowHandler.claim.selector;
        list[13] = EscrowHandler.pass.selector;
    }

    function _checkDeal(uint256 n) private view {
        EscrowHandler.Deal memory d = _escrowHandler.deal(n);
        ITradeEscrow.Escrow memory e = escrows.escrow(d.id);
        uint256 sellers = escrows.claimable(d.id, _escrowHandler.sellerOf(n));
        uint256 buyers = escrows.claimable(d.id, _escrowHandler.buyerOf(n));
        assertEq(sellers, d.sellers, "ESC-3: the seller's claim");
        assertEq(buyers, d.buyers, "ESC-3: the buyer's claim");
        assertEq(e.locked, d.locked, "ESC-3: locked");
        assertEq(d.paid + sellers + buyers + e.locked, d.funded, "ESC-3: paid, claimable and locked");
        // The book's states begin at Proposed; the contract's have None before it, and Settled before Lapsed.
        ITradeEscrow.Status[5] memory statuses = [
            ITradeEscrow.Status.Proposed,
            ITradeEscrow.Status.Agreed,
            ITradeEscrow.Status.Funded,
            ITradeEscrow.Status.Lapsed,
            ITradeEscrow.Status.Settled
        ];
        assertEq(uint256(e.status), uint256(statuses[uint256(d.state)]), "ESC-4: status");
    }

    function _makeRich(Party memory party, bytes32 ref) private {
        enter(eur, issuer, party.account, 1e30, ref);
        vm.prank(party.account);
        eur.approve(address(escrows), type(uint256).max);
    }
}
