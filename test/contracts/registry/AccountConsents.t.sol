// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";

contract AccountConsentsTest is System {
    bytes4 internal constant VALID = 0x1626ba7e;
    bytes4 internal constant INVALID = 0xffffffff;
    bytes32 internal constant HASH = keccak256("a permit of somebody else's domain");

    function setUp() public {
        deploySystem();
    }

    function test_AUTH_1_a_bank_consents_with_one_key_to_propose_and_another_to_approve() public view {
        assertEq(bytes32(IERC1271.isValidSignature.selector), bytes32(VALID));
        assertEq(_answer(issuer, consent(issuer, HASH, keyPair(issuer.maker, issuer.checker))), VALID);
    }

    function test_AUTH_1_no_key_of_a_bank_consents_alone() public {
        assertEq(_answer(issuer, consent(issuer, HASH, oneKey(issuer.maker))), INVALID);
        assertEq(_answer(issuer, consent(issuer, HASH, oneKey(issuer.checker))), INVALID);
        assertEq(_answer(issuer, consent(issuer, HASH, keyPair(issuer.maker, issuer.administrator))), INVALID);
        _refuse(
            issuer,
            oneKey(issuer.maker),
            abi.encodeWithSelector(
                IParticipantAccount.OrderNotAuthorised.selector,
                Purposes.PROPOSE | Purposes.OPERATE,
                Purposes.PROPOSE | Purposes.APPROVE,
                1,
                2
            )
        );
    }

    function test_AUTH_1_one_key_that_proposes_and_approves_does_not_consent_alone_nor_twice() public {
        Party memory bank = keysOf("bank");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(bank);
        keys[0].purposes = Purposes.ALL;
        vm.prank(operator.account);
        (bank.id, bank.account) = registry.admit("bank", "DE", Roles.BANK, keys);
        assertEq(_answer(bank, consent(bank, HASH, oneKey(bank.maker))), INVALID);
        assertEq(_answer(bank, consent(bank, HASH, keyPair(bank.maker, bank.maker))), INVALID);
        assertEq(_answer(bank, consent(bank, HASH, keyPair(bank.maker, bank.checker))), VALID);
    }

    function test_a_merchant_consents_with_one_key_that_operates() public view {
        assertEq(_answer(buyer, consent(buyer, HASH, oneKey(buyer.maker))), VALID);
        assertEq(_answer(buyer, consent(buyer, HASH, oneKey(buyer.checker))), INVALID);
        assertEq(_answer(buyer, consent(buyer, HASH, oneKey(buyer.administrator))), INVALID);
    }

    function test_nobody_consents_without_keys() public view {
        assertEq(_answer(issuer, abi.encode(new IParticipantAccount.Approval[](0))), INVALID);
        assertEq(_answer(buyer, abi.encode(new IParticipantAccount.Approval[](0))), INVALID);
    }

    function test_a_consent_is_to_one_hash_alone() public view {
        bytes memory signature = consent(buyer, HASH, oneKey(buyer.maker));
        bytes32 other = keccak256("another");
        assertEq(IParticipantAccount(buyer.account).isValidSignature(other, signature), INVALID);
    }

    function test_bug_15_a_consent_is_worth_nothing_at_another_account_with_the_same_keys() public {
        Party memory twin = keysOf("buyer");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(twin);
        vm.prank(operator.account);
        (twin.id, twin.account) = registry.admit("twin", "NL", Roles.MERCHANT, keys);
        bytes memory signature = consent(buyer, HASH, oneKey(buyer.maker));
        assertEq(_answer(buyer, signature), VALID);
        assertEq(_answer(twin, signature), INVALID);
    }

    function test_bug_15_a_consent_is_worth_nothing_on_another_ledger() public {
        bytes memory signature = consent(buyer, HASH, oneKey(buyer.maker));
        vm.chainId(block.chainid + 1);
        assertEq(_answer(buyer, signature), INVALID);
    }

    function test_a_key_that_signed_the_bare_hash_consented_to_nothing() public view {
        bytes memory signature = abi.encode(approveHash(HASH, oneKey(buyer.maker)));
        assertEq(_answer(buyer, signature), INVALID);
    }

    function test_the_signatures_of_an_order_are_no_consent_to_its_hash() public view {
        IParticipantAccount.Order memory order = orderOf(buyer, address(calendar), hex"00000000");
        bytes32 hash = IParticipantAccount(buyer.account).orderHash(order);
        bytes memory signature = abi.encode(approve(buyer, order, oneKey(buyer.maker)));
        assertEq(IParticipantAccount(buyer.account).isValidSignature(hash, signature), INVALID);
    }

    function test_a_consent_ends_with_the_key_that_gave_it() public {
        bytes memory signature = consent(issuer, HASH, keyPair(issuer.maker, issuer.checker));
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).addKey(signerOf(0xA11CE), Purposes.APPROVE);
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).removeKey(signerOf(issuer.checker));
        assertEq(_answer(issuer, signature), INVALID);
    }

    function test_a_strangers_approval_spoils_a_consent() public {
        uint256[] memory keys = keyPair(buyer.maker, 0xDEAD);
        assertEq(_answer(buyer, consent(buyer, HASH, keys)), INVALID);
        _refuse(
            buyer, keys, abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, signerOf(0xDEAD))
        );
    }

    function test_approvals_out_of_order_are_no_consent() public view {
        IParticipantAccount.Approval[] memory approvals =
            approveHash(consentHash(issuer.account, HASH), keyPair(issuer.maker, issuer.checker));
        (approvals[0], approvals[1]) = (approvals[1], approvals[0]);
        assertEq(_answer(issuer, abi.encode(approvals)), INVALID);
    }

    function test_bytes_that_are_no_approvals_are_answered_and_never_revert() public view {
        assertEq(_answer(buyer, ""), INVALID);
        assertEq(_answer(buyer, hex"20"), INVALID);
        assertEq(_answer(buyer, abi.encode(32)), INVALID);
        assertEq(_answer(buyer, abi.encode(32, 1)), INVALID);
        assertEq(_answer(buyer, abi.encode(32, type(uint256).max)), INVALID);
        assertEq(_answer(buyer, abi.encode(32, 1, type(uint256).max)), INVALID);
        assertEq(_answer(buyer, abi.encode(32, 1, 32, 64, type(uint256).max)), INVALID);
        assertEq(_answer(buyer, abi.encode(32, 1, 32, type(uint256).max - 31, 64)), INVALID);
        assertEq(_answer(buyer, abi.encode(64, 0, 0)), INVALID);
    }

    function testFuzz_any_bytes_are_answered_with_invalid(bytes memory noise) public view {
        assertEq(_answer(issuer, noise), INVALID);
        assertEq(_answer(issuer, abi.encodePacked(uint256(32), noise)), INVALID);
        assertEq(_answer(issuer, abi.encodePacked(uint256(32), uint256(1), noise)), INVALID);
    }

    /// @notice A consent with any of its words replaced is answered, whatever stands there.
    function testFuzz_a_consent_with_one_word_replaced_never_reverts(uint8 place, uint256 noise) public view {
        bytes memory signature = consent(issuer, HASH, keyPair(issuer.maker, issuer.checker));
        uint256 position = 32 + 32 * bound(place, 0, signature.length / 32 - 1);
        assembly ("memory-safe") {
            mstore(add(signature, position), noise)
        }
        bytes4 answer = _answer(issuer, signature);
        assertTrue(answer == VALID || answer == INVALID, "one of the two answers");
    }

    function testFuzz_a_consent_cut_short_is_invalid(uint256 length) public view {
        bytes memory signature = consent(issuer, HASH, keyPair(issuer.maker, issuer.checker));
        // The last signature has 65 bytes, filled up with 31 zero bytes that nobody needs.
        length = bound(length, 0, signature.length - 32);
        assembly ("memory-safe") {
            mstore(signature, length)
        }
        assertEq(_answer(issuer, signature), INVALID);
    }

    function _answer(Party memory party, bytes memory signature) internal view returns (bytes4) {
        return IParticipantAccount(party.account).isValidSignature(HASH, signature);
    }

    function _refuse(Party memory party, uint256[] memory keys, bytes memory want) internal {
        IParticipantAccount.Approval[] memory approvals = approveHash(consentHash(party.account, HASH), keys);
        vm.expectRevert(want);
        IParticipantAccount(party.account).checkConsent(HASH, approvals);
    }
}
