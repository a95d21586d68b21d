// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IDepositTokenFactory} from "../../../contracts/interfaces/IDepositTokenFactory.sol";
import {IDepositTokenMaker} from "../../../contracts/interfaces/IDepositTokenMaker.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {DepositTokenMaker} from "../../../contracts/money/DepositTokenMaker.sol";
import {System} from "../support/System.sol";

contract DepositTokenFactoryTest is System {
    function setUp() public {
        deploySystem();
        vm.startPrank(operator.account);
        tokenFactory.listCurrency("EUR", 2);
        tokenFactory.listCurrency("JPY", 0);
        vm.stopPrank();
    }

    function test_a_bank_makes_its_token_in_a_listed_currency() public {
        vm.recordLogs();
        vm.prank(issuer.account);
        address token = tokenFactory.create("EUR", 1_000);
        assertEq(vm.getRecordedLogs().length, 2, "the maker's event, and its own");
        (uint128 limit, uint128 available,,) = DepositToken(token).entryLimit();
        assertEq(limit, 1_000);
        assertEq(available, 1_000);
        assertEq(tokenFactory.tokenOf(issuer.id, "EUR"), token);
        (uint32 bank, bytes3 currency) = tokenFactory.issuerOf(token);
        assertEq(bank, issuer.id);
        assertEq(bytes32(currency), bytes32(bytes3("EUR")));
    }

    function test_a_bank_makes_one_token_a_currency() public {
        vm.startPrank(issuer.account);
        address token = tokenFactory.create("EUR", 1_000);
        vm.expectRevert(
            abi.encodeWithSelector(IDepositTokenFactory.TokenExists.selector, issuer.id, bytes3("EUR"))
        );
        tokenFactory.create("EUR", 1_000);
        assertTrue(tokenFactory.create("JPY", 1_000) != token, "another currency is another token");
        vm.stopPrank();
        vm.prank(confirmer.account);
        assertTrue(tokenFactory.create("EUR", 1_000) != token, "another bank's money is another token");
    }

    function test_only_banks_make_tokens() public {
        address[4] memory callers = [buyer.account, operator.account, regulator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDepositTokenFactory.TokenNotEntitled.selector, callers[i]));
            vm.prank(callers[i]);
            tokenFactory.create("XXX", 1_000);
        }
    }

    function test_the_maker_makes_tokens_for_the_factory_alone() public {
        DepositTokenMaker maker = DepositTokenMaker(addressOf("DepositTokenMaker"));
        assertEq(maker.factory(), address(tokenFactory));
        assertEq(address(tokenFactory.maker()), address(maker));
        DepositToken.Making memory making;
        (making.registry, making.bank, making.currency) = (registry, issuer.id, "EUR");
        address[3] memory callers = [issuer.account, operator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDepositTokenMaker.TokenMakerNotEntitled.selector, callers[i]));
            vm.prank(callers[i]);
            maker.make("EUR deposit", "EUR", making);
        }
    }

    function test_a_currency_that_is_not_listed_is_unknown() public {
        bytes memory want = abi.encodeWithSelector(IDepositTokenFactory.TokenCurrencyUnknown.selector, bytes3("USD"));
        vm.expectRevert(want);
        vm.prank(issuer.account);
        tokenFactory.create("USD", 1_000);
        vm.expectRevert(want);
        tokenFactory.exponentOf("USD");
    }

    function test_only_the_operator_lists_currencies() public {
        address[3] memory callers = [issuer.account, regulator.account, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]));
            vm.prank(callers[i]);
            tokenFactory.listCurrency("USD", 2);
        }
    }

    function test_a_currency_is_three_capitals_with_an_exponent_of_four_at_most_and_listed_once() public {
        _refuse("eur", 2);
        _refuse("EU", 2);
        _refuse("E1R", 2);
        _refuse("CLF", 5);
        _refuse("EUR", 2);
        _refuse("EUR", 3);
        vm.prank(operator.account);
        tokenFactory.listCurrency("CLF", 4);
        assertEq(tokenFactory.exponentOf("CLF"), 4);
        assertEq(tokenFactory.exponentOf("JPY"), 0, "an exponent of 0 is listed too");
        assertEq(tokenFactory.exponentOf("EUR"), 2, "a listed exponent never changes");
    }

    function test_an_address_that_is_no_token_has_no_issuer() public view {
        (uint32 bank, bytes3 currency) = tokenFactory.issuerOf(stranger);
        assertEq(bank, 0);
        assertEq(bytes32(currency), 0);
        assertEq(tokenFactory.tokenOf(issuer.id, "EUR"), address(0));
    }

    function _refuse(bytes3 currency, uint8 exponent) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IDepositTokenFactory.TokenCurrencyInvalid.selector, currency, exponent)
        );
        vm.prank(operator.account);
        tokenFactory.listCurrency(currency, exponent);
    }
}
