// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClearingHouse} from "../../../contracts/money/ClearingHouse.sol";
import {DepositActsHandler} from "./DepositActsHandler.sol";
import {Test} from "../support/Test.sol";

/// @dev The runner knows contracts of test files only.
contract DepositHandler is DepositActsHandler {}

contract DepositSupplyInvariantTest is Test {
    uint256 internal constant CALLS_EACH_RUN = 8_192;
    uint256 internal constant FUNCTIONS = 13;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    DepositHandler internal handler;

    function setUp() public {
        handler = new DepositHandler();
    }

    /// @notice Read by the runner: the handler's acts, and nothing else, are called.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory selectors) {
        bytes4[] memory acts = new bytes4[](FUNCTIONS);
        acts[0] = handler.enterMoney.selector;
        acts[1] = handler.payUndertaking.selector;
        acts[2] = handler.transferMoney.selector;
        acts[3] = handler.spendApproved.selector;
        acts[4] = handler.tryWhatMustFail.selector;
        acts[5] = handler.payBetweenBanks.selector;
        acts[6] = handler.passTime.selector;
        acts[7] = handler.freezeMoney.selector;
        acts[8] = handler.forceMoney.selector;
        acts[9] = handler.reverseEntry.selector;
        acts[10] = handler.askRedemption.selector;
        acts[11] = handler.endRedemption.selector;
        acts[12] = handler.settleCycle.selector;
        selectors = new FuzzSelector[](1);
        selectors[0] = FuzzSelector(address(handler), acts);
    }

    /// hardhat-config: invariant.runs = 8
    /// hardhat-config: invariant.depth = 8192
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_CASH_1_the_supply_of_each_token_is_the_sum_over_its_references() public view {
        assertEq(handler.violation(), 0, "CASH-1: an act passed that must fail, or failed that must pass");
        for (uint256 token = 0; token < handler.tokenCount(); ++token) {
            uint256 book = handler.created(token);
            assertEq(handler.tokenAt(token).totalSupply(), book, "CASH-1: supply is the sum over references");
            uint256 sum = handler.setAside(token);
            uint256 waits = handler.tokenAt(token).balanceOf(handler.redemptionDesk());
            assertEq(waits, sum, "CASH-1: what is set aside is what is asked for");
            for (uint256 holder = 0; holder < handler.holderCount(); ++holder) {
                sum += _checkHolder(token, holder);
            }
            assertEq(sum, book, "CASH-1: balances add up to the supply");
        }
        (uint32 issuer, uint32 confirmer) = handler.bankIds();
        ClearingHouse clearing = handler.clearingHouse();
        assertEq(clearing.owedTo(confirmer, issuer, "EUR"), handler.owed(), "CASH-1: what banks owe is what was paid");
        assertEq(
            int256(clearing.owedTo(confirmer, issuer, "EUR")) + clearing.owedTo(issuer, confirmer, "EUR"),
            0,
            "CASH-1: all that banks owe adds up to nothing"
        );
    }

    function afterInvariant() external {
        handler.assertBusy("CASH-1", CALLS_EACH_RUN, FUNCTIONS, 200);
    }

    function _checkHolder(uint256 token, uint256 holder) internal view returns (uint256 held) {
        held = handler.held(token, holder);
        address account = handler.accountAt(holder);
        assertEq(handler.tokenAt(token).balanceOf(account), held, "CASH-1: a holder has what the book says");
        uint256 frozen = handler.frozen(token, holder);
        assertEq(handler.tokenAt(token).getFrozenTokens(account), frozen, "CASH-1: so much is frozen as was ordered");
    }
}
