// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

contract DepositTokenTest is System {
    DepositToken internal token;
    address internal undertakings;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        undertakings = addressOf("Undertakings");
    }

    function test_a_token_is_the_money_of_one_bank_in_one_currency() public view {
        assertEq(token.bank(), issuer.id);
        assertEq(bytes32(token.currency()), bytes32(bytes3("EUR")));
        assertEq(token.decimals(), 2);
        assertEq(token.symbol(), "EUR.4");
        assertEq(token.name(), "EUR deposit at bank 4");
        assertEq(token.undertakings(), undertakings);
    }

    // Ground (a): the bank's own entry.

    function test_CASH_1_a_bank_creates_money_by_an_entry_that_two_of_its_people_signed() public {
        bytes memory data = abi.encodeCall(token.createByEntry, (buyer.account, 100_00, "entry 1"));
        vm.expectEmit(address(token));
        emit IDepositToken.DepositCreated(IDepositToken.Ground.Entry, "entry 1", buyer.account, 100_00);
        vm.prank(issuer.account);
        token.createByEntry(buyer.account, 100_00, "entry 1");
        assertEq(balance(token, buyer), 100_00);
        assertEq(token.totalSupply(), 100_00);
        assertTrue(token.referenceUsed(IDepositToken.Ground.Entry, "entry 1"));

        bytes memory want = abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector,
            Purposes.PROPOSE | Purposes.OPERATE,
            Purposes.PROPOSE | Purposes.APPROVE,
            1,
            2
        );
        refuseAs(want, issuer, address(token), data, oneKey(issuer.maker));
        data = abi.encodeCall(token.createByEntry, (buyer.account, 50_00, "entry 2"));
        actAs(issuer, address(token), data);
        assertEq(balance(token, buyer), 150_00);
    }

    function test_CASH_1_nobody_else_enters_money_of_a_bank() public {
        address[5] memory callers =
            [confirmer.account, buyer.account, operator.account, undertakings, vm.addr(issuer.maker)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Entry
                )
            );
            vm.prank(callers[i]);
            token.createByEntry(callers[i], 0, 0);
        }
    }

    // Ground (b): a due undertaking.

    function test_CASH_1_undertakings_create_money_without_the_bank() public {
        vm.prank(operator.account);
        registry.suspend(issuer.id, 0);
        vm.expectEmit(address(token));
        emit IDepositToken.DepositCreated(IDepositToken.Ground.Undertaking, "drawing", seller.account, 7);
        vm.prank(undertakings);
        token.createForUndertaking(seller.account, 7, "drawing");
        assertEq(balance(token, seller), 7);
    }

    function test_CASH_1_nobody_else_creates_money_for_an_undertaking() public {
        address[4] memory callers = [issuer.account, seller.account, operator.account, addressOf("Presentations")];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IDepositToken.DepositNotEntitled.selector, callers[i], IDepositToken.Ground.Undertaking
                )
            );
            vm.prank(callers[i]);
            token.createForUndertaking(seller.account, 1, "drawing");
        }
    }

    // References.

    function test_CASH_1_a_reference_creates_money_once() public {
        enter(token, issuer, buyer.account, 1, "once");
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Entry, bytes32("once")
            )
        );
        vm.prank(issuer.account);
        token.createByEntry(seller.account, 2, "once");

        vm.prank(undertakings);
        token.createForUndertaking(seller.account, 1, "drawing");
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepositToken.DepositReferenceUsed.selector, IDepositToken.Ground.Undertaking, bytes32("drawing")
            )
        );
        vm.prank(undertakings);
        token.createForUndertaking(seller.account, 1, "drawing");
    }

    /// @dev Otherwise a bank could enter one cent to itself under the undertaking's id, and its promise would be void.
    function test_U02_a_bank_cannot_spend_the_reference_of_its_undertaking() public {
        bytes32 undertaking = keccak256("undertaking");
        enter(token, issuer, issuer.account, 1, undertaking);
        assertFalse(token.referenceUsed(IDepositToken.Ground.Undertaking, undertaking));
        vm.prank(undertakings);
        token.createForUndertaking(seller.account, 100, undertaking);
        assertEq(balance(token, seller), 100, "U02: the holder is paid all the same");
    }

    function test_a_reference_of_one_token_is_free_at_another() public {
        DepositToken dollars = createToken(issuer, "USD", 2);
        enter(token, issuer, buyer.account, 1, "same");
        enter(dollars, issuer, buyer.account, 1, "same");
        assertEq(balance(dollars, buyer), 1);
    }

    function test_money_without_a_reference_or_without_an_amount_is_refused() public {
        vm.startPrank(issuer.account);
        vm.expectRevert(IDepositToken.DepositReferenceMissing.selector);
        token.createByEntry(buyer.account, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositAmountInvalid.selector, 0));
        token.createByEntry(buyer.account, 0, "entry");
        vm.stopPrank();
        assertFalse(token.referenceUsed(IDepositToken.Ground.Entry, "entry"), "a refused entry uses no reference");
    }

    // Holders.

    function test_only_admitted_parties_and_system_contracts_receive_money() public {
        enter(token, issuer, buyer.account, 10, "entry");
        vm.startPrank(buyer.account);
        token.transfer(seller.account, 3);
        token.transfer(addressOf("TradeEscrow"), 2);
        address[4] memory others = [stranger, vm.addr(seller.maker), address(token), addressOf("Credits")];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositHolderNotAdmitted.selector, others[i]));
            token.transfer(others[i], 1);
        }
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositHolderNotAdmitted.selector, stranger));
        vm.prank(issuer.account);
        token.createByEntry(stranger, 1, "to a stranger");
        assertFalse(token.referenceUsed(IDepositToken.Ground.Entry, "to a stranger"));
        assertEq(balance(token, buyer), 5);
        assertEq(balance(token, seller), 3);
    }

    function test_money_is_not_destroyed_by_a_transfer_to_nobody() public {
        enter(token, issuer, buyer.account, 10, "entry");
        vm.expectRevert();
        vm.prank(buyer.account);
        token.transfer(address(0), 1);
        assertEq(token.totalSupply(), 10);
    }

    function test_a_suspended_party_still_receives_and_pays() public {
        enter(token, issuer, buyer.account, 10, "entry");
        vm.startPrank(operator.account);
        registry.suspend(seller.id, 0);
        registry.suspend(buyer.id, 0);
        vm.stopPrank();
        vm.prank(buyer.account);
        token.transfer(seller.account, 4);
        assertEq(balance(token, seller), 4);
    }

    function test_an_approved_spender_moves_money_only_to_admitted_holders() public {
        enter(token, issuer, buyer.account, 10, "entry");
        vm.prank(buyer.account);
        token.approve(stranger, 10);
        vm.startPrank(stranger);
        token.transferFrom(buyer.account, seller.account, 4);
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositHolderNotAdmitted.selector, stranger));
        token.transferFrom(buyer.account, stranger, 1);
        assertEq(balance(token, seller), 4);
    }

    function testFuzz_CASH_1_the_supply_is_the_sum_over_used_references(
        uint128[8] memory amounts,
        uint8[8] memory refs,
        uint8 grounds
    ) public {
        uint256 book;
        bool[8][2] memory used;
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 ref = refs[i] % 8;
            uint256 ground = (grounds >> i) & 1;
            // Together within what the bank may enter in a day.
            amounts[i] /= 8;
            bool may = amounts[i] > 0 && !used[ground][ref];
            vm.prank(ground == 0 ? issuer.account : undertakings);
            if (!may) vm.expectRevert();
            if (ground == 0) token.createByEntry(buyer.account, amounts[i], bytes32(ref + 1));
            else token.createForUndertaking(buyer.account, amounts[i], bytes32(ref + 1));
            if (!may) continue;
            used[ground][ref] = true;
            book += amounts[i];
        }
        assertEq(token.totalSupply(), book, "CASH-1: supply is the sum over references");
    }
}
