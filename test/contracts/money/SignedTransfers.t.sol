// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {SigningWallet} from "../support/SigningWallet.sol";
import {System} from "../support/System.sol";

/// @notice ERC-2612 and ERC-3009. The buyer's account answers ERC-1271 for its maker's key.
contract SignedTransfersTest is System {
    bytes32 internal constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 internal constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    uint256 internal constant UNTIL = START + 1 hours;

    DepositToken internal token;

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        enter(token, issuer, buyer.account, 100, "entry");
        vm.etch(buyer.account, address(new SigningWallet(vm.addr(buyer.maker))).code);
    }

    // ERC-2612.

    function test_a_holders_account_permits_by_its_keys_signature_and_the_spender_takes_the_money() public {
        bytes memory signature = _signPermit(buyer.maker, buyer.account, 40, 0);
        vm.expectEmit(address(token));
        emit IERC20.Approval(buyer.account, seller.account, 40);
        vm.prank(stranger);
        token.permit(buyer.account, seller.account, 40, UNTIL, signature);
        assertEq(token.nonces(buyer.account), 1);
        vm.prank(seller.account);
        token.transferFrom(buyer.account, seller.account, 40);
        assertEq(balance(token, seller), 40);
    }

    function test_bug_15_a_permit_that_somebody_sent_first_harms_nobody() public {
        bytes memory signature = _signPermit(buyer.maker, buyer.account, 40, 0);
        vm.prank(stranger);
        token.permit(buyer.account, seller.account, 40, UNTIL, signature);
        // The spender's own call comes second: it fails, and what it wanted is there.
        vm.prank(seller.account);
        try token.permit(buyer.account, seller.account, 40, UNTIL, signature) {
            fail("a permit worked twice");
        } catch {}
        assertEq(token.allowance(buyer.account, seller.account), 40);
        vm.prank(seller.account);
        token.transferFrom(buyer.account, seller.account, 40);
        assertEq(token.allowance(buyer.account, seller.account), 0, "and it cannot be sent again");
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), buyer.account)
        );
        token.permit(buyer.account, seller.account, 40, UNTIL, signature);
    }

    function test_a_permit_holds_to_its_deadline_and_not_a_second_longer() public {
        bytes memory signature = _signPermit(buyer.maker, buyer.account, 40, 0);
        vm.warp(UNTIL + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, UNTIL));
        token.permit(buyer.account, seller.account, 40, UNTIL, signature);
        vm.warp(UNTIL);
        token.permit(buyer.account, seller.account, 40, UNTIL, signature);
        assertEq(token.allowance(buyer.account, seller.account), 40);
    }

    function test_a_permit_by_another_key_or_for_another_amount_is_refused() public {
        bytes memory want = abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), buyer.account);
        bytes memory others = _signPermit(seller.maker, buyer.account, 40, 0);
        vm.expectRevert(want);
        token.permit(buyer.account, seller.account, 40, UNTIL, others);
        bytes memory signature = _signPermit(buyer.maker, buyer.account, 40, 0);
        vm.expectRevert(want);
        token.permit(buyer.account, seller.account, 41, UNTIL, signature);
        vm.expectRevert(want);
        token.permit(buyer.account, seller.account, 40, UNTIL, "");
    }

    function test_a_permit_of_a_plain_key_works_in_both_forms_and_once_in_all() public {
        address owner = vm.addr(seller.maker);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(seller.maker, _permitHash(owner, 7, 0));
        token.permit(owner, seller.account, 7, UNTIL, v, r, s);
        assertEq(token.allowance(owner, seller.account), 7);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), owner));
        token.permit(owner, seller.account, 7, UNTIL, abi.encodePacked(r, s, v));
        token.permit(owner, seller.account, 8, UNTIL, _signPermit(seller.maker, owner, 8, 1));
        assertEq(token.allowance(owner, seller.account), 8);
    }

    // ERC-3009.

    function test_anyone_carries_out_a_transfer_that_the_holders_account_authorised() public {
        bytes memory signature = _signTransfer(TRANSFER, 30, "first");
        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(buyer.account, "first");
        vm.prank(stranger);
        token.transferWithAuthorization(buyer.account, seller.account, 30, START - 1, UNTIL, "first", signature);
        assertEq(balance(token, seller), 30);
        assertTrue(token.authorizationState(buyer.account, "first"));
    }

    function test_authorisations_work_in_any_order_and_each_once() public {
        bytes32[3] memory nonces = [bytes32(uint256(2)), keccak256("any 32 bytes"), bytes32(uint256(1))];
        for (uint256 i = 0; i < nonces.length; ++i) {
            bytes memory signature = _signTransfer(TRANSFER, 10, nonces[i]);
            _transfer(10, nonces[i], signature);
            vm.expectRevert(
                abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, buyer.account, nonces[i])
            );
            _transfer(10, nonces[i], signature);
        }
        assertEq(balance(token, seller), 30);
    }

    function test_only_the_payee_receives_with_an_authorisation() public {
        bytes memory signature = _signTransfer(RECEIVE, 30, "first");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, seller.account));
        vm.prank(stranger);
        token.receiveWithAuthorization(buyer.account, seller.account, 30, START - 1, UNTIL, "first", signature);
        // Nor does it pass for the kind that anyone sends.
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _transfer(30, "first", signature);
        vm.prank(seller.account);
        token.receiveWithAuthorization(buyer.account, seller.account, 30, START - 1, UNTIL, "first", signature);
        assertEq(balance(token, seller), 30);
    }

    function test_a_cancelled_authorisation_is_used_up() public {
        bytes memory authorised = _signTransfer(TRANSFER, 30, "first");
        bytes memory cancelled = _sign(buyer.maker, keccak256(abi.encode(CANCEL, buyer.account, bytes32("first"))));
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.cancelAuthorization(buyer.account, "first", authorised);
        vm.expectEmit(address(token));
        emit IERC3009Cancel.AuthorizationCanceled(buyer.account, "first");
        token.cancelAuthorization(buyer.account, "first", cancelled);
        vm.expectRevert(
            abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, buyer.account, bytes32("first"))
        );
        _transfer(30, "first", authorised);
    }

    function test_bug_19_an_authorisation_holds_strictly_between_its_two_times() public {
        bytes memory signature = _signTransfer(TRANSFER, 30, "first");
        bytes memory want =
            abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, START - 1, UNTIL);
        vm.warp(START - 1);
        vm.expectRevert(want);
        _transfer(30, "first", signature);
        vm.warp(UNTIL);
        vm.expectRevert(want);
        _transfer(30, "first", signature);
        vm.warp(UNTIL - 1);
        _transfer(30, "first", signature);
        assertEq(balance(token, seller), 30);
    }

    function test_an_authorised_transfer_of_a_plain_key_keeps_every_rule_of_a_transfer() public {
        address owner = vm.addr(seller.maker);
        bytes32 hash = keccak256(abi.encode(TRANSFER, owner, stranger, 0, START - 1, UNTIL, bytes32("first")));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(seller.maker, _typed(hash));
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.DepositHolderNotAdmitted.selector, stranger));
        token.transferWithAuthorization(owner, stranger, 0, START - 1, UNTIL, "first", v, r, s);

        vm.prank(issuer.account);
        token.setFrozen(buyer.account, 80, keccak256("order of a court"));
        bytes memory signature = _signTransfer(TRANSFER, 30, "first");
        vm.expectRevert();
        _transfer(30, "first", signature);
        assertFalse(token.authorizationState(buyer.account, "first"), "a refused transfer uses no nonce");
    }

    // Replay.

    function test_bug_15_nothing_signed_for_one_ledger_works_on_another() public {
        bytes memory permitted = _signPermit(buyer.maker, buyer.account, 40, 0);
        bytes memory authorised = _signTransfer(TRANSFER, 30, "first");
        vm.chainId(77);
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), buyer.account)
        );
        token.permit(buyer.account, seller.account, 40, UNTIL, permitted);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _transfer(30, "first", authorised);
    }

    function test_bug_15_nothing_signed_for_one_token_works_at_another() public {
        bytes memory permitted = _signPermit(buyer.maker, buyer.account, 40, 0);
        bytes memory authorised = _signTransfer(TRANSFER, 30, "first");
        // The same name and version would not help: the contract's address is signed too.
        token = createToken(issuer, "USD", 2);
        enter(token, issuer, buyer.account, 100, "entry");
        vm.expectRevert(
            abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, address(0), buyer.account)
        );
        token.permit(buyer.account, seller.account, 40, UNTIL, permitted);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        _transfer(30, "first", authorised);
    }

    function test_the_domain_names_the_token_its_ledger_and_its_address() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(token.name())),
                keccak256("1"),
                block.chainid,
                address(token)
            )
        );
        assertEq(token.DOMAIN_SEPARATOR(), domain);
    }

    function _transfer(uint256 value, bytes32 nonce, bytes memory signature) internal {
        token.transferWithAuthorization(buyer.account, seller.account, value, START - 1, UNTIL, nonce, signature);
    }

    function _signTransfer(bytes32 kind, uint256 value, bytes32 nonce) internal view returns (bytes memory) {
        bytes32 hash =
            keccak256(abi.encode(kind, buyer.account, seller.account, value, START - 1, UNTIL, nonce));
        return _sign(buyer.maker, hash);
    }

    function _signPermit(uint256 key, address owner, uint256 value, uint256 nonce)
        internal
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitHash(owner, value, nonce));
        return abi.encodePacked(r, s, v);
    }

    function _permitHash(address owner, uint256 value, uint256 nonce) internal view returns (bytes32) {
        return _typed(keccak256(abi.encode(PERMIT, owner, seller.account, value, nonce, UNTIL)));
    }

    function _sign(uint256 key, bytes32 hash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _typed(hash));
        return abi.encodePacked(r, s, v);
    }

    function _typed(bytes32 hash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), hash));
    }
}
