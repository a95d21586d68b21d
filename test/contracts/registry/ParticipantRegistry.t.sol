// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {Transitions} from "../../../contracts/libraries/Transitions.sol";
import {ParticipantRegistry} from "../../../contracts/registry/ParticipantRegistry.sol";
import {System} from "../support/System.sol";
import {Vm} from "../support/Test.sol";

contract ParticipantRegistryTest is System {
    function setUp() public {
        deploySystem();
    }

    function test_an_admitted_party_has_an_id_an_account_and_its_roles() public view {
        IParticipantRegistry.Participant memory record = registry.participant(issuer.id);
        assertEq(record.account, issuer.account);
        assertEq(record.leiCommitment, keccak256("issuer"));
        assertEq(bytes32(record.country), bytes32(bytes2("DE")));
        assertEq(record.roles, Roles.BANK);
        assertEq(uint256(record.status), uint256(IParticipantRegistry.Status.Active));
        assertEq(record.admittedAt, START);
        assertEq(registry.idOf(issuer.account), issuer.id);
        assertEq(registry.accountOf(issuer.id), issuer.account);
        assertTrue(registry.isActive(issuer.id));
        assertEq(registry.participantCount(), 8);
    }

    function test_admission_is_told_with_the_commitment_only() public {
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(keysOf("x"));
        vm.recordLogs();
        vm.prank(operator.account);
        (uint32 id, address account) = registry.admit(keccak256("x"), "NL", Roles.CARRIER, keys);
        bool found;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IParticipantRegistry.ParticipantAdmitted.selector) continue;
            found = true;
            assertEq(uint256(logs[i].topics[1]), id);
            assertEq(address(uint160(uint256(logs[i].topics[2]))), account);
            assertEq(logs[i].data, abi.encode(keccak256("x"), bytes2("NL"), Roles.CARRIER), "data");
        }
        assertTrue(found, "ParticipantAdmitted");
    }

    function test_banks_the_operator_and_regulators_have_four_eyes_and_others_have_two() public view {
        assertTrue(IParticipantAccount(issuer.account).fourEyes());
        assertTrue(IParticipantAccount(operator.account).fourEyes());
        assertTrue(IParticipantAccount(regulator.account).fourEyes());
        assertFalse(IParticipantAccount(buyer.account).fourEyes());
        assertFalse(IParticipantAccount(arbiter.account).fourEyes());
    }

    function test_U03_the_same_commitment_is_admitted_once_and_a_branch_abroad_is_another_bank() public {
        _refuseAdmission(
            abi.encodeWithSelector(IParticipantRegistry.ParticipantExists.selector, keccak256("issuer")),
            keccak256("issuer"),
            "DE",
            Roles.BANK
        );
        Party memory branch = keysOf("branch");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(branch);
        vm.prank(operator.account);
        (branch.id, branch.account) = registry.admit(keccak256("issuer, SG"), "SG", Roles.BANK, keys);
        assertTrue(branch.id != issuer.id && branch.account != issuer.account, "U03: an id of its own");
    }

    function test_roles_that_contradict_each_other_are_refused() public {
        uint32[8] memory roles = [
            uint32(0),
            Roles.ALL + 1,
            Roles.BANK | Roles.MERCHANT,
            Roles.REGULATOR | Roles.ARBITER,
            Roles.REGULATOR | Roles.BANK,
            Roles.OPERATOR,
            Roles.OPERATOR | Roles.BANK,
            type(uint32).max
        ];
        for (uint256 i = 0; i < roles.length; ++i) {
            _refuseAdmission(
                abi.encodeWithSelector(IParticipantRegistry.ParticipantRolesInvalid.selector, roles[i]),
                keccak256("new"),
                "DE",
                roles[i]
            );
        }
    }

    function test_a_country_is_two_capital_letters() public {
        bytes2[4] memory countries = [bytes2("de"), bytes2("D"), bytes2("D1"), bytes2(0)];
        for (uint256 i = 0; i < countries.length; ++i) {
            _refuseAdmission(
                abi.encodeWithSelector(IParticipantRegistry.ParticipantCountryInvalid.selector, countries[i]),
                keccak256("new"),
                countries[i],
                Roles.BANK
            );
        }
    }

    function test_a_commitment_is_never_empty() public {
        bytes memory want = abi.encodeWithSelector(IParticipantRegistry.ParticipantCommitmentMissing.selector);
        _refuseAdmission(want, 0, "DE", Roles.BANK);
    }

    function test_founding_keys_must_suffice_for_the_account() public {
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(keysOf("new"));
        keys[1].purposes = Purposes.PROPOSE;
        vm.expectRevert(IParticipantRegistry.ParticipantKeysInvalid.selector);
        vm.prank(operator.account);
        registry.admit(keccak256("new"), "DE", Roles.BANK, keys);

        vm.expectRevert(IParticipantRegistry.ParticipantKeysInvalid.selector);
        vm.prank(operator.account);
        registry.admit(keccak256("new"), "DE", Roles.MERCHANT, new IParticipantRegistry.FoundingKey[](0));
    }

    function test_a_party_is_founded_with_sixteen_keys_at_most() public {
        IParticipantRegistry.FoundingKey[] memory keys = new IParticipantRegistry.FoundingKey[](17);
        for (uint256 i = 0; i < keys.length; ++i) {
            keys[i] = IParticipantRegistry.FoundingKey(signerOf(i + 1), Purposes.ALL);
        }
        vm.expectRevert(IParticipantRegistry.ParticipantKeysInvalid.selector);
        vm.prank(operator.account);
        registry.admit(keccak256("new"), "DE", Roles.BANK, keys);
    }

    function test_the_operator_admits_through_an_order_of_two_keys() public {
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(keysOf("new"));
        bytes memory data = abi.encodeCall(registry.admit, (keccak256("new"), "DE", Roles.INSURER, keys));
        bytes memory result = actAs(operator, address(registry), data);
        (uint32 id,) = abi.decode(result, (uint32, address));
        assertTrue(registry.hasRole(id, Roles.INSURER));
    }

    function test_AUTH_nobody_but_the_operator_admits_suspends_or_reinstates() public {
        address[4] memory callers = [issuer.account, regulator.account, stranger, vm.addr(operator.maker)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want =
                abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(want);
            registry.admit(keccak256("new"), "DE", Roles.BANK, new IParticipantRegistry.FoundingKey[](0));
            vm.expectRevert(want);
            registry.suspend(issuer.id, 0);
            vm.expectRevert(want);
            registry.reinstate(issuer.id, 0);
            vm.expectRevert(want);
            registry.setAuthority(callers[i]);
            vm.stopPrank();
        }
    }

    function test_a_suspended_party_enters_no_new_deal_but_keeps_its_account_roles_and_money() public {
        vm.prank(operator.account);
        registry.suspend(issuer.id, keccak256("reason"));
        assertFalse(registry.isActive(issuer.id));
        assertTrue(registry.hasRole(issuer.id, Roles.BANK));
        assertTrue(registry.mayHold(issuer.account));
        assertEq(registry.idOf(issuer.account), issuer.id);
        assertEq(uint256(registry.participant(issuer.id).status), uint256(IParticipantRegistry.Status.Suspended));

        vm.prank(operator.account);
        registry.reinstate(issuer.id, keccak256("reason"));
        assertTrue(registry.isActive(issuer.id));
    }

    function test_suspension_and_reinstatement_happen_once_each() public {
        IParticipantRegistry.Status active = IParticipantRegistry.Status.Active;
        IParticipantRegistry.Status suspended = IParticipantRegistry.Status.Suspended;
        bytes4 selector = IParticipantRegistry.ParticipantWrongStatus.selector;
        vm.startPrank(operator.account);
        vm.expectRevert(abi.encodeWithSelector(selector, issuer.id, active, suspended));
        registry.reinstate(issuer.id, 0);
        registry.suspend(issuer.id, 0);
        vm.expectRevert(abi.encodeWithSelector(selector, issuer.id, suspended, active));
        registry.suspend(issuer.id, 0);
    }

    function test_an_unknown_id_is_unknown_everywhere() public {
        uint32[2] memory ids = [uint32(0), 99];
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes memory want = abi.encodeWithSelector(IParticipantRegistry.ParticipantUnknown.selector, ids[i]);
            vm.expectRevert(want);
            registry.participant(ids[i]);
            vm.expectRevert(want);
            registry.accountOf(ids[i]);
            vm.expectRevert(want);
            vm.prank(operator.account);
            registry.suspend(ids[i], 0);
            assertFalse(registry.isActive(ids[i]));
            assertFalse(registry.hasRole(ids[i], Roles.ALL));
        }
    }

    function test_only_accounts_and_listed_system_contracts_may_hold() public view {
        assertTrue(registry.mayHold(buyer.account));
        assertTrue(registry.mayHold(addressOf("TradeEscrow")));
        assertFalse(registry.mayHold(stranger));
        assertFalse(registry.mayHold(address(0)));
        assertFalse(registry.mayHold(vm.addr(buyer.maker)), "a key is not the account");
        assertFalse(registry.mayHold(addressOf("Credits")), "no money stands in Credits");
        assertFalse(registry.mayHold(addressOf("ParticipantAccount")), "nor in the implementation");
    }

    function test_an_act_is_routine_only_when_the_registry_was_made_with_it() public view {
        assertTrue(registry.isRoutine(addressOf("BankingCalendar"), IBankingCalendar.extend.selector));
        assertFalse(registry.isRoutine(addressOf("BankingCalendar"), IBankingCalendar.publish.selector));
        assertFalse(registry.isRoutine(address(7), IBankingCalendar.extend.selector));
    }

    function test_no_registry_is_made_without_the_implementation_of_its_accounts() public {
        IParticipantRegistry.Lists memory noLists;
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantRegistry.ParticipantImplementationMissing.selector, address(77))
        );
        new ParticipantRegistry(
            address(authority),
            address(77),
            noLists,
            IParticipantRegistry.FoundingOperator(keccak256("other"), "DE", foundingKeys(keysOf("other")))
        );
    }

    function test_the_table_of_participant_states_has_three_steps() public pure {
        uint256 steps;
        for (uint8 from = 0; from < 9; ++from) {
            for (uint8 to = 0; to < 9; ++to) {
                if (Transitions.allowed(Transitions.PARTICIPANT, from, to)) ++steps;
            }
        }
        assertEq(steps, 3);
        assertTrue(Transitions.allowed(Transitions.PARTICIPANT, 0, 1), "admit");
        assertTrue(Transitions.allowed(Transitions.PARTICIPANT, 1, 2), "suspend");
        assertTrue(Transitions.allowed(Transitions.PARTICIPANT, 2, 1), "reinstate");
    }

    function _refuseAdmission(bytes memory want, bytes32 commitment, bytes2 country, uint32 roles) internal {
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(keysOf("new"));
        vm.expectRevert(want);
        vm.prank(operator.account);
        registry.admit(commitment, country, roles, keys);
    }
}
