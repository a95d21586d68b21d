// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {SigningWallet} from "../support/SigningWallet.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

/// @notice Gas of the acts that all others contain, as inner calls on warm state. `hardhat test solidity --snapshot`
/// writes the numbers to snapshots/.
contract FoundationsGasTest is System {
    DepositToken internal token;
    Target internal target;
    bytes internal act = abi.encodeCall(Target.act, (1));

    function setUp() public {
        deploySystem();
        token = createToken(issuer, "EUR", 2);
        target = new Target();
        enter(token, issuer, buyer.account, 100, "1");
        enter(token, issuer, seller.account, 100, "2");
        // First uses of the nonce and of the target's slots are not the subject.
        actAs(buyer, address(target), act);
        actAs(issuer, address(target), act);
    }

    function test_gas_of_a_deposit_transfer() public {
        vm.prank(buyer.account);
        token.transfer(seller.account, 1);
        uint256 inner = vm.snapshotGasLastCall("foundations", "deposit transfer between holders");
        uint256 whole = inner + intrinsic(abi.encodeCall(token.transfer, (seller.account, 1)));
        vm.snapshotValue("foundations", "deposit transfer as a transaction", whole);
        assertLe(whole, 50_000, "a deposit transfer");
        vm.prank(buyer.account);
        token.transfer(arbiter.account, 1);
        vm.snapshotGasLastCall("foundations", "deposit transfer to a new holder");
    }

    function test_gas_of_an_entry() public {
        vm.prank(issuer.account);
        token.createByEntry(buyer.account, 1, "3");
        vm.snapshotGasLastCall("foundations", "deposit created by entry");
    }

    function test_gas_of_a_contra_entry() public {
        vm.prank(issuer.account);
        token.reverseEntry("1", buyer.account, 100, "contra");
        vm.snapshotGasLastCall("foundations", "entry reversed");
    }

    function test_gas_of_a_redemption() public {
        vm.prank(buyer.account);
        bytes32 id = redemptions.request(address(token), 1, "first");
        vm.snapshotGasLastCall("foundations", "redemption requested, the first of all");
        vm.prank(issuer.account);
        redemptions.confirm(id, "payout");
        vm.snapshotGasLastCall("foundations", "redemption confirmed");
    }

    function test_gas_of_a_freeze_and_a_forced_transfer() public {
        vm.prank(issuer.account);
        token.setFrozen(buyer.account, 60, "reason");
        vm.snapshotGasLastCall("foundations", "money frozen");
        vm.prank(issuer.account);
        token.forceTransfer(buyer.account, seller.account, 50, "reason");
        vm.snapshotGasLastCall("foundations", "forced transfer of frozen money");
        vm.prank(buyer.account);
        token.transfer(seller.account, 0);
        vm.snapshotGasLastCall("foundations", "deposit transfer by a holder with frozen money");
    }

    function test_gas_of_an_authorised_transfer() public {
        vm.etch(buyer.account, address(new SigningWallet(vm.addr(buyer.maker))).code);
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                buyer.account,
                seller.account,
                1,
                0,
                START + 1,
                bytes32("nonce")
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(buyer.maker, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), hash)));
        bytes memory signature = abi.encodePacked(r, s, v);
        token.transferWithAuthorization(buyer.account, seller.account, 1, 0, START + 1, "nonce", signature);
        vm.snapshotGasLastCall("foundations", "deposit transfer that was authorised by signature");
    }

    function test_gas_of_a_payment_between_banks() public {
        createToken(confirmer, "EUR", 2);
        grant(confirmer, issuer, "EUR", 1_000);
        IClearingHouse.Payment memory payment =
            IClearingHouse.Payment(issuer.id, seller.id, confirmer.id, "EUR", 1, "first");
        vm.prank(buyer.account);
        clearing.pay(payment);
        vm.snapshotGasLastCall("foundations", "payment between banks, the first of all");
        payment.ref = "second";
        vm.prank(buyer.account);
        clearing.pay(payment);
        vm.snapshotGasLastCall("foundations", "payment between banks to a holder");
        vm.prank(confirmer.account);
        clearing.setLimit(issuer.id, "EUR", 2_000);
        vm.snapshotGasLastCall("foundations", "limit changed");
    }

    function test_gas_of_a_settlement_cycle() public {
        grant(confirmer, issuer, "EUR", 100);
        createToken(confirmer, "EUR", 2);
        token = createToken(adviser, "EUR", 2);
        enter(token, adviser, issuer.account, 10, "funds");
        enter(token, adviser, confirmer.account, 10, "funds of the other");
        uint32[] memory members = new uint32[](2);
        (members[0], members[1]) = (issuer.id, confirmer.id);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(i == 0 ? issuer.account : confirmer.account);
            clearing.joinSettlement("EUR", adviser.id);
        }
        vm.prank(buyer.account);
        clearing.pay(IClearingHouse.Payment(issuer.id, seller.id, confirmer.id, "EUR", 1, "to be settled"));
        vm.prank(adviser.account);
        clearing.settle("EUR", members, "first");
        vm.snapshotGasLastCall("foundations", "settlement cycle of two banks");
    }

    function test_gas_of_an_order() public {
        vm.prank(buyer.account);
        target.act(1);
        vm.snapshotGasLastCall("foundations", "the act itself, called directly");
        _measure(buyer, oneKey(buyer.maker), 0, "order with one signature");
        _measure(issuer, keyPair(issuer.maker, issuer.checker), 0, "order with two signatures");
        _measure(issuer, keyPair(issuer.maker, issuer.checker), 7, "order with two signatures on a new lane");
    }

    function test_gas_of_a_batch_and_a_consent() public {
        IParticipantAccount.Order memory batch = orderOf(issuer, address(target), act);
        IParticipantAccount.Call memory call = batch.calls[0];
        batch.calls = new IParticipantAccount.Call[](50);
        for (uint256 i = 0; i < 50; ++i) {
            batch.calls[i] = call;
        }
        bytes32 digest = IParticipantAccount(issuer.account).batchHash(batch);
        IParticipantAccount.Approval[] memory approvals = approveHash(digest, keyPair(issuer.maker, issuer.checker));
        IParticipantAccount(issuer.account).executeEach(batch, approvals);
        vm.snapshotGasLastCall("foundations", "batch of fifty acts with two signatures");
        bytes memory signature = consent(issuer, digest, keyPair(issuer.maker, issuer.checker));
        IParticipantAccount(issuer.account).isValidSignature(digest, signature);
        vm.snapshotGasLastCall("foundations", "consent with two signatures, asked for");
    }

    function test_gas_of_the_calendar() public {
        calendar.addBankingDays(issuer.id, START_DAY, 5);
        vm.snapshotGasLastCall("foundations", "five banking days");
        calendar.examinationPeriod(issuer.id, START);
        vm.snapshotGasLastCall("foundations", "examination period");
    }

    /// @dev What a transaction costs before its call begins.
    function intrinsic(bytes memory data) internal pure returns (uint256 gas) {
        gas = 21_000;
        for (uint256 i = 0; i < data.length; ++i) {
            gas += data[i] == 0 ? 4 : 16;
        }
    }

    function _measure(Party memory party, uint256[] memory keys, uint192 lane, string memory name) internal {
        IParticipantAccount.Order memory order = orderOf(party, address(target), act);
        if (lane != 0) order.nonce = uint256(lane) << 64;
        IParticipantAccount.Approval[] memory approvals = approve(party, order, keys);
        IParticipantAccount(party.account).execute(order, approvals);
        vm.snapshotGasLastCall("foundations", name);
    }
}
