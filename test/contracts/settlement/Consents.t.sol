// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {ISettlementLeg} from "../../../contracts/interfaces/ISettlementLeg.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {AtomicSettlement} from "../../../contracts/settlement/AtomicSettlement.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @notice Nothing of a party moves, and nothing is pushed on it, without its consent to exactly this settlement.
contract ConsentsTest is SettlementSystem {
    event SettlementCancelled(bytes32 indexed id, uint32 indexed by, uint32[] parties);

    function test_AUTH_each_party_that_gives_or_takes_must_consent() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory all = consentsOf(deal);
        Party[2] memory parties = [confirmer, seller];
        for (uint256 i = 0; i < parties.length; ++i) {
            bytes[] memory consents = new bytes[](2);
            consents[1 - i] = all[1 - i];
            refuseDeal(deal, consents, _missing(deal, parties[i]));
        }
        bytes[] memory first = new bytes[](1);
        first[0] = all[0];
        refuseDeal(deal, first, _missing(deal, seller));
        refuseDeal(deal, new bytes[](0), _missing(deal, confirmer));
        assertHolder(seller);
    }

    function test_AUTH_nobody_is_given_an_undertaking_that_it_does_not_take() public {
        IAtomicSettlement.Settlement memory deal = dealOf(owed(debt, seller, buyer));
        bytes[] memory consents = new bytes[](1);
        consents[0] = consentOf(seller, deal);
        refuseDeal(deal, consents, _missing(deal, buyer));
        assertHolder(seller);
    }

    function test_AUTH_consents_stand_in_the_order_of_the_parties() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        (consents[0], consents[1]) = (consents[1], consents[0]);
        refuseDeal(deal, consents, invalid(deal, confirmer));
        consents = new bytes[](3);
        bytes memory want = abi.encodeWithSelector(IAtomicSettlement.SettlementConsentsSurplus.selector, 3, 2);
        refuseDeal(deal, consents, want);
    }

    function test_AUTH_a_settlement_that_is_changed_after_a_consent_is_another() public {
        bytes[] memory consents;
        for (uint256 what = 0; what < 10; ++what) {
            IAtomicSettlement.Settlement memory deal = purchase();
            consents = consentsOf(deal);
            _change(deal, what);
            refuseDeal(deal, consents, invalid(deal, partyOf(settlement.partiesOf(deal.legs)[0])));
        }
        assertHolder(seller);
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");
    }

    function test_AUTH_a_settlement_with_a_leg_missing_is_another() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](1);
        legs[0] = deal.legs[1];
        deal.legs = legs;
        (consents[0], consents[1]) = (consents[1], consents[0]);
        refuseDeal(deal, consents, invalid(deal, seller));
        assertHolder(seller);
    }

    function test_bug_15_a_consent_is_worth_nothing_at_another_contract_or_ledger() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        AtomicSettlement other = new AtomicSettlement(registry, tokenFactory, address(undertakings));
        bytes32 there = other.settlementId(deal);
        vm.expectRevert(
            abi.encodeWithSelector(IAtomicSettlement.SettlementConsentInvalid.selector, there, confirmer.id)
        );
        other.execute(deal, consents);
        vm.chainId(block.chainid + 1);
        refuseDeal(deal, consents, invalid(deal, confirmer));
    }

    function test_AUTH_1_one_key_of_a_bank_does_not_consent_for_it() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        bytes32 id = settlement.settlementId(deal);
        uint256[3] memory keys = [confirmer.maker, confirmer.checker, confirmer.administrator];
        for (uint256 i = 0; i < keys.length; ++i) {
            consents[0] = consent(confirmer, id, oneKey(keys[i]));
            refuseDeal(deal, consents, invalid(deal, confirmer));
        }
        consents[0] = consent(confirmer, id, keyPair(seller.maker, buyer.maker));
        refuseDeal(deal, consents, invalid(deal, confirmer));
        assertHolder(seller);
    }

    function test_AUTH_a_consent_ends_with_the_key_that_gave_it() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes[] memory consents = consentsOf(deal);
        vm.startPrank(seller.account);
        IParticipantAccount(seller.account).addKey(signerOf(0xA11CE), Purposes.OPERATE);
        IParticipantAccount(seller.account).removeKey(signerOf(seller.maker));
        vm.stopPrank();
        refuseDeal(deal, consents, invalid(deal, seller));
        consents[1] = consent(seller, settlement.settlementId(deal), oneKey(0xA11CE));
        execute(deal, consents);
        assertHolder(confirmer);
    }

    function test_each_party_may_withdraw_and_then_it_is_over_for_all() public {
        Party[2] memory parties = [confirmer, seller];
        for (uint256 i = 0; i < parties.length; ++i) {
            IAtomicSettlement.Settlement memory deal = purchase();
            bytes32 id = settlement.settlementId(deal);
            vm.expectEmit(address(settlement));
            emit SettlementCancelled(id, parties[i].id, settlement.partiesOf(deal.legs));
            cancel(parties[i], deal);
            assertEq(uint256(settlement.statusOf(id)), uint256(IAtomicSettlement.Status.Cancelled), "status");
            refuseDeal(deal, wrongStatus(deal, IAtomicSettlement.Status.Cancelled));
            vm.expectRevert(wrongStatus(deal, IAtomicSettlement.Status.Cancelled));
            cancel(parties[i], deal);
        }
        execute(purchase());
        assertHolder(confirmer);
    }

    function test_a_suspended_party_may_still_withdraw() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        suspend(seller);
        cancel(seller, deal);
        refuseDeal(deal, wrongStatus(deal, IAtomicSettlement.Status.Cancelled));
    }

    function test_what_is_executed_cannot_be_withdrawn() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        execute(deal);
        vm.expectRevert(wrongStatus(deal, IAtomicSettlement.Status.Executed));
        cancel(seller, deal);
    }

    function test_AUTH_only_a_party_withdraws() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        address[4] memory others = [stranger, buyer.account, operator.account, issuer.account];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuseCancel(deal, others[i]);
        }
        // Nobody is participant 0, so a leg without a party entitles no stranger.
        deal.legs[0].from = 0;
        _refuseCancel(deal, stranger);
        _refuseCancel(dealOf(new IAtomicSettlement.Leg[](0)), seller.account);
    }

    function test_AUTH_nobody_but_the_settlement_contract_moves_a_leg() public {
        address[5] memory others = [stranger, seller.account, confirmer.account, operator.account, address(clearing)];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory want = abi.encodeWithSelector(ISettlementLeg.LegNotEntitled.selector, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(want);
            confirmerEur.settleLeg(confirmer.id, seller.id, 0, 1);
            vm.expectRevert(want);
            undertakings.settleLeg(seller.id, confirmer.id, debt, AMOUNT);
            vm.stopPrank();
        }
    }

    function _refuseCancel(IAtomicSettlement.Settlement memory deal, address caller) private {
        bytes32 id = settlement.settlementId(deal);
        vm.expectRevert(notEntitled(IAtomicSettlement.SettlementNotEntitled.selector, id, caller));
        vm.prank(caller);
        settlement.cancel(deal);
    }

    function _missing(IAtomicSettlement.Settlement memory deal, Party memory party)
        private
        view
        returns (bytes memory)
    {
        bytes32 id = settlement.settlementId(deal);
        return abi.encodeWithSelector(IAtomicSettlement.SettlementConsentMissing.selector, id, party.id);
    }

    /// @dev Changes one thing, so that the parties and their order stay.
    function _change(IAtomicSettlement.Settlement memory deal, uint256 what) private view {
        if (what == 0) deal.legs[0].target = address(confirmerUsd);
        if (what == 1) deal.legs[0].amount -= 1;
        if (what == 2) deal.legs[0].amount += 1;
        if (what == 3) deal.legs[1].amount += 1;
        if (what == 4) deal.legs[1].item = bytes32(uint256(debt) ^ 1);
        if (what == 5) (deal.legs[0].from, deal.legs[0].to) = (seller.id, confirmer.id);
        if (what == 6) (deal.legs[0], deal.legs[1]) = (deal.legs[1], deal.legs[0]);
        if (what == 7) deal.deadline += 1;
        if (what == 8) deal.salt = bytes32(uint256(deal.salt) + 1_000_000);
        if (what == 9) deal.legs[1].target = address(issuerEur);
    }
}
