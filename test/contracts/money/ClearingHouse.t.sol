// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IDepositTokenFactory} from "../../../contracts/interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @notice The buyer's bank is the issuer, the seller's bank the confirmer.
contract ClearingHouseTest is System {
    DepositToken internal atIssuer;
    DepositToken internal atConfirmer;

    event PaymentMade(
        bytes32 indexed id,
        uint32 indexed payer,
        uint32 indexed payee,
        IClearingHouse.Payment payment
    );
    event PositionChanged(uint32 indexed creditor, uint32 indexed debtor, bytes3 indexed currency, int128 owed);
    event LimitSet(uint32 indexed creditor, uint32 indexed debtor, bytes3 indexed currency, uint128 limit);
    event DepositDestroyed(IDepositToken.Ground indexed ground, bytes32 indexed ref, address indexed from, uint256 amount);

    function setUp() public {
        deploySystem();
        atIssuer = createToken(issuer, "EUR", 2);
        atConfirmer = createToken(confirmer, "EUR", 2);
        enter(atIssuer, issuer, buyer.account, 1_000, "opening");
        grant(confirmer, issuer, "EUR", 500);
    }

    function toSeller(uint128 amount, bytes32 ref) internal view returns (IClearingHouse.Payment memory) {
        return IClearingHouse.Payment(issuer.id, seller.id, confirmer.id, "EUR", amount, ref);
    }

    function toBuyer(uint128 amount, bytes32 ref) internal view returns (IClearingHouse.Payment memory) {
        return IClearingHouse.Payment(confirmer.id, buyer.id, issuer.id, "EUR", amount, ref);
    }

    function pay(Party memory payer, IClearingHouse.Payment memory payment) internal returns (bytes32) {
        vm.prank(payer.account);
        return clearing.pay(payment);
    }

    function refuse(Party memory payer, IClearingHouse.Payment memory payment, bytes memory want) internal {
        vm.expectRevert(want);
        pay(payer, payment);
    }

    function owed() internal view returns (int128) {
        return clearing.owedTo(confirmer.id, issuer.id, "EUR");
    }

    // One payment.

    function test_CASH_1_a_payment_destroys_at_one_bank_what_it_creates_at_the_other() public {
        bytes32 id = clearing.paymentId(buyer.id, confirmer.id, "EUR", "invoice 7");
        vm.expectEmit();
        emit PaymentMade(id, buyer.id, seller.id, toSeller(300, "invoice 7"));
        vm.expectEmit();
        emit DepositDestroyed(IDepositToken.Ground.Payment, id, buyer.account, 300);
        vm.expectEmit();
        emit PositionChanged(confirmer.id, issuer.id, "EUR", 300);
        assertEq(pay(buyer, toSeller(300, "invoice 7")), id);

        assertEq(balance(atIssuer, buyer), 700);
        assertEq(atIssuer.totalSupply(), 700, "CASH-1: the payer's bank owes less");
        assertEq(balance(atConfirmer, seller), 300);
        assertEq(atConfirmer.totalSupply(), 300, "CASH-1: the payee's bank owes more");
        assertEq(owed(), 300, "and is owed it by the payer's bank");
        assertEq(clearing.owedTo(issuer.id, confirmer.id, "EUR"), -300, "one number, seen from both sides");
        assertTrue(atConfirmer.referenceUsed(IDepositToken.Ground.Payment, id));
    }

    function test_a_reference_pays_once_and_is_the_payers_own() public {
        bytes32 id = pay(buyer, toSeller(100, "once"));
        refuse(
            buyer,
            toSeller(50, "once"),
            abi.encodeWithSelector(IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Payment, id)
        );
        enter(atIssuer, issuer, arbiter.account, 10, "another's money");
        assertTrue(pay(arbiter, toSeller(10, "once")) != id, "another payer's reference of the same name");
        assertEq(balance(atConfirmer, seller), 110);
    }

    function test_CASH_1_a_payment_within_a_bank_changes_the_holder_and_nothing_between_banks() public {
        grant(confirmer, issuer, "EUR", 0);
        IClearingHouse.Payment memory payment = toSeller(300, "within");
        payment.payeeBank = issuer.id;
        pay(buyer, payment);
        assertEq(balance(atIssuer, buyer), 700);
        assertEq(balance(atIssuer, seller), 300);
        assertEq(atIssuer.totalSupply(), 1_000, "CASH-1: the bank owes what it owed");
        assertEq(owed(), 0, "and no bank owes another");
        bytes32 id = clearing.paymentId(buyer.id, issuer.id, "EUR", "within");
        refuse(
            buyer,
            payment,
            abi.encodeWithSelector(IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Payment, id)
        );
    }

    function test_a_payer_moves_its_own_money_to_another_bank() public {
        IClearingHouse.Payment memory payment = toSeller(300, "to my other account");
        payment.payee = buyer.id;
        pay(buyer, payment);
        assertEq(balance(atConfirmer, buyer), 300);
    }

    function test_who_has_not_the_money_learns_nothing_of_the_limit() public {
        refuse(
            arbiter,
            toSeller(501, "beyond the limit"),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, arbiter.account, 0, 501)
        );
    }

    function test_only_undertakings_pays_for_an_obligor() public {
        address[3] memory callers = [issuer.account, operator.account, stranger];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, callers[i]));
            vm.prank(callers[i]);
            clearing.payUndertaking("undertaking", toSeller(1, "undertaking"));
        }
    }

    function test_nobody_pays_with_anothers_money() public {
        refuse(
            arbiter,
            toSeller(1, "theft"),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, arbiter.account, 0, 1)
        );
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, stranger));
        vm.prank(stranger);
        clearing.pay(toSeller(1, "theft"));
        assertEq(balance(atIssuer, buyer), 1_000);
    }

    function test_a_refused_payment_changes_nothing_at_all() public {
        refuse(
            buyer,
            toSeller(501, "too much for the limit"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR")
            )
        );
        grant(confirmer, issuer, "EUR", 5_000);
        refuse(
            buyer,
            toSeller(1_001, "too much for the payer"),
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, buyer.account, 1_000, 1_001)
        );
        assertEq(owed(), 0);
        assertEq(atConfirmer.totalSupply(), 0);
        assertEq(atIssuer.totalSupply(), 1_000);
    }

    function test_a_payment_is_complete_or_refused() public {
        IClearingHouse.Payment memory payment = toSeller(0, "nothing");
        refuse(buyer, payment, abi.encodeWithSelector(IClearingHouse.PaymentAmountInvalid.selector, 0));
        refuse(buyer, toSeller(1, 0), abi.encodeWithSelector(IClearingHouse.PaymentReferenceMissing.selector));
        payment = toSeller(1, "to itself");
        (payment.payee, payment.payeeBank) = (buyer.id, issuer.id);
        refuse(buyer, payment, abi.encodeWithSelector(IClearingHouse.PaymentToSelf.selector, buyer.id, issuer.id));
        payment = toSeller(1, "nobody");
        payment.payee = 99;
        refuse(buyer, payment, abi.encodeWithSelector(IParticipantRegistry.ParticipantUnknown.selector, 99));
        payment = toSeller(1, "no such money");
        payment.currency = "USD";
        bytes memory want =
            abi.encodeWithSelector(IClearingHouse.ClearingTokenUnknown.selector, issuer.id, bytes3("USD"));
        refuse(buyer, payment, want);
        payment = toSeller(1, "no such bank");
        payment.payeeBank = adviser.id;
        want = abi.encodeWithSelector(IClearingHouse.ClearingTokenUnknown.selector, adviser.id, bytes3("EUR"));
        refuse(buyer, payment, want);
    }

    // Limits and what is owed.

    function test_a_bank_owes_up_to_its_limit_and_not_one_minor_unit_more() public {
        pay(buyer, toSeller(500, "all"));
        refuse(
            buyer,
            toSeller(1, "one more"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR")
            )
        );
        // Money that comes back makes room again, without a limit of its own as far as it pays back.
        pay(seller, toBuyer(500, "back"));
        assertEq(owed(), 0);
        refuse(
            buyer,
            toSeller(501, "again too much"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR")
            )
        );
        pay(buyer, toSeller(500, "again"));
    }

    function test_the_other_direction_needs_a_limit_of_its_own() public {
        pay(buyer, toSeller(200, "out"));
        pay(seller, toBuyer(200, "back"));
        enter(atConfirmer, confirmer, seller.account, 50, "more");
        refuse(
            seller,
            toBuyer(1, "beyond"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, issuer.id, confirmer.id, bytes3("EUR")
            )
        );
        grant(issuer, confirmer, "EUR", 50);
        pay(seller, toBuyer(50, "granted"));
        assertEq(owed(), -50);
    }

    function test_a_lowered_limit_stops_more_and_leaves_what_is_owed() public {
        pay(buyer, toSeller(400, "before"));
        grant(confirmer, issuer, "EUR", 100);
        assertEq(owed(), 400);
        refuse(
            buyer,
            toSeller(1, "after"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR")
            )
        );
        pay(seller, toBuyer(350, "paying back is free"));
        assertEq(owed(), 50);
        pay(buyer, toSeller(50, "up to the new limit"));
    }

    function test_limits_are_granted_by_banks_to_other_banks_in_one_currency() public {
        vm.expectEmit();
        emit LimitSet(adviser.id, issuer.id, "EUR", 7);
        grant(adviser, issuer, "EUR", 7);
        (uint128 granted, uint128 effective) = clearing.limitOf(adviser.id, issuer.id, "EUR");
        assertEq(granted, 7);
        assertEq(effective, 7);
        vm.prank(operator.account);
        tokenFactory.listCurrency("USD", 2);
        (granted,) = clearing.limitOf(adviser.id, issuer.id, "USD");
        assertEq(granted, 0, "of one currency only");
        (granted,) = clearing.limitOf(issuer.id, adviser.id, "EUR");
        assertEq(granted, 0, "in one direction only");

        address[4] memory others = [buyer.account, operator.account, regulator.account, stranger];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, others[i]));
            vm.prank(others[i]);
            clearing.setLimit(issuer.id, "EUR", 1);
        }
        uint32[4] memory debtors = [adviser.id, buyer.id, 0, 99];
        for (uint256 i = 0; i < debtors.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingBankInvalid.selector, debtors[i]));
            vm.prank(adviser.account);
            clearing.setLimit(debtors[i], "EUR", 1);
        }
        vm.expectRevert(abi.encodeWithSelector(IDepositTokenFactory.TokenCurrencyUnknown.selector, bytes3(0x00ff0a)));
        grant(adviser, issuer, 0x00ff0a, 1);
        uint128 most = uint128(type(int128).max);
        grant(adviser, issuer, "EUR", most);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingLimitInvalid.selector, most + 1));
        grant(adviser, issuer, "EUR", most + 1);
    }

    // Suspension.

    function test_a_suspended_bank_owes_no_more_and_still_pays_back() public {
        pay(buyer, toSeller(100, "before"));
        vm.prank(operator.account);
        registry.suspend(issuer.id, 0);
        (uint128 granted, uint128 effective) = clearing.limitOf(confirmer.id, issuer.id, "EUR");
        assertEq(granted, 500);
        assertEq(effective, 0, "the limit falls by itself");
        refuse(
            buyer,
            toSeller(1, "suspended"),
            abi.encodeWithSelector(
                IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, bytes3("EUR")
            )
        );
        pay(seller, toBuyer(100, "what is owed comes down"));
        assertEq(owed(), 0);

        vm.prank(operator.account);
        registry.reinstate(issuer.id, 0);
        pay(buyer, toSeller(1, "reinstated"));
    }

    function test_a_suspended_bank_grants_no_more_and_may_grant_less() public {
        vm.prank(operator.account);
        registry.suspend(confirmer.id, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingBankSuspended.selector, confirmer.id));
        grant(confirmer, issuer, "EUR", 501);
        grant(confirmer, issuer, "EUR", 400);
        pay(buyer, toSeller(400, "its customers are still paid"));
    }

    // Moratorium.

    function test_under_a_moratorium_of_either_bank_nothing_is_paid_between_them() public {
        pay(buyer, toSeller(200, "before"));
        Party[2] memory banks = [issuer, confirmer];
        for (uint256 i = 0; i < banks.length; ++i) {
            uint48 until = uint48(block.timestamp + 30 days);
            vm.prank(regulator.account);
            registry.declareMoratorium(banks[i].id, until, "reason");
            bytes memory want = abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, banks[i].id, until);
            refuse(buyer, toSeller(1, "out"), want);
            refuse(seller, toBuyer(1, "back"), want);
            vm.prank(regulator.account);
            registry.liftMoratorium(banks[i].id, "over");
        }
        assertEq(owed(), 200, "what was owed is owed");
        pay(buyer, toSeller(1, "after"));
    }

    // The token's side.

    function test_only_the_clearing_house_creates_and_destroys_for_payments() public {
        address[5] memory callers =
            [issuer.account, buyer.account, operator.account, addressOf("Undertakings"), stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want =
                abi.encodeWithSelector(IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Payment);
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            atIssuer.createForPayment(seller.account, 1, "x");
            vm.expectRevert(want);
            atIssuer.destroyForPayment(buyer.account, 1, "x");
            vm.stopPrank();
        }
    }

    function testFuzz_what_banks_owe_is_the_sum_of_their_payments(uint128[12] memory amounts, uint16 directions) public {
        grant(issuer, confirmer, "EUR", uint128(type(int128).max));
        grant(confirmer, issuer, "EUR", uint128(type(int128).max));
        int256 book;
        uint256 total = 1_000;
        enter(atConfirmer, confirmer, seller.account, 1_000, "opening");
        for (uint256 i = 0; i < amounts.length; ++i) {
            bool out = (directions >> i) & 1 == 1;
            uint256 most = out ? balance(atIssuer, buyer) : balance(atConfirmer, seller);
            if (most == 0) continue;
            uint128 amount = uint128(bound(amounts[i], 1, most));
            if (out) pay(buyer, toSeller(amount, bytes32(i + 1)));
            else pay(seller, toBuyer(amount, bytes32(i + 1)));
            book += out ? int256(uint256(amount)) : -int256(uint256(amount));
        }
        assertEq(int256(owed()), book, "net position");
        assertEq(atIssuer.totalSupply() + atConfirmer.totalSupply(), total + 1_000, "CASH-1: money of both banks");
        assertEq(int256(atConfirmer.totalSupply()) - int256(uint256(1_000)), book, "what one bank's customers gained");
    }
}
