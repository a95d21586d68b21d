// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";

/// @notice Calls every signature valid, as a verifier and as a wallet.
contract YesMan is IERC7913SignatureVerifier {
    function verify(bytes calldata, bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC7913SignatureVerifier.verify.selector;
    }
}

/// @notice A wallet contract that agrees to one digest.
contract Wallet is IERC1271 {
    bytes32 private _agreed;

    function agree(bytes32 digest) external {
        _agreed = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == _agreed ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

contract AccountKeysTest is System {
    uint256 internal constant NEW_KEY = 0xA11CE;

    function setUp() public {
        deploySystem();
    }

    function test_AUTH_1_a_bank_changes_keys_with_one_key_to_administer_and_another_to_approve() public {
        _change(issuer, _add(NEW_KEY, Purposes.APPROVE));
        assertEq(_purposes(issuer, NEW_KEY), Purposes.APPROVE);
    }

    function test_AUTH_1_an_administrator_alone_does_not_change_the_keys_of_a_bank() public {
        bytes memory want =
            _notAuthorised(Purposes.ADMINISTER, Purposes.ADMINISTER | Purposes.APPROVE, 1, 2);
        refuseAs(want, issuer, issuer.account, _add(NEW_KEY, Purposes.ALL), oneKey(issuer.administrator));
    }

    function test_AUTH_1_an_administrator_that_may_approve_still_needs_another() public {
        Party memory bank = _found("bank", Roles.BANK, Purposes.PROPOSE, Purposes.APPROVE, 12);
        uint8 both = Purposes.ADMINISTER | Purposes.APPROVE;
        assertEq(both, Purposes.ADMINISTER + Purposes.APPROVE);
        bytes memory add = _add(NEW_KEY, Purposes.APPROVE);
        refuseAs(_notAuthorised(12, both, 1, 2), bank, bank.account, add, oneKey(bank.administrator));
        bytes memory want = _notAuthorised(12 | Purposes.PROPOSE, both, 2, 2);
        refuseAs(want, bank, bank.account, add, keyPair(bank.administrator, bank.maker));
        sendAs(bank, bank.account, add, keyPair(bank.administrator, bank.checker));
        assertEq(_purposes(bank, NEW_KEY), Purposes.APPROVE);
    }

    function test_a_merchant_changes_keys_with_one_key_that_administers() public {
        sendAs(buyer, buyer.account, _add(NEW_KEY, Purposes.OPERATE), oneKey(buyer.administrator));
        assertEq(_purposes(buyer, NEW_KEY), Purposes.OPERATE);
        bytes memory want = _notAuthorised(Purposes.PROPOSE | Purposes.OPERATE, Purposes.ADMINISTER, 1, 1);
        refuseAs(want, buyer, buyer.account, _add(1, Purposes.OPERATE), oneKey(buyer.maker));
    }

    function test_nobody_changes_keys_but_the_account_itself() public {
        address[4] memory callers = [stranger, address(registry), operator.account, vm.addr(issuer.administrator)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory want = abi.encodeWithSelector(IParticipantAccount.AccountNotSelf.selector, callers[i]);
            vm.expectRevert(want);
            vm.prank(callers[i]);
            IParticipantAccount(issuer.account).addKey(hex"00", 0);
            vm.expectRevert(want);
            vm.prank(callers[i]);
            IParticipantAccount(issuer.account).removeKey(hex"00");
        }
    }

    function test_a_removed_key_no_longer_signs() public {
        _change(issuer, _add(NEW_KEY, Purposes.APPROVE));
        // The old checker approves its own removal: the new key covers.
        _change(issuer, _remove(issuer.checker));
        assertEq(_purposes(issuer, issuer.checker), 0);
        bytes memory want =
            abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, signerOf(issuer.checker));
        uint256[] memory keys = keyPair(issuer.maker, issuer.checker);
        refuseAs(want, issuer, address(calendar), hex"00000000", keys);
    }

    function test_an_order_signed_before_a_key_was_removed_is_dead() public {
        IParticipantAccount.Order memory order = orderOf(issuer, address(calendar), hex"00000000");
        order.nonce = uint256(1) << 64;
        IParticipantAccount.Approval[] memory approvals =
            approve(issuer, order, keyPair(issuer.maker, issuer.checker));
        _change(issuer, _add(NEW_KEY, Purposes.APPROVE));
        _change(issuer, _remove(issuer.checker));
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantAccount.OrderSignerUnknown.selector, signerOf(issuer.checker))
        );
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function test_a_key_changes_its_purposes_in_one_order_when_another_covers() public {
        _change(issuer, _add(NEW_KEY, Purposes.APPROVE));
        IParticipantAccount.Order memory order =
            orderOf(issuer, issuer.account, _remove(issuer.checker));
        IParticipantAccount.Call[] memory calls = new IParticipantAccount.Call[](2);
        calls[0] = order.calls[0];
        calls[1] = IParticipantAccount.Call(issuer.account, _add(issuer.checker, Purposes.PROPOSE));
        order.calls = calls;
        uint256[] memory keys = keyPair(issuer.administrator, issuer.checker);
        IParticipantAccount.Approval[] memory approvals = approve(issuer, order, keys);
        IParticipantAccount(issuer.account).execute(order, approvals);
        assertEq(_purposes(issuer, issuer.checker), Purposes.PROPOSE);
    }

    function test_no_key_that_a_bank_cannot_do_without_is_removed() public {
        uint256[3] memory keys = [issuer.maker, issuer.checker, issuer.administrator];
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes memory want =
                abi.encodeWithSelector(IParticipantAccount.KeyIndispensable.selector, signerOf(keys[i]));
            uint256[] memory signers = keyPair(issuer.administrator, issuer.checker);
            refuseAs(want, issuer, issuer.account, _remove(keys[i]), signers);
        }
    }

    function test_a_bank_does_not_end_with_one_key_that_proposes_and_approves() public {
        // The maker may do both; without the checker nobody could approve what the maker proposes.
        Party memory bank = _found("bank", Roles.BANK, 3, Purposes.APPROVE, Purposes.ADMINISTER);
        bytes memory want =
            abi.encodeWithSelector(IParticipantAccount.KeyIndispensable.selector, signerOf(bank.checker));
        uint256[] memory signers = keyPair(bank.administrator, bank.checker);
        refuseAs(want, bank, bank.account, _remove(bank.checker), signers);
    }

    function test_a_merchant_keeps_a_key_that_operates_and_one_that_administers() public {
        uint256[2] memory keys = [buyer.maker, buyer.administrator];
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes memory want =
                abi.encodeWithSelector(IParticipantAccount.KeyIndispensable.selector, signerOf(keys[i]));
            refuseAs(want, buyer, buyer.account, _remove(keys[i]), oneKey(buyer.administrator));
        }
        sendAs(buyer, buyer.account, _remove(buyer.checker), oneKey(buyer.administrator));
        assertEq(_purposes(buyer, buyer.checker), 0, "a merchant needs no approver");
    }

    function test_a_key_is_added_once() public {
        bytes memory want = abi.encodeWithSelector(IParticipantAccount.KeyExists.selector, signerOf(issuer.maker));
        _refuseChange(want, _add(issuer.maker, Purposes.APPROVE));
    }

    function test_an_unknown_key_is_not_removed() public {
        _refuseChange(
            abi.encodeWithSelector(IParticipantAccount.KeyUnknown.selector, signerOf(NEW_KEY)), _remove(NEW_KEY)
        );
    }

    function test_purposes_are_one_or_more_of_the_four() public {
        _refuseChange(abi.encodeWithSelector(IParticipantAccount.KeyPurposesInvalid.selector, 0), _add(NEW_KEY, 0));
        _refuseChange(abi.encodeWithSelector(IParticipantAccount.KeyPurposesInvalid.selector, 16), _add(NEW_KEY, 16));
    }

    function test_what_no_party_can_sign_with_is_no_key() public {
        bytes memory point = abi.encode(uint256(1), uint256(2));
        bytes[9] memory signers = [
            abi.encodePacked(bytes32(uint256(7))),
            bytes(hex""),
            hex"11111111111111111111111111111111111111",
            abi.encodePacked(address(0)),
            abi.encodePacked(addressOf("TradeEscrow")),
            abi.encodePacked(addressOf("P256Verifier")),
            bytes.concat(abi.encodePacked(addressOf("P256Verifier")), point, hex"00"),
            bytes.concat(abi.encodePacked(addressOf("P256Verifier")), bytes32(uint256(1))),
            // A contract that is no listed verifier would decide by itself what a valid signature is.
            bytes.concat(abi.encodePacked(address(new YesMan())), point)
        ];
        for (uint256 i = 0; i < signers.length; ++i) {
            _refuseSigner(signers[i]);
        }
    }

    function test_AUTH_1_no_partys_account_is_a_key_neither_its_own_nor_anothers() public {
        _refuseSigner(abi.encodePacked(issuer.account));
        _refuseSigner(abi.encodePacked(buyer.account));
        _refuseSigner(abi.encodePacked(adviser.account));
    }

    function test_founding_keys_are_looked_at_like_later_ones() public {
        Party memory party = keysOf("x");
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(party);
        keys[1].signer = abi.encodePacked(issuer.account);
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.KeySignerInvalid.selector, keys[1].signer));
        vm.prank(operator.account);
        registry.admit("x", "DE", Roles.BANK, keys);
        keys[1].signer = bytes.concat(abi.encodePacked(address(new YesMan())), bytes32(0), bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.KeySignerInvalid.selector, keys[1].signer));
        vm.prank(operator.account);
        registry.admit("x", "DE", Roles.BANK, keys);
    }

    function test_a_wallet_contract_signs_as_it_decides_itself() public {
        Wallet wallet = new Wallet();
        bytes memory signer = abi.encodePacked(address(wallet));
        _change(issuer, abi.encodeCall(IParticipantAccount.addKey, (signer, Purposes.APPROVE)));
        bytes memory act = abi.encodeCall(calendar.extend, (weekendWords(START_WORD + 4, 1)));
        IParticipantAccount.Order memory order = orderOf(issuer, issuer.account, _add(NEW_KEY, Purposes.PROPOSE));
        order.calls[0] = IParticipantAccount.Call(address(calendar), act);
        bytes32 digest = IParticipantAccount(issuer.account).orderHash(order);
        IParticipantAccount.Approval[] memory approvals = _beside(approvalBy(issuer.maker, digest), signer);
        vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.OrderSignatureInvalid.selector, signer));
        IParticipantAccount(issuer.account).execute(order, approvals);
        wallet.agree(digest);
        IParticipantAccount(issuer.account).execute(order, approvals);
    }

    function _beside(IParticipantAccount.Approval memory one, bytes memory signer)
        internal
        pure
        returns (IParticipantAccount.Approval[] memory approvals)
    {
        approvals = new IParticipantAccount.Approval[](2);
        approvals[0] = one;
        approvals[1] = IParticipantAccount.Approval(signer, "");
        if (keccak256(one.signer) > keccak256(signer)) (approvals[0], approvals[1]) = (approvals[1], approvals[0]);
    }

    function _refuseSigner(bytes memory signer) internal {
        _refuseChange(
            abi.encodeWithSelector(IParticipantAccount.KeySignerInvalid.selector, signer),
            abi.encodeCall(IParticipantAccount.addKey, (signer, Purposes.APPROVE))
        );
    }

    function _change(Party memory bank, bytes memory data) internal {
        sendAs(bank, bank.account, data, keyPair(bank.administrator, bank.checker));
    }

    function _refuseChange(bytes memory want, bytes memory data) internal {
        refuseAs(want, issuer, issuer.account, data, keyPair(issuer.administrator, issuer.checker));
    }

    function _add(uint256 key, uint8 purposes) internal pure returns (bytes memory) {
        return abi.encodeCall(IParticipantAccount.addKey, (signerOf(key), purposes));
    }

    function _remove(uint256 key) internal pure returns (bytes memory) {
        return abi.encodeCall(IParticipantAccount.removeKey, (signerOf(key)));
    }

    function _purposes(Party memory party, uint256 key) internal view returns (uint8) {
        return IParticipantAccount(party.account).purposesOf(signerOf(key));
    }

    function _found(string memory name, uint32 roles, uint8 maker, uint8 checker, uint8 administrator)
        internal
        returns (Party memory party)
    {
        party = keysOf(name);
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(party);
        (keys[0].purposes, keys[1].purposes, keys[2].purposes) = (maker, checker, administrator);
        vm.prank(operator.account);
        (party.id, party.account) = registry.admit(keccak256(bytes(name)), "DE", roles, keys);
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
