// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ISettlementCycles} from "../../../contracts/interfaces/ISettlementCycles.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";

/// @notice Three banks owe each other for payments of their customers, and hold money at a settlement agent.
contract SettlementCyclesTest is System {
    bytes3 internal constant EUR = "EUR";

    Party internal agent;
    DepositToken internal atAgent;
    uint32[] internal members;
    uint256 internal references;

    event SettlementJoined(uint32 indexed bank, bytes3 indexed currency, uint32 indexed agent);
    event SettlementLeft(uint32 indexed bank, bytes3 indexed currency, uint32 indexed agent, uint48 until);
    event CycleSettled(
        bytes32 indexed id, uint32 indexed agent, bytes3 indexed currency, bytes32 ref, uint256 gross, uint256 paid
    );
    event BankSettled(bytes32 indexed cycleId, uint32 indexed bank, uint32 indexed agent, int256 net);
    event PositionChanged(uint32 indexed creditor, uint32 indexed debtor, bytes3 indexed currency, int128 owed);

    function setUp() public {
        deploySystem();
        agent = admit("agent", Roles.BANK);
        atAgent = createToken(agent, EUR, 2);
        Party[3] memory banks = [issuer, adviser, confirmer];
        for (uint256 i = 0; i < 3; ++i) {
            enter(createToken(banks[i], EUR, 2), banks[i], buyer.account, 10_000, "opening");
            join(banks[i]);
            members.push(banks[i].id);
            for (uint256 j = 0; j < 3; ++j) {
                if (i != j) grant(banks[i], banks[j], EUR, 10_000);
            }
        }
    }

    // What is netted.

    function test_a_ring_of_equal_debts_costs_nobody_anything() public {
        pay(issuer, adviser, 500);
        pay(adviser, confirmer, 500);
        pay(confirmer, issuer, 500);
        bytes32 id = clearing.cycleId(agent.id, EUR, "first");
        vm.expectEmit();
        emit CycleSettled(id, agent.id, EUR, "first", 1_500, 0);
        assertEq(settle("first"), id);
        assertNothingOwed();
        assertEq(atAgent.totalSupply(), 0, "nobody needed money at the agent");
    }

    function test_each_bank_pays_or_gets_one_sum() public {
        pay(issuer, adviser, 700);
        pay(issuer, confirmer, 300);
        pay(adviser, confirmer, 200);
        fund(issuer, 1_000);
        bytes32 id = clearing.cycleId(agent.id, EUR, "first");
        vm.expectEmit();
        emit PositionChanged(adviser.id, issuer.id, EUR, 0);
        vm.expectEmit();
        emit BankSettled(id, issuer.id, agent.id, -1_000);
        vm.expectEmit();
        emit BankSettled(id, adviser.id, agent.id, 500);
        vm.expectEmit();
        emit BankSettled(id, confirmer.id, agent.id, 500);
        vm.expectEmit();
        emit CycleSettled(id, agent.id, EUR, "first", 1_200, 1_000);
        settle("first");
        assertNothingOwed();
        assertEq(balance(atAgent, issuer), 0);
        assertEq(balance(atAgent, adviser), 500);
        assertEq(balance(atAgent, confirmer), 500);
    }

    function test_only_positions_among_the_named_banks_are_settled() public {
        pay(issuer, adviser, 700);
        pay(issuer, confirmer, 300);
        fund(issuer, 700);
        members.pop();
        settle("two of three");
        assertEq(clearing.owedTo(adviser.id, issuer.id, EUR), 0);
        assertEq(clearing.owedTo(confirmer.id, issuer.id, EUR), 300, "the third bank is owed as before");
    }

    function test_a_settled_position_leaves_the_whole_limit_free() public {
        pay(issuer, confirmer, 10_000);
        enter(DepositToken(tokenFactory.tokenOf(issuer.id, EUR)), issuer, buyer.account, 10_000, "more");
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.ClearingLimitExceeded.selector, confirmer.id, issuer.id, EUR)
        );
        this.pay(issuer, confirmer, 1);
        fund(issuer, 10_000);
        settle("first");
        pay(issuer, confirmer, 10_000);
    }

    /// @dev Positions of every kind; the nets are computed here from what was paid.
    function testFuzz_what_banks_get_is_what_they_were_owed_less_what_they_owed(int64[3] calldata flows) public {
        int256[3] memory nets;
        Party[3] memory banks = [issuer, adviser, confirmer];
        bool none = true;
        for (uint256 i = 0; i < 3; ++i) {
            int256 flow = int256(flows[i]) % 10_000;
            if (flow == 0) continue;
            none = false;
            (uint256 from, uint256 to) = flow > 0 ? (i, (i + 1) % 3) : ((i + 1) % 3, i);
            uint256 amount = uint256(flow > 0 ? flow : -flow);
            enter(DepositToken(tokenFactory.tokenOf(banks[from].id, EUR)), banks[from], buyer.account, 10_000, bytes32(i + 1));
            pay(banks[from], banks[to], uint128(amount));
            nets[from] -= int256(amount);
            nets[to] += int256(amount);
        }
        if (none) {
            vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleEmpty.selector));
            this.settle("first");
            return;
        }
        for (uint256 i = 0; i < 3; ++i) {
            if (nets[i] < 0) fund(banks[i], uint128(uint256(-nets[i])));
        }
        settle("first");
        assertNothingOwed();
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(balance(atAgent, banks[i]), nets[i] > 0 ? uint256(nets[i]) : 0, "exactly its net");
        }
    }

    // All or nothing.

    function test_a_cycle_in_which_banks_are_short_changes_nothing_and_names_them_all() public {
        pay(issuer, confirmer, 700);
        pay(adviser, confirmer, 400);
        fund(issuer, 600);
        fund(adviser, 399);
        uint32[] memory short = new uint32[](2);
        uint256[] memory missing = new uint256[](2);
        (short[0], short[1]) = (issuer.id, adviser.id);
        (missing[0], missing[1]) = (100, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleShort.selector, short, missing));
        this.settle("first");
        assertEq(clearing.owedTo(confirmer.id, issuer.id, EUR), 700, "positions stay as they were");
        assertEq(balance(atAgent, issuer), 600);

        fund(issuer, 100);
        fund(adviser, 1);
        settle("first");
        assertNothingOwed();
        assertEq(balance(atAgent, confirmer), 1_100);
    }

    function test_frozen_money_settles_nothing() public {
        pay(issuer, confirmer, 100);
        fund(issuer, 150);
        vm.prank(agent.account);
        atAgent.setFrozen(issuer.account, 60, "an order");
        uint32[] memory short = new uint32[](1);
        uint256[] memory missing = new uint256[](1);
        (short[0], missing[0]) = (issuer.id, 10);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleShort.selector, short, missing));
        this.settle("first");
        vm.prank(agent.account);
        atAgent.setFrozen(issuer.account, 50, "part of it was lifted");
        settle("first");
    }

    function test_a_reference_settles_once() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 20);
        settle("first");
        pay(issuer, confirmer, 10);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleReferenceInvalid.selector, bytes32("first")));
        this.settle("first");
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleReferenceInvalid.selector, bytes32(0)));
        this.settle(0);
        settle("second");
    }

    function test_the_banks_of_a_cycle_are_two_or_more_in_ascending_order() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 10);
        members = [issuer.id];
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleBanksInvalid.selector, 1, 32));
        this.settle("one");
        members = new uint32[](33);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleBanksInvalid.selector, 33, 32));
        this.settle("too many");
        members = [issuer.id, issuer.id];
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleBanksNotAscending.selector, issuer.id));
        this.settle("twice");
        members = [confirmer.id, issuer.id];
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleBanksNotAscending.selector, issuer.id));
        this.settle("descending");
    }

    // Who joins, who settles.

    function test_nobody_but_the_agent_that_a_bank_chose_settles_for_it() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 10);
        Party memory other = admit("other agent", Roles.BANK);
        createToken(other, EUR, 2);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementNotJoined.selector, issuer.id, other.id));
        vm.prank(other.account);
        clearing.settle(EUR, members, "first");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, buyer.account));
        vm.prank(buyer.account);
        clearing.settle(EUR, members, "first");
    }

    function test_a_bank_that_never_joined_is_not_settled() public {
        Party memory newcomer = admit("newcomer", Roles.BANK);
        members = [issuer.id, newcomer.id];
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementNotJoined.selector, newcomer.id, agent.id));
        this.settle("first");
    }

    function test_notice_takes_effect_after_one_day_and_can_be_taken_back() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 10);
        uint48 until = uint48(block.timestamp) + 1 days;
        vm.expectEmit();
        emit SettlementLeft(issuer.id, EUR, agent.id, until);
        giveNotice(issuer);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementNotJoined.selector, issuer.id, agent.id));
        this.giveNotice(issuer);

        vm.warp(until - 1);
        uint256 snapshot = vm.snapshotState();
        settle("last second");
        vm.revertToState(snapshot);
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementNotJoined.selector, issuer.id, agent.id));
        this.settle("too late");

        vm.expectEmit();
        emit SettlementJoined(issuer.id, EUR, agent.id);
        join(issuer);
        settle("again a member");
    }

    function test_a_bank_changes_its_agent_only_when_its_notice_is_over() public {
        Party memory other = admit("other agent", Roles.BANK);
        createToken(other, EUR, 2);
        bytes memory want = abi.encodeWithSelector(ISettlementCycles.SettlementAlreadyJoined.selector, issuer.id, agent.id);
        vm.expectRevert(want);
        this.joinAt(issuer, other);
        giveNotice(issuer);
        vm.expectRevert(want);
        this.joinAt(issuer, other);
        vm.warp(block.timestamp + 1 days);
        joinAt(issuer, other);
        assertEq(clearing.mandateOf(issuer.id, EUR).agent, other.id);
    }

    function test_an_agent_is_another_bank_that_has_money_in_the_currency() public {
        Party memory newcomer = admit("newcomer", Roles.BANK);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementAgentInvalid.selector, newcomer.id));
        this.joinAt(newcomer, newcomer);
        vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.SettlementAgentInvalid.selector, buyer.id));
        this.joinAt(newcomer, buyer);
        Party memory another = admit("another newcomer", Roles.BANK);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingTokenUnknown.selector, newcomer.id, EUR));
        this.joinAt(another, newcomer);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, buyer.account));
        this.joinAt(buyer, agent);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingNotEntitled.selector, buyer.account));
        this.giveNotice(buyer);
    }

    // Suspension and moratorium.

    function test_a_suspended_bank_settles_what_it_owes_and_joins_nothing_new() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 10);
        Party memory newcomer = admit("newcomer", Roles.BANK);
        suspend(issuer);
        suspend(agent);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingBankSuspended.selector, agent.id));
        this.join(newcomer);
        suspend(newcomer);
        settle("first");
        assertNothingOwed();
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.ClearingBankSuspended.selector, newcomer.id));
        this.join(newcomer);
    }

    function test_no_bank_under_a_moratorium_settles_before_its_other_creditors_nor_does_its_money_settle() public {
        pay(issuer, confirmer, 10);
        fund(issuer, 10);
        Party[2] memory stopped = [issuer, agent];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint48 until = uint48(block.timestamp) + 1 days;
            vm.prank(regulator.account);
            registry.declareMoratorium(stopped[i].id, until, "reason");
            vm.expectRevert(abi.encodeWithSelector(ISettlementCycles.CycleMoratorium.selector, stopped[i].id, until));
            this.settle("first");
            vm.warp(until);
            settle("first");
            vm.revertToState(snapshot);
        }
    }

    function pay(Party memory from, Party memory to, uint128 amount) public {
        vm.prank(buyer.account);
        clearing.pay(IClearingHouse.Payment(from.id, seller.id, to.id, EUR, amount, bytes32(++references)));
    }

    function fund(Party memory bank, uint128 amount) internal {
        enter(atAgent, agent, bank.account, amount, bytes32(++references));
    }

    function join(Party memory bank) public {
        joinAt(bank, agent);
    }

    function joinAt(Party memory bank, Party memory chosen) public {
        vm.prank(bank.account);
        clearing.joinSettlement(EUR, chosen.id);
    }

    function giveNotice(Party memory bank) public {
        vm.prank(bank.account);
        clearing.leaveSettlement(EUR);
    }

    function settle(bytes32 ref) public returns (bytes32) {
        vm.prank(agent.account);
        return clearing.settle(EUR, members, ref);
    }

    function suspend(Party memory party) internal {
        vm.prank(operator.account);
        registry.suspend(party.id, "reason");
    }

    function assertNothingOwed() internal view {
        for (uint256 i = 0; i < members.length; ++i) {
            for (uint256 j = i + 1; j < members.length; ++j) {
                assertEq(clearing.owedTo(members[i], members[j], EUR), 0, "nothing is owed");
            }
        }
    }
}
