// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

/// @notice The account counts purposes; these tests compare it with the plain meaning of the rule, tried over all pairs
/// of keys.
contract AccountAuthorityFuzzTest is System {
    uint256 internal constant KEYS = 5;

    Target internal target;
    bytes internal act = abi.encodeCall(Target.act, (1));

    function setUp() public {
        deploySystem();
        target = new Target();
    }

    /// @param purposes Of five keys.
    /// @param chosen Bit set of the keys that sign.
    function testFuzz_AUTH_1_an_order_passes_exactly_when_two_different_keys_may(
        uint8[5] memory purposes,
        uint8 chosen,
        bool administers
    ) public {
        uint8[] memory all = _clamp(purposes);
        (bool founded, Party memory bank) = _found(Roles.BANK, all);
        assertEq(
            founded, _mayBind(all) && _mayAdminister(all), "AUTH-1: founded with keys that suffice, and only then"
        );
        if (!founded) return;

        (uint256[] memory keys, uint8[] memory signers) = _choose(all, chosen);
        bytes memory add = abi.encodeCall(IParticipantAccount.addKey, (signerOf(99), Purposes.ALL));
        bool passed = administers ? _try(bank, bank.account, add, keys) : _try(bank, address(target), act, keys);
        bool may = administers ? _mayAdminister(signers) : _mayBind(signers);
        assertEq(passed, may, "AUTH-1: passes exactly when the signers may");
    }

    function testFuzz_a_merchant_needs_one_key_that_operates(uint8[5] memory purposes, uint8 chosen) public {
        uint8[] memory all = _clamp(purposes);
        (bool founded, Party memory merchant) = _found(Roles.MERCHANT, all);
        assertEq(founded, _any(all, Purposes.OPERATE) && _any(all, Purposes.ADMINISTER), "founding");
        if (!founded) return;
        (uint256[] memory keys, uint8[] memory signers) = _choose(all, chosen);
        assertEq(_try(merchant, address(target), act, keys), _any(signers, Purposes.OPERATE), "order");
    }

    /// @notice Whatever keys are removed in whatever order, a bank can always still act and change its keys.
    function testFuzz_removing_keys_never_leaves_a_bank_unable_to_act(uint8[5] memory purposes, uint8[8] memory picks)
        public
    {
        uint8[] memory left = _clamp(purposes);
        (bool founded, Party memory bank) = _found(Roles.BANK, left);
        if (!founded) return;
        for (uint256 i = 0; i < picks.length; ++i) {
            uint256 pick = picks[i] % KEYS;
            uint8 had = left[pick];
            left[pick] = 0;
            bool may = had != 0 && _mayBind(left) && _mayAdminister(left);
            vm.prank(bank.account);
            try IParticipantAccount(bank.account).removeKey(signerOf(_key(pick))) {
                assertTrue(may, "AUTH-1: removed a key that the bank cannot do without");
            } catch {
                assertFalse(may, "refused to remove a key that others cover");
                left[pick] = had;
            }
        }
    }

    function testFuzz_any_change_of_a_signed_order_makes_it_worthless(uint8 what, uint256 noise) public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        IParticipantAccount.Approval[] memory approvals =
            approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        what = what % 4;
        noise = bound(noise, 1, type(uint32).max);
        if (what == 0) order.calls[0].target = address(new Target());
        if (what == 1) order.calls[0].data = abi.encodeCall(Target.act, (1 + noise));
        if (what == 2) order.nonce += noise;
        if (what == 3) order.deadline += uint48(noise);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, approvals[0].signer)
        );
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    /// @notice Two approvals are good in one arrangement only: no swap, no repetition, no stranger, nothing altered.
    function testFuzz_only_the_two_approvals_in_ascending_order_pass(uint8 first, uint8 second, uint8 third, uint8 size)
        public
    {
        IParticipantAccount.Order memory order = orderOf(issuer, address(target), act);
        IParticipantAccount.Approval[] memory good = approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        // 0, 1: the approvals; 2: a stranger's; 3: one's signature under the other's name; 4: cut short.
        IParticipantAccount.Approval[5] memory deck;
        (deck[0], deck[1]) = (good[0], good[1]);
        deck[2] = approvalBy(0xDEAD, IParticipantAccount(issuer.account).orderHash(order));
        deck[3] = IParticipantAccount.Approval(good[0].signer, good[1].signature);
        deck[4] = IParticipantAccount.Approval(good[1].signer, hex"1234");
        uint8[3] memory cards = [first % 5, second % 5, third % 5];

        IParticipantAccount.Approval[] memory hand = new IParticipantAccount.Approval[](size % 4);
        for (uint256 i = 0; i < hand.length; ++i) {
            hand[i] = deck[cards[i]];
        }
        bool may = hand.length == 2 && cards[0] == 0 && cards[1] == 1;
        try IParticipantAccount(issuer.account).execute(order, hand) {
            assertTrue(may, "AUTH-1: passed with wrong approvals");
        } catch {
            assertFalse(may, "refused the right approvals");
        }
    }

    function _try(Party memory party, address to, bytes memory data, uint256[] memory keys) internal returns (bool) {
        IParticipantAccount.Order memory order = orderOf(party, to, data);
        IParticipantAccount.Approval[] memory approvals = approve(party, order, keys);
        try IParticipantAccount(party.account).execute(order, approvals) {
            return true;
        } catch {
            return false;
        }
    }

    function _found(uint32 roles, uint8[] memory purposes) internal returns (bool founded, Party memory party) {
        IParticipantRegistry.FoundingKey[] memory keys = new IParticipantRegistry.FoundingKey[](KEYS);
        for (uint256 i = 0; i < KEYS; ++i) {
            keys[i] = IParticipantRegistry.FoundingKey(signerOf(_key(i)), purposes[i]);
        }
        vm.prank(operator.account);
        try registry.admit(keccak256("fuzz"), "DE", roles, keys) returns (uint32 id, address account) {
            (party.id, party.account) = (id, account);
            return (true, party);
        } catch {
            return (false, party);
        }
    }

    function _key(uint256 index) internal pure returns (uint256) {
        return 1000 + index;
    }

    /// @dev Valid purposes, few bits more often than many, so that both answers occur.
    function _clamp(uint8[5] memory purposes) internal pure returns (uint8[] memory clamped) {
        clamped = new uint8[](KEYS);
        for (uint256 i = 0; i < KEYS; ++i) {
            uint8 mask = purposes[i] & 0x80 == 0 ? Purposes.ALL : (purposes[i] >> 4) & Purposes.ALL;
            clamped[i] = purposes[i] & mask;
            if (clamped[i] == 0) clamped[i] = uint8(1 << (i % 4));
        }
    }

    function _choose(uint8[] memory purposes, uint8 chosen)
        internal
        pure
        returns (uint256[] memory keys, uint8[] memory signers)
    {
        uint256 count;
        for (uint256 i = 0; i < KEYS; ++i) {
            count += (chosen >> i) & 1;
        }
        keys = new uint256[](count);
        signers = new uint8[](count);
        for (uint256 i = 0; i < KEYS; ++i) {
            if ((chosen >> i) & 1 == 0) continue;
            --count;
            keys[count] = _key(i);
            signers[count] = purposes[i];
        }
    }

    function _mayBind(uint8[] memory signers) internal pure returns (bool) {
        return _anyPair(signers, Purposes.PROPOSE, Purposes.APPROVE);
    }

    function _mayAdminister(uint8[] memory signers) internal pure returns (bool) {
        return _anyPair(signers, Purposes.ADMINISTER, Purposes.APPROVE);
    }

    function _anyPair(uint8[] memory signers, uint8 one, uint8 other) internal pure returns (bool) {
        for (uint256 i = 0; i < signers.length; ++i) {
            for (uint256 j = 0; j < signers.length; ++j) {
                if (i != j && signers[i] & one != 0 && signers[j] & other != 0) return true;
            }
        }
        return false;
    }

    function _any(uint8[] memory signers, uint8 purpose) internal pure returns (bool) {
        for (uint256 i = 0; i < signers.length; ++i) {
            if (signers[i] & purpose != 0) return true;
        }
        return false;
    }
}
