// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {SettlementSystem} from "../settlement/SettlementSystem.sol";

/// @notice Gas of settlements with the parties' own signatures, as inner calls on warm contracts: each was done
/// once before. `hardhat test solidity --snapshot` writes the numbers to snapshots/.
contract SettlementsGasTest is SettlementSystem {
    function setUp() public override {
        super.setUp();
        // Every party has held each money before.
        enter(confirmerEur, confirmer, seller.account, 100, "seller");
        enter(issuerUsd, issuer, buyer.account, 100, "buyer");
        enter(issuerUsd, issuer, seller.account, 100, "seller");
        enter(confirmerEur, confirmer, buyer.account, 100, "buyer");
        enter(confirmerUsd, confirmer, confirmer.account, 100, "confirmer");
        enter(confirmerUsd, confirmer, issuer.account, 100, "issuer");
        enter(issuerUsd, issuer, issuer.account, 100, "issuer");
        enter(issuerUsd, issuer, confirmer.account, 100, "confirmer");
        enter(confirmerEur, confirmer, confirmer.account, 100, "confirmer");
    }

    function test_gas_of_a_settlement() public {
        execute(dealOf(money(confirmerEur, confirmer, seller, 10), owed(debt, seller, confirmer)));
        execute(dealOf(owed(debt, confirmer, seller)));
        _measure(
            dealOf(money(confirmerEur, confirmer, seller, 10), owed(debt, seller, confirmer)),
            "money against an undertaking, a bank and a merchant"
        );
        _measure(dealOf(owed(debt, confirmer, seller)), "an undertaking alone");
        execute(_merchants());
        _measure(_merchants(), "money against money, two merchants");
        execute(_banks());
        _measure(_banks(), "money against money, two banks");
        IAtomicSettlement.Settlement memory deal = purchase();
        settlement.simulate(deal.legs);
        vm.snapshotGasLastCall("settlements", "simulate two legs");
        vm.prank(seller.account);
        settlement.cancel(deal);
        vm.snapshotGasLastCall("settlements", "cancel");
    }

    function _merchants() private returns (IAtomicSettlement.Settlement memory) {
        return dealOf(money(issuerUsd, buyer, seller, 10), money(confirmerEur, seller, buyer, 10));
    }

    function _banks() private returns (IAtomicSettlement.Settlement memory) {
        return dealOf(money(issuerUsd, issuer, confirmer, 10), money(confirmerUsd, confirmer, issuer, 10));
    }

    function _measure(IAtomicSettlement.Settlement memory deal, string memory name) private {
        bytes[] memory consents = consentsOf(deal);
        settlement.execute(deal, consents);
        vm.snapshotGasLastCall("settlements", name);
    }
}
