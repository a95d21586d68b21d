// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
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
        vm.snapshotGasLastCall("foundations", "deposit transfer between holders");
        vm.prank(buyer.account);
        token.transfer(arbiter.account, 1);
        vm.snapshotGasLastCall("foundations", "deposit transfer to a new holder");
    }

    function test_gas_of_an_entry() public {
        vm.prank(issuer.account);
        token.createByEntry(buyer.account, 1, "3");
        vm.snapshotGasLastCall("foundations", "deposit created by entry");
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

    function _measure(Party memory party, uint256[] memory keys, uint192 lane, string memory name) internal {
        IParticipantAccount.Order memory order = orderOf(party, address(target), act);
        if (lane != 0) order.nonce = uint256(lane) << 64;
        IParticipantAccount.Approval[] memory approvals = approve(party, order, keys);
        IParticipantAccount(party.account).execute(order, approvals);
        vm.snapshotGasLastCall("foundations", name);
    }
}
