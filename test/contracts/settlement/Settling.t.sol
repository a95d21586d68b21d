// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7943Fungible} from "../../../contracts/interfaces/IERC7943Fungible.sol";
import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {SettlementSystem} from "./SettlementSystem.sol";

/// @notice All legs or none, once, in time.
contract SettlingTest is SettlementSystem {
    event SettlementExecuted(bytes32 indexed id, IAtomicSettlement.Leg[] legs);
    event UndertakingTransferred(bytes32 indexed id, uint32 indexed from, uint32 indexed to);
    event Transfer(address indexed from, address indexed to, uint256 value);

    function test_money_and_an_undertaking_change_hands_in_one_transaction() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes32 id = settlement.settlementId(deal);
        bytes[] memory consents = consentsOf(deal);
        vm.expectEmit(address(settlement));
        emit SettlementExecuted(id, deal.legs);
        vm.expectEmit(address(confirmerEur));
        emit Transfer(confirmer.account, seller.account, PRICE);
        vm.expectEmit(address(undertakings));
        emit UndertakingTransferred(debt, seller.id, confirmer.id);
        assertEq(execute(deal, consents), id, "id");

        assertEq(balance(confirmerEur, seller), PRICE, "the seller is paid");
        assertEq(balance(confirmerEur, confirmer), 0, "out of the bank's own money");
        assertHolder(confirmer);
        assertEq(uint256(settlement.statusOf(id)), uint256(IAtomicSettlement.Status.Executed), "status");
    }

    function test_money_against_money_of_another_bank_and_currency() public {
        enter(issuerUsd, issuer, buyer.account, 700, "dollars");
        enter(confirmerEur, confirmer, seller.account, 600, "euros");
        execute(dealOf(money(issuerUsd, buyer, seller, 700), money(confirmerEur, seller, buyer, 600)));
        assertEq(balance(issuerUsd, seller), 700, "dollars");
        assertEq(balance(confirmerEur, buyer), 600, "euros");
        assertEq(issuerUsd.totalSupply(), 700, "CASH-1: nothing is created");
        assertEq(confirmerEur.totalSupply(), PRICE + 600, "CASH-1: nothing is created");
    }

    function test_legs_are_done_in_their_order_and_later_ones_spend_what_earlier_ones_gave() public {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](3);
        legs[0] = money(confirmerEur, confirmer, buyer, 10);
        legs[1] = money(confirmerEur, buyer, seller, 10);
        legs[2] = owed(debt, seller, buyer);
        execute(dealOf(legs));
        assertEq(balance(confirmerEur, buyer), 0, "passed on");
        assertEq(balance(confirmerEur, seller), 10, "arrived");
        assertHolder(buyer);

        (legs[0], legs[1]) = (legs[1], legs[0]);
        legs[2] = owed(debt, buyer, seller);
        refuseDeal(
            dealOf(legs),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, buyer.account, 0, 10)
        );
    }

    function test_no_leg_is_done_when_one_cannot_be_done() public {
        bytes memory tooMuch = abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientBalance.selector, confirmer.account, PRICE, PRICE + 1
        );
        IAtomicSettlement.Leg memory pay = money(confirmerEur, confirmer, seller, PRICE + 1);
        IAtomicSettlement.Leg memory give = owed(debt, seller, confirmer);
        IAtomicSettlement.Settlement memory deal = dealOf(pay, give);
        refuseDeal(deal, tooMuch);
        refuseDeal(dealOf(give, pay), tooMuch);
        assertHolder(seller);
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");

        // What failed is not used up: the same consents work once the money is there.
        enter(confirmerEur, confirmer, confirmer.account, 1, "one more");
        execute(deal);
        assertHolder(confirmer);
    }

    function test_nobody_cancels_what_names_somebody_unknown() public {
        IAtomicSettlement.Leg memory leg = money(confirmerEur, seller, buyer, 1);
        leg.to = type(uint32).max;
        IAtomicSettlement.Settlement memory deal = dealOf(leg);
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.ParticipantUnknown.selector, leg.to));
        cancel(seller, deal);
    }

    function test_frozen_money_is_no_leg() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        vm.prank(confirmer.account);
        confirmerEur.setFrozen(seller.account, PRICE, "an order");
        execute(deal);
        assertEq(balance(confirmerEur, seller), PRICE, "who is frozen still gets what it is owed");
        refuseDeal(
            dealOf(money(confirmerEur, seller, buyer, 1)),
            abi.encodeWithSelector(
                IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, seller.account, 1, 0
            )
        );
        vm.prank(confirmer.account);
        confirmerEur.setFrozen(seller.account, PRICE - 1, "a part was lifted");
        execute(dealOf(money(confirmerEur, seller, buyer, 1)));
    }

    function test_a_settlement_is_executed_once() public {
        enter(confirmerEur, confirmer, confirmer.account, PRICE, "as much again");
        IAtomicSettlement.Settlement memory deal = dealOf(money(confirmerEur, confirmer, seller, PRICE));
        bytes[] memory consents = consentsOf(deal);
        execute(deal, consents);
        refuseDeal(deal, consents, wrongStatus(deal, IAtomicSettlement.Status.Executed));
        deal.salt = "another";
        refuseDeal(deal, consents, invalid(deal, confirmer));
        assertEq(balance(confirmerEur, seller), PRICE, "paid once");
    }

    function test_the_deadline_is_the_last_second_that_counts() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        vm.warp(DEADLINE + 1);
        refuseDeal(
            deal,
            abi.encodeWithSelector(
                IAtomicSettlement.SettlementExpired.selector,
                settlement.settlementId(deal),
                DEADLINE,
                DEADLINE + 1
            )
        );
        vm.warp(DEADLINE);
        execute(deal);
        assertHolder(confirmer);
    }

    function test_one_leg_alone_changes_the_holder_by_the_consent_of_both() public {
        execute(dealOf(owed(debt, seller, adviser)));
        assertHolder(adviser);
        vm.warp(undertakingOf(debt).dueAt);
        claim(debt, adviser);
        assertEq(balance(issuerEur, adviser), AMOUNT, "the claim is the new holder's");
    }

    function test_a_settlement_has_one_to_sixteen_legs() public {
        bytes memory none = abi.encodeWithSelector(IAtomicSettlement.SettlementEmpty.selector);
        refuseDeal(dealOf(new IAtomicSettlement.Leg[](0)), new bytes[](0), none);
        refuseDeal(
            dealOf(_payments(17)),
            new bytes[](0),
            abi.encodeWithSelector(IAtomicSettlement.SettlementTooManyLegs.selector, 17, 16)
        );
        execute(dealOf(_payments(16)));
        assertEq(balance(confirmerEur, seller), 16, "sixteen legs");
    }

    function test_a_settlement_with_seven_parties_asks_all_of_them() public {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](6);
        Party[7] memory chain = [confirmer, buyer, seller, issuer, adviser, nominated, arbiter];
        for (uint256 i = 0; i < 6; ++i) {
            legs[i] = money(confirmerEur, chain[i], chain[i + 1], 5);
        }
        IAtomicSettlement.Settlement memory deal = dealOf(legs);
        assertEq(settlement.partiesOf(legs).length, 7, "parties");
        execute(deal);
        assertEq(balance(confirmerEur, arbiter), 5, "at the end of the chain");
        assertEq(balance(confirmerEur, buyer), 0, "in its midst");
    }

    function test_nobody_settles_with_itself() public {
        refuseDeal(
            dealOf(money(confirmerEur, confirmer, seller, 1), money(confirmerEur, seller, seller, 1)),
            new bytes[](0),
            abi.encodeWithSelector(IAtomicSettlement.SettlementSameParty.selector, 1, seller.id)
        );
    }

    function test_a_party_that_was_never_admitted_is_unknown() public {
        uint32[2] memory nobody = [uint32(0), 99];
        for (uint256 i = 0; i < nobody.length; ++i) {
            IAtomicSettlement.Leg memory leg = money(confirmerEur, confirmer, seller, 1);
            leg.from = nobody[i];
            refuseDeal(
                dealOf(leg),
                new bytes[](0),
                abi.encodeWithSelector(IParticipantRegistry.ParticipantUnknown.selector, nobody[i])
            );
        }
    }

    function test_only_tokens_of_the_factory_and_undertakings_are_legs() public {
        address[5] memory others =
            [stranger, address(tokenFactory), address(registry), seller.account, address(settlement)];
        for (uint256 i = 0; i < others.length; ++i) {
            IAtomicSettlement.Leg memory leg = money(confirmerEur, confirmer, seller, 1);
            leg.target = others[i];
            refuseDeal(
                dealOf(money(confirmerEur, confirmer, seller, 1), leg),
                abi.encodeWithSelector(IAtomicSettlement.SettlementTargetUnknown.selector, 1, others[i])
            );
        }
        assertEq(balance(confirmerEur, seller), 0, "nothing moved");
    }

    function test_a_suspended_party_enters_no_settlement_and_a_reinstated_one_does() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        Party[2] memory parties = [seller, confirmer];
        for (uint256 i = 0; i < parties.length; ++i) {
            suspend(parties[i]);
            refuseDeal(
                deal, abi.encodeWithSelector(IAtomicSettlement.SettlementPartySuspended.selector, parties[i].id)
            );
            vm.prank(operator.account);
            registry.reinstate(parties[i].id, REASON);
        }
        execute(deal);
        assertHolder(confirmer);
    }

    function test_a_suspended_debtor_keeps_nobody_from_passing_its_debts_on() public {
        IAtomicSettlement.Settlement memory deal =
            dealOf(money(confirmerEur, confirmer, seller, PRICE), owed(debt, seller, adviser));
        bytes[] memory consents = consentsOf(deal);
        suspend(issuer);
        execute(deal, consents);
        assertHolder(adviser);
    }

    function test_under_a_moratorium_deposits_and_undertakings_of_the_bank_still_change_hands() public {
        enter(issuerEur, issuer, buyer.account, 500, "before");
        vm.startPrank(regulator.account);
        registry.declareMoratorium(issuer.id, START + 30 days, REASON);
        registry.declareMoratorium(confirmer.id, START + 30 days, REASON);
        vm.stopPrank();
        execute(dealOf(money(issuerEur, buyer, seller, 500), owed(debt, seller, buyer)));
        assertEq(balance(issuerEur, seller), 500, "deposits move between holders");
        assertHolder(buyer);
        assertEq(issuerEur.totalSupply(), 500, "nothing is created or destroyed");
        // A bank under a moratorium is a participant like any other towards what others owe.
        execute(purchaseFrom(buyer));
        assertHolder(confirmer);
    }

    function test_an_executed_settlement_leaves_no_allowance_behind() public {
        execute(purchase());
        assertEq(IERC20(address(confirmerEur)).allowance(confirmer.account, address(settlement)), 0, "of the giver");
        assertEq(IERC20(address(confirmerEur)).allowance(seller.account, address(settlement)), 0, "of the taker");
        assertEq(IERC20(address(confirmerEur)).balanceOf(address(settlement)), 0, "and holds nothing");
    }

    function test_the_id_is_the_eip_712_digest_of_the_whole_settlement() public {
        IAtomicSettlement.Settlement memory deal = purchase();
        bytes32 legType =
            keccak256("Leg(address target,uint32 from,uint32 to,bytes32 item,uint128 amount)");
        bytes32 first = keccak256(abi.encode(legType, address(confirmerEur), confirmer.id, seller.id, 0, PRICE));
        bytes32 second =
            keccak256(abi.encode(legType, address(undertakings), seller.id, confirmer.id, debt, AMOUNT));
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "Settlement(Leg[] legs,uint48 deadline,bytes32 salt)Leg(address target,uint32 from,uint32 to,bytes32 item,uint128 amount)"
                ),
                keccak256(abi.encodePacked(first, second)),
                DEADLINE,
                deal.salt
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Hansa Settlement"),
                keccak256("1"),
                block.chainid,
                address(settlement)
            )
        );
        bytes32 want = keccak256(abi.encodePacked(hex"1901", domain, message));
        assertEq(settlement.settlementId(deal), want, "EIP-712");
    }

    function purchaseFrom(Party memory holder) internal returns (IAtomicSettlement.Settlement memory) {
        return dealOf(money(confirmerEur, confirmer, holder, PRICE), owed(debt, holder, confirmer));
    }

    function _payments(uint256 count) private view returns (IAtomicSettlement.Leg[] memory legs) {
        legs = new IAtomicSettlement.Leg[](count);
        for (uint256 i = 0; i < count; ++i) {
            legs[i] = money(confirmerEur, confirmer, seller, 1);
        }
    }
}
