// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccountRecovery} from "../../../contracts/interfaces/IAccountRecovery.sol";
import {IAccountThresholds} from "../../../contracts/interfaces/IAccountThresholds.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

contract AccountRecoveryTest is System {
    uint48 internal constant DELAY = 7 days;
    Target internal target;
    bytes internal act = abi.encodeCall(Target.act, (1));
    Party internal renewed;

    function setUp() public {
        deploySystem();
        target = new Target();
        renewed = keysOf("issuer renewed");
        (renewed.id, renewed.account) = (issuer.id, issuer.account);
    }

    function test_a_participant_that_lost_its_keys_has_new_ones_after_seven_days() public {
        vm.expectEmit(address(registry));
        emit IAccountRecovery.RecoveryProposed(
            issuer.id, operator.id, _change(renewed), uint48(block.timestamp) + DELAY
        );
        _propose(operator);
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(address(registry));
        emit IAccountRecovery.RecoveryCompleted(issuer.id);
        _complete();
        actAs(renewed, address(target), act);
        assertEq(target.lastCaller(), issuer.account, "the account stays the same");
        assertEq(registry.recoveryOf(issuer.id).proposer, 0, "over");
        assertTrue(IParticipantAccount(issuer.account).fourEyes(), "still four eyes");
    }

    function test_nothing_changes_one_second_before_the_delay_is_over() public {
        _propose(operator);
        uint48 from = uint48(block.timestamp) + DELAY;
        vm.warp(from - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAccountRecovery.RecoveryTooEarly.selector, issuer.id, from, from - 1)
        );
        _complete();
        actAs(issuer, address(target), act);
    }

    function test_an_order_made_before_a_rotation_is_dead() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        order.deadline = uint48(block.timestamp + 30 days);
        IParticipantAccount.Approval[] memory approvals =
            approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        bytes memory consented = consent(issuer, "hash", keyPair(issuer.maker, issuer.checker));
        _propose(operator);
        vm.warp(block.timestamp + DELAY);
        _complete();
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, approvals[0].signer)
        );
        IParticipantAccount(issuer.account).execute(order, approvals);
        bytes4 answer = IParticipantAccount(issuer.account).isValidSignature("hash", consented);
        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), "and so is a consent");
    }

    function test_a_guardian_that_the_participant_named_proposes_too() public {
        vm.expectEmit(address(registry));
        emit IAccountRecovery.GuardianNamed(issuer.id, adviser.id);
        vm.prank(issuer.account);
        registry.nameGuardian(adviser.id);
        assertEq(registry.guardianOf(issuer.id), adviser.id);
        _propose(adviser);
        vm.warp(block.timestamp + DELAY);
        _complete();
        actAs(renewed, address(target), act);
    }

    function test_nobody_else_proposes() public {
        Party[4] memory others = [adviser, issuer, regulator, buyer];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i].account)
            );
            _propose(others[i]);
        }
        vm.prank(issuer.account);
        registry.nameGuardian(adviser.id);
        vm.prank(issuer.account);
        registry.nameGuardian(0);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, adviser.account));
        _propose(adviser);
        // A stranger's id is 0, like the guardian of a participant that named none.
        IAccountRecovery.KeyChange memory change = _change(renewed);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        registry.proposeRecovery(issuer.id, change);
    }

    function test_the_account_itself_its_regulator_and_the_proposer_can_veto_within_the_delay() public {
        Party[3] memory vetoers = [issuer, regulator, operator];
        for (uint256 i = 0; i < vetoers.length; ++i) {
            _propose(operator);
            vm.warp(block.timestamp + DELAY - 1);
            vm.expectEmit(address(registry));
            emit IAccountRecovery.RecoveryVetoed(issuer.id, vetoers[i].id);
            _veto(vetoers[i]);
            vm.warp(block.timestamp + DELAY);
            vm.expectRevert(abi.encodeWithSelector(IAccountRecovery.RecoveryUnknown.selector, issuer.id));
            _complete();
        }
    }

    function test_nobody_else_vetoes() public {
        _propose(operator);
        Party memory foreign = keysOf("foreign regulator");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(foreign);
        vm.prank(operator.account);
        (foreign.id, foreign.account) = registry.admit("foreign regulator", "NL", Roles.REGULATOR, keys);
        Party[3] memory others = [adviser, buyer, foreign];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IAccountRecovery.RecoveryNotEntitled.selector, others[i].account, issuer.id
                )
            );
            _veto(others[i]);
        }
        vm.expectRevert(
            abi.encodeWithSelector(IAccountRecovery.RecoveryNotEntitled.selector, stranger, issuer.id)
        );
        vm.prank(stranger);
        registry.vetoRecovery(issuer.id);
    }

    function test_a_veto_of_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAccountRecovery.RecoveryUnknown.selector, issuer.id));
        _veto(issuer);
    }

    function test_one_proposal_at_a_time_so_that_no_delay_is_cut_short() public {
        _propose(operator);
        vm.expectRevert(abi.encodeWithSelector(IAccountRecovery.RecoveryExists.selector, issuer.id));
        _propose(operator);
    }

    function test_other_keys_than_proposed_are_not_set() public {
        _propose(operator);
        vm.warp(block.timestamp + DELAY);
        IAccountRecovery.KeyChange memory other = _change(keysOf("a thief"));
        vm.expectPartialRevert(IAccountRecovery.RecoveryKeysDiffer.selector);
        registry.completeRecovery(issuer.id, other);
    }

    function test_an_account_that_changed_its_keys_in_the_meantime_was_not_lost() public {
        _propose(operator);
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).addKey(signerOf(0xA11CE), Purposes.APPROVE);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(IParticipantAccount.KeysRemain.selector);
        _complete();
    }

    function test_new_keys_must_suffice_for_a_bank_and_for_its_thresholds() public {
        IAccountThresholds.Threshold memory three = IAccountThresholds.Threshold(address(0), 0, "EUR", 3, 1);
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).addKey(signerOf(0xA11CE), Purposes.APPROVE);
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).setThreshold(three);
        IAccountRecovery.KeyChange memory change = _change(renewed);
        change.revoked = new bytes[](4);
        for (uint256 i = 0; i < 3; ++i) {
            change.revoked[i] = _signers(issuer)[i];
        }
        change.revoked[3] = signerOf(0xA11CE);
        vm.prank(operator.account);
        registry.proposeRecovery(issuer.id, change);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(IParticipantRegistry.ParticipantKeysInvalid.selector);
        registry.completeRecovery(issuer.id, change);
    }

    function test_a_guardian_is_another_participant() public {
        uint32[2] memory guardians = [issuer.id, registry.participantCount() + 1];
        for (uint256 i = 0; i < guardians.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAccountRecovery.RecoveryGuardianInvalid.selector, guardians[i])
            );
            vm.prank(issuer.account);
            registry.nameGuardian(guardians[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IAccountRecovery.RecoveryNotEntitled.selector, stranger, 0));
        vm.prank(stranger);
        registry.nameGuardian(issuer.id);
    }

    function test_a_participant_that_is_unknown_has_no_keys_to_recover() public {
        uint32 unknown = registry.participantCount() + 1;
        IAccountRecovery.KeyChange memory change = _change(renewed);
        vm.expectRevert(abi.encodeWithSelector(IAccountRecovery.RecoveryUnknown.selector, unknown));
        vm.prank(operator.account);
        registry.proposeRecovery(unknown, change);
    }

    function test_only_the_registry_replaces_keys() public {
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.AccountNotRegistry.selector, operator.account));
        vm.prank(operator.account);
        IParticipantAccount(issuer.account).replaceKeys(new bytes[](0), new bytes[](0), new uint8[](0));
    }

    function _signers(Party memory party) internal pure returns (bytes[] memory signers) {
        signers = new bytes[](3);
        signers[0] = signerOf(party.maker);
        signers[1] = signerOf(party.checker);
        signers[2] = signerOf(party.administrator);
    }

    function _change(Party memory to) internal view returns (IAccountRecovery.KeyChange memory change) {
        change.revoked = _signers(issuer);
        change.signers = _signers(to);
        change.purposes = new uint8[](3);
        change.purposes[0] = Purposes.PROPOSE | Purposes.OPERATE;
        change.purposes[1] = Purposes.APPROVE;
        change.purposes[2] = Purposes.ADMINISTER;
    }

    function _propose(Party memory by) internal {
        IAccountRecovery.KeyChange memory change = _change(renewed);
        vm.prank(by.account);
        registry.proposeRecovery(issuer.id, change);
    }

    function _veto(Party memory by) internal {
        vm.prank(by.account);
        registry.vetoRecovery(issuer.id);
    }

    function _complete() internal {
        registry.completeRecovery(issuer.id, _change(renewed));
    }
}
