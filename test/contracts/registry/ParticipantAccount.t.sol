// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {ParticipantAccount} from "../../../contracts/registry/ParticipantAccount.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

contract ParticipantAccountTest is System {
    Target internal target;
    /// @dev Its `act` is routine.
    Target internal listed;
    bytes internal act = abi.encodeCall(Target.act, (1));

    function setUp() public {
        target = new Target();
        listed = new Target();
        deploySystem();
    }

    function _routineActs() internal view override returns (IParticipantRegistry.RoutineAct[] memory routine) {
        routine = new IParticipantRegistry.RoutineAct[](1);
        routine[0] = IParticipantRegistry.RoutineAct(address(listed), Target.act.selector);
    }

    function test_a_merchant_acts_with_one_key_that_operates() public {
        sendAs(buyer, address(target), act, oneKey(buyer.maker));
        assertEq(target.lastCaller(), buyer.account, "the account itself is the caller");
    }

    function test_the_results_of_the_calls_are_handed_back() public {
        assertEq(abi.decode(actAs(buyer, address(target), act), (uint256)), 2);
    }

    function test_AUTH_1_a_bank_acts_with_one_key_to_propose_and_another_to_approve() public {
        sendAs(issuer, address(target), act, keyPair(issuer.maker, issuer.checker));
        assertEq(target.lastCaller(), issuer.account);
    }

    function test_AUTH_1_a_proposal_alone_does_not_bind_a_bank() public {
        refuseAs(
            _notAuthorised(Purposes.PROPOSE | Purposes.OPERATE, Purposes.PROPOSE | Purposes.APPROVE, 1, 2),
            issuer,
            address(target),
            act,
            oneKey(issuer.maker)
        );
    }

    function test_AUTH_1_an_approval_alone_does_not_bind_a_bank() public {
        refuseAs(
            _notAuthorised(Purposes.APPROVE, Purposes.PROPOSE | Purposes.APPROVE, 1, 2),
            issuer,
            address(target),
            act,
            oneKey(issuer.checker)
        );
    }

    function test_AUTH_1_no_signature_binds_nobody() public {
        refuseAs(
            _notAuthorised(0, Purposes.PROPOSE | Purposes.APPROVE, 0, 2), issuer, address(target), act, new uint256[](0)
        );
        refuseAs(_notAuthorised(0, Purposes.OPERATE, 0, 1), buyer, address(target), act, new uint256[](0));
    }

    function test_AUTH_1_a_key_that_may_propose_and_approve_counts_for_one_person() public {
        Party memory bank = _bankWithKeys(
            Purposes.PROPOSE | Purposes.APPROVE | Purposes.OPERATE, Purposes.APPROVE, Purposes.ADMINISTER
        );
        uint8 both = Purposes.PROPOSE | Purposes.APPROVE;
        refuseAs(_notAuthorised(both | Purposes.OPERATE, both, 1, 2), bank, address(target), act, oneKey(bank.maker));
        refuseAs(
            _notAuthorised(both | Purposes.OPERATE | Purposes.ADMINISTER, both, 2, 2),
            bank,
            address(target),
            act,
            keyPair(bank.maker, bank.administrator)
        );
        sendAs(bank, address(target), act, keyPair(bank.maker, bank.checker));
        assertEq(target.acts(), 1);
    }

    function test_AUTH_1_one_key_cannot_sign_twice() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = new IParticipantAccount.Approval[](2);
        approvals[0] = approvalBy(issuer.maker, IParticipantAccount(issuer.account).orderHash(order));
        approvals[1] = approvals[0];
        vm.expectRevert(IParticipantAccount.OrderSignersNotAscending.selector);
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function test_approvals_out_of_order_are_refused() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        IParticipantAccount.Approval[] memory approvals =
            approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        (approvals[0], approvals[1]) = (approvals[1], approvals[0]);
        vm.expectRevert(IParticipantAccount.OrderSignersNotAscending.selector);
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function test_AUTH_1_a_routine_act_needs_one_key_that_operates() public {
        sendAs(issuer, address(listed), act, oneKey(issuer.maker));
        assertEq(listed.acts(), 1);

        refuseAs(
            _notAuthorised(Purposes.APPROVE, Purposes.OPERATE, 1, 1),
            issuer,
            address(listed),
            act,
            oneKey(issuer.checker)
        );
    }

    function test_AUTH_1_only_the_listed_function_of_the_listed_target_is_routine() public {
        uint8 both = Purposes.PROPOSE | Purposes.APPROVE;
        refuseAs(
            _notAuthorised(Purposes.PROPOSE | Purposes.OPERATE, both, 1, 2),
            issuer,
            address(target),
            act,
            oneKey(issuer.maker)
        );
        refuseAs(
            _notAuthorised(Purposes.PROPOSE | Purposes.OPERATE, both, 1, 2),
            issuer,
            address(listed),
            abi.encodeCall(Target.refuseSilently, ()),
            oneKey(issuer.maker)
        );
    }

    function test_AUTH_1_a_binding_call_behind_a_routine_one_still_needs_two_keys() public {
        IParticipantAccount.Order memory order = _batch(issuer, address(listed), act, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(issuer, order, oneKey(issuer.maker));
        vm.expectRevert(_notAuthorised(Purposes.PROPOSE | Purposes.OPERATE, Purposes.PROPOSE | Purposes.APPROVE, 1, 2));
        IParticipantAccount(issuer.account).execute(order, approvals);
        assertEq(listed.acts(), 0);
    }

    function test_AUTH_1_listing_the_account_as_routine_does_not_open_its_keys() public {
        vm.mockCall(
            address(registry),
            abi.encodeCall(registry.isRoutine, (issuer.account, IParticipantAccount.addKey.selector)),
            abi.encode(true)
        );
        bytes memory add = abi.encodeCall(IParticipantAccount.addKey, (signerOf(7), Purposes.ALL));
        refuseAs(
            _notAuthorised(
                Purposes.PROPOSE | Purposes.OPERATE | Purposes.APPROVE, Purposes.ADMINISTER | Purposes.APPROVE, 2, 2
            ),
            issuer,
            issuer.account,
            add,
            keyPair(issuer.maker, issuer.checker)
        );
    }

    function test_an_unknown_key_spoils_the_order_even_beside_enough_others() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        uint256[] memory keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (issuer.maker, issuer.checker, 0xDEAD);
        IParticipantAccount.Approval[] memory approvals = approve(issuer, order, keys);
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, signerOf(0xDEAD)));
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function test_a_signature_by_another_key_is_invalid() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(0xDEAD));
        approvals[0].signer = signerOf(buyer.maker);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signerOf(buyer.maker))
        );
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    function test_the_mirrored_form_of_a_signature_is_invalid() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(buyer.maker, IParticipantAccount(buyer.account).orderHash(order));
        uint256 curveOrder = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        IParticipantAccount.Approval[] memory approvals = new IParticipantAccount.Approval[](1);
        approvals[0] = IParticipantAccount.Approval(
            signerOf(buyer.maker), abi.encodePacked(r, bytes32(curveOrder - uint256(s)), v == 27 ? uint8(28) : 27)
        );
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signerOf(buyer.maker))
        );
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    // Bug 15: an order is good once, here, on this ledger, until its deadline.

    function test_bug_15_an_order_cannot_be_replayed() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        IParticipantAccount(buyer.account).execute(order, approvals);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, buyer.account, 1));
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    function test_bug_15_an_order_is_worth_nothing_at_another_account_with_the_same_keys() public {
        Party memory twin = keysOf("buyer");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(twin);
        vm.prank(operator.account);
        (twin.id, twin.account) = registry.admit(keccak256("twin"), "NL", Roles.MERCHANT, keys);
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signerOf(buyer.maker))
        );
        IParticipantAccount(twin.account).execute(order, approvals);
    }

    function test_bug_15_an_order_is_worth_nothing_on_another_ledger() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.chainId(block.chainid + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signerOf(buyer.maker))
        );
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    function test_bug_19_an_order_is_good_in_the_second_of_its_deadline() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.warp(order.deadline);
        IParticipantAccount(buyer.account).execute(order, approvals);
        assertEq(target.acts(), 1);
    }

    function test_bug_19_an_order_is_dead_one_second_after_its_deadline() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.warp(order.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderExpired.selector, order.deadline, order.deadline + 1)
        );
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    function test_each_lane_counts_its_own_orders() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        order.nonce = uint256(42) << 64;
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        IParticipantAccount(buyer.account).execute(order, approvals);
        assertEq(ParticipantAccount(buyer.account).nonces(buyer.account, 42), (uint256(42) << 64) | 1);
        assertEq(ParticipantAccount(buyer.account).nonces(buyer.account, 0), 0, "the default lane did not move");
    }

    function test_an_order_cannot_run_twice_through_a_call_back() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), abi.encodeCall(Target.callBack, ()));
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        target.arm(IParticipantAccount(buyer.account), order, approvals);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, buyer.account, 1));
        IParticipantAccount(buyer.account).execute(order, approvals);
        assertEq(target.acts(), 0);
    }

    function test_the_digest_is_that_of_EIP_712() public view {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Hansa Account"),
                keccak256("1"),
                block.chainid,
                buyer.account
            )
        );
        bytes32 call =
            keccak256(abi.encode(keccak256("Call(address target,bytes data)"), address(target), keccak256(act)));
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Order(Call[] calls,uint256 nonce,uint48 deadline)Call(address target,bytes data)"),
                keccak256(abi.encode(call)),
                order.nonce,
                order.deadline
            )
        );
        assertEq(
            IParticipantAccount(buyer.account).orderHash(order), keccak256(abi.encodePacked(hex"1901", domain, message))
        );
    }

    // Calls.

    function test_an_order_without_calls_is_refused() public {
        IParticipantAccount.Order memory order = orderOf(buyer, address(target), act);
        order.calls = new IParticipantAccount.Call[](0);
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.expectRevert(IParticipantAccount.OrderEmpty.selector);
        IParticipantAccount(buyer.account).execute(order, approvals);
    }

    function test_a_call_without_a_whole_selector_is_refused() public {
        refuseAs(
            abi.encodeWithSelector(IParticipantAccount.OrderCallInvalid.selector, 0),
            buyer,
            address(target),
            hex"010203",
            oneKey(buyer.maker)
        );
    }

    function test_a_call_to_an_address_without_code_is_refused() public {
        refuseAs(
            abi.encodeWithSelector(Address.AddressEmptyCode.selector, stranger),
            buyer,
            stranger,
            act,
            oneKey(buyer.maker)
        );
    }

    function test_a_failing_call_passes_on_its_own_error_unchanged() public {
        refuseAs(
            abi.encodeWithSelector(Target.TargetRefused.selector, 9, hex"c0ffee"),
            buyer,
            address(target),
            abi.encodeCall(Target.refuse, (9, hex"c0ffee")),
            oneKey(buyer.maker)
        );
    }

    function test_a_call_that_fails_without_a_word_fails_the_order() public {
        refuseAs(
            abi.encodePacked(Errors.FailedCall.selector),
            buyer,
            address(target),
            abi.encodeCall(Target.refuseSilently, ()),
            oneKey(buyer.maker)
        );
    }

    function test_all_calls_of_an_order_happen_or_none() public {
        IParticipantAccount.Order memory order =
            _batch(buyer, address(target), act, address(target), abi.encodeCall(Target.refuse, (1, "")));
        IParticipantAccount.Approval[] memory approvals = approve(buyer, order, oneKey(buyer.maker));
        vm.expectRevert(abi.encodeWithSelector(Target.TargetRefused.selector, 1, ""));
        IParticipantAccount(buyer.account).execute(order, approvals);
        assertEq(target.acts(), 0, "the first call is undone");
        assertEq(ParticipantAccount(buyer.account).nonces(buyer.account, 0), 0, "the order can be sent again");
    }

    function test_no_native_value_can_be_sent_to_an_account() public {
        assertGe(address(this).balance, 1, "something to send");
        (bool done,) = buyer.account.call{value: 1}("");
        assertFalse(done, "bug 8: no native value at all");
    }

    // Founding.

    function test_bug_10_and_22_a_founded_account_cannot_be_founded_again() public {
        vm.expectRevert(IParticipantAccount.AccountAlreadyInitialised.selector);
        vm.prank(address(registry));
        IParticipantAccount(buyer.account).initialise(new bytes[](0), new uint8[](0), false);
    }

    function test_bug_10_only_the_registry_founds_an_account() public {
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.AccountNotRegistry.selector, stranger));
        vm.prank(stranger);
        IParticipantAccount(buyer.account).initialise(new bytes[](0), new uint8[](0), false);
    }

    function test_bug_22_the_implementation_is_locked_even_for_the_registry() public {
        IParticipantAccount implementation = IParticipantAccount(addressOf("ParticipantAccount"));
        vm.expectRevert(IParticipantAccount.AccountAlreadyInitialised.selector);
        vm.prank(address(registry));
        implementation.initialise(new bytes[](0), new uint8[](0), false);
    }

    function _batch(Party memory party, address first, bytes memory firstData, address second, bytes memory secondData)
        internal
        view
        returns (IParticipantAccount.Order memory order)
    {
        order = orderOf(party, first, firstData);
        IParticipantAccount.Call[] memory calls = new IParticipantAccount.Call[](2);
        calls[0] = order.calls[0];
        calls[1] = IParticipantAccount.Call(second, secondData);
        order.calls = calls;
    }

    function _bankWithKeys(uint8 maker, uint8 checker, uint8 administrator) internal returns (Party memory party) {
        party = keysOf("bank with keys");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(party);
        (keys[0].purposes, keys[1].purposes, keys[2].purposes) = (maker, checker, administrator);
        vm.prank(operator.account);
        (party.id, party.account) = registry.admit(keccak256("bank with keys"), "DE", Roles.BANK, keys);
    }

    function _notAuthorised(uint8 have, uint8 want, uint256 signers, uint256 signersWanted)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector, have, want, signers, signersWanted
        );
    }
}
