// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IEnforcement} from "../../../contracts/interfaces/IEnforcement.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @notice A wrong entry is taken back by a contra entry: whole, once, and from nobody else.
contract EntryReversalTest is System {
    DepositToken internal token;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2, 1_000);
        enter(token, issuer, buyer.account, 100, "wrong");
    }

    function reverse(bytes32 ref, address holder, uint128 amount, bytes32 contraRef) internal {
        vm.prank(issuer.account);
        token.reverseEntry(ref, holder, amount, contraRef);
    }

    function refuse(bytes memory want, bytes32 ref, address holder, uint128 amount, bytes32 contraRef) internal {
        vm.expectRevert(want);
        reverse(ref, holder, amount, contraRef);
    }

    function test_CASH_1_a_wrong_entry_is_taken_back_under_a_reference_of_its_own() public {
        vm.expectEmit(address(token));
        emit IDepositToken.DepositDestroyed(IDepositToken.Ground.Reversal, "contra", buyer.account, 100);
        vm.expectEmit(address(token));
        emit IDepositToken.EntryReversed("wrong", "contra", buyer.account, 100);
        reverse("wrong", buyer.account, 100, "contra");
        assertEq(token.totalSupply(), 0);
        assertEq(balance(token, buyer), 0);
        assertTrue(token.referenceUsed(IDepositToken.Ground.Reversal, "contra"));
        assertTrue(token.referenceUsed(IDepositToken.Ground.Entry, "wrong"), "the entry is not deleted");
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Entry, bytes32("wrong")
            )
        );
        enter(token, issuer, buyer.account, 100, "wrong");
    }

    function test_CASH_1_an_entry_is_reversed_once() public {
        reverse("wrong", buyer.account, 100, "contra");
        enter(token, issuer, buyer.account, 100, "right");
        refuse(
            abi.encodeWithSelector(IDepositToken.EntryReversedBefore.selector, bytes32("wrong")),
            "wrong",
            buyer.account,
            100,
            "another"
        );
        assertEq(balance(token, buyer), 100);
    }

    function test_CASH_1_a_contra_entry_has_a_reference_that_no_other_had() public {
        enter(token, issuer, buyer.account, 50, "second");
        reverse("wrong", buyer.account, 100, "contra");
        refuse(
            abi.encodeWithSelector(
                IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Reversal, bytes32("contra")
            ),
            "second",
            buyer.account,
            50,
            "contra"
        );
        refuse(
            abi.encodeWithSelector(IDepositToken.DepositReferenceMissing.selector), "second", buyer.account, 50, 0
        );
        reverse("second", buyer.account, 50, "second");
    }

    function test_only_exactly_what_was_booked_is_reversed() public {
        vm.prank(addressOf("Undertakings"));
        token.createForUndertaking(buyer.account, 70, "drawing");
        _refuseUnknown("wrong", buyer.account, 99);
        _refuseUnknown("wrong", buyer.account, 101);
        _refuseUnknown("wrong", seller.account, 100);
        _refuseUnknown("other", buyer.account, 100);
        _refuseUnknown("other", address(0), 0);
        // Money on other grounds is nothing that the bank booked wrongly.
        _refuseUnknown("drawing", buyer.account, 70);
    }

    function test_it_is_taken_only_as_far_as_it_is_free() public {
        vm.prank(buyer.account);
        token.transfer(seller.account, 1);
        refuse(_notFree(99), "wrong", buyer.account, 100, "contra");
        vm.prank(seller.account);
        token.transfer(buyer.account, 1);

        vm.prank(issuer.account);
        token.setFrozen(buyer.account, 30, keccak256("order of a court"));
        refuse(_notFree(70), "wrong", buyer.account, 100, "contra");
        vm.prank(issuer.account);
        token.setFrozen(buyer.account, 0, keccak256("lifted"));

        vm.prank(buyer.account);
        redemptions.request(address(token), 60, "redemption");
        refuse(_notFree(40), "wrong", buyer.account, 100, "contra");
        enter(token, issuer, buyer.account, 60, "other money does as well");
        reverse("wrong", buyer.account, 100, "contra");
        assertEq(balance(token, buyer), 0);
    }

    function test_bug_23_nothing_is_taken_from_a_contract_of_the_system() public {
        address escrow = addressOf("TradeEscrow");
        enter(token, issuer, escrow, 5, "to the escrow");
        refuse(
            abi.encodeWithSelector(IEnforcement.EnforcementHolderProtected.selector, escrow),
            "to the escrow",
            escrow,
            5,
            "contra"
        );
    }

    function test_under_a_moratorium_nothing_is_reversed() public {
        vm.prank(regulator.account);
        registry.declareMoratorium(issuer.id, START + 1 days, keccak256("a reason"));
        refuse(
            abi.encodeWithSelector(IDepositToken.DepositMoratorium.selector, issuer.id, START + 1 days),
            "wrong",
            buyer.account,
            100,
            "contra"
        );
        vm.warp(START + 1 days);
        reverse("wrong", buyer.account, 100, "contra");
    }

    function test_a_reversal_gives_nothing_of_the_days_limit_back() public {
        enter(token, issuer, buyer.account, 900, "the rest of it");
        reverse("wrong", buyer.account, 100, "contra");
        (, uint128 available,,) = token.entryLimit();
        assertEq(available, 0);
    }

    function test_only_the_bank_reverses_its_entries() public {
        address[5] memory callers = [confirmer.account, buyer.account, operator.account, regulator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Reversal
                )
            );
            vm.prank(callers[i]);
            token.reverseEntry("wrong", buyer.account, 100, "contra");
        }
    }

    function _refuseUnknown(bytes32 ref, address holder, uint128 amount) internal {
        refuse(
            abi.encodeWithSelector(IDepositToken.EntryUnknown.selector, ref, holder, amount),
            ref,
            holder,
            amount,
            "contra"
        );
    }

    function _notFree(uint256 free) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IDepositToken.EntryNotFree.selector, bytes32("wrong"), buyer.account, 100, free
        );
    }
}
