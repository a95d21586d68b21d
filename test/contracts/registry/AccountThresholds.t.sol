// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAccountThresholds} from "../../../contracts/interfaces/IAccountThresholds.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {System} from "../support/System.sol";
import {Target} from "../support/Target.sol";

contract AccountThresholdsTest is System {
    uint256 internal constant SECOND_CHECKER = 0xC2;
    uint8 internal constant BOTH = Purposes.PROPOSE | Purposes.APPROVE;

    DepositToken internal euro;
    DepositToken internal yen;
    Target internal target;
    bytes internal act = abi.encodeCall(Target.act, (1));

    function setUp() public {
        deploySystem();
        euro = createToken(issuer, "EUR", 2);
        yen = createToken(issuer, "JPY", 0);
        target = new Target();
        enter(euro, issuer, issuer.account, 10_000, "own");
        enter(yen, issuer, issuer.account, 10_000, "own");
        enter(euro, issuer, buyer.account, 10_000, "buyer");
        vm.prank(issuer.account);
        IParticipantAccount(issuer.account).addKey(signerOf(SECOND_CHECKER), Purposes.APPROVE);
    }

    function test_a_bank_demands_three_keys_above_an_amount() public {
        _set(issuer, _above("EUR", 1_000, 3));
        _pass(issuer, address(euro), _transfer(1_000), _two());
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
        _pass(issuer, address(euro), _transfer(1_001), _three());
        assertEq(balance(euro, seller), 2_001);
    }

    function test_an_amount_of_another_currency_is_another_matter() public {
        _set(issuer, _above("EUR", 1_000, 3));
        _pass(issuer, address(yen), _transfer(9_000), _two());
    }

    function test_an_amount_split_over_the_calls_of_an_order_is_one_amount() public {
        _set(issuer, _above("EUR", 1_000, 3));
        IParticipantAccount.Order memory order = orderOf(issuer, address(euro), _transfer(600));
        IParticipantAccount.Call memory call = order.calls[0];
        order.calls = new IParticipantAccount.Call[](3);
        order.calls[0] = call;
        order.calls[1] = IParticipantAccount.Call(address(yen), _transfer(600));
        order.calls[2] = call;
        IParticipantAccount.Approval[] memory approvals = approve(issuer, order, _two());
        vm.expectRevert(_notAuthorised(2, 3));
        IParticipantAccount(issuer.account).execute(order, approvals);
        bytes32 digest = IParticipantAccount(issuer.account).batchHash(order);
        approvals = approveHash(digest, _two());
        vm.expectRevert(_notAuthorised(2, 3));
        IParticipantAccount(issuer.account).executeEach(order, approvals);
        IParticipantAccount(issuer.account).executeEach(order, approveHash(digest, _three()));
        assertEq(balance(euro, seller), 1_200);
    }

    function test_every_act_that_says_how_much_it_moves_is_looked_at() public {
        _set(issuer, _above("EUR", 1_000, 3));
        _refuse(issuer, address(euro), abi.encodeCall(IERC20.approve, (seller.account, 1_001)), _two(), 2, 3);
        _refuse(issuer, address(euro), abi.encodeCall(euro.createByEntry, (seller.account, 1_001, "2")), _two(), 2, 3);
        bytes memory from = abi.encodeCall(IERC20.transferFrom, (buyer.account, seller.account, 1_001));
        _refuse(issuer, address(euro), from, _two(), 2, 3);
        IClearingHouse.Payment memory payment =
            IClearingHouse.Payment(issuer.id, seller.id, confirmer.id, "EUR", 1_001, "ref");
        _refuse(issuer, address(clearing), abi.encodeCall(IClearingHouse.pay, (payment)), _two(), 2, 3);
        // Amounts that no uint128 holds, and arguments cut short, are more than any amount.
        _refuse(issuer, address(euro), _transfer(type(uint256).max), _two(), 2, 3);
        _refuse(issuer, address(euro), abi.encodePacked(IERC20.transfer.selector, bytes20(seller.account)), _two(), 2, 3);
    }

    function test_money_at_a_token_that_is_not_there_yet_escapes_no_threshold() public {
        _set(issuer, _above("EUR", 1_000, 3));
        address later = address(0x70CE);
        refuseAs(
            abi.encodeWithSelector(IAccountThresholds.ThresholdCurrencyUnknown.selector, later),
            issuer,
            later,
            abi.encodeCall(euro.createByEntry, (seller.account, 1_001, "2")),
            _two()
        );
    }

    function test_a_class_of_act_can_demand_three_keys_whatever_it_moves() public {
        _set(issuer, _ofClass(address(target), Target.act.selector, 3));
        _refuse(issuer, address(target), act, _two(), 2, 3);
        _pass(issuer, address(target), act, _three());
        _pass(issuer, address(euro), _transfer(1), _two());
    }

    function test_a_class_and_an_amount_together_concern_that_class_above_that_amount() public {
        IAccountThresholds.Threshold memory threshold = _above("EUR", 1_000, 3);
        (threshold.target, threshold.selector) = (address(euro), IERC20.transfer.selector);
        _set(issuer, threshold);
        _pass(issuer, address(euro), _transfer(1_000), _two());
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
        _pass(issuer, address(euro), abi.encodeCall(IERC20.approve, (seller.account, 1_001)), _two());
    }

    function test_what_is_routine_can_be_made_to_need_two_keys() public {
        bytes memory extend = abi.encodeCall(calendar.extend, (weekendWords(START_WORD + 4, 1)));
        _set(issuer, _ofClass(address(calendar), calendar.extend.selector, 2));
        refuseAs(
            abi.encodeWithSelector(
                IParticipantAccount.OrderNotAuthorised.selector, Purposes.PROPOSE | Purposes.OPERATE, BOTH, 1, 2
            ),
            issuer,
            address(calendar),
            extend,
            oneKey(issuer.maker)
        );
        _pass(issuer, address(calendar), extend, _two());
    }

    function test_AUTH_1_no_threshold_makes_one_key_enough() public {
        _set(issuer, _above("EUR", 0, 1));
        _refuse(issuer, address(euro), _transfer(1), oneKey(issuer.maker), 1, 2);
        _set(issuer, _ofClass(address(euro), IERC20.transfer.selector, 1));
        _refuse(issuer, address(euro), _transfer(1), oneKey(issuer.maker), 1, 2);
    }

    function test_a_merchant_demands_two_keys_that_operate_above_an_amount() public {
        vm.prank(buyer.account);
        IParticipantAccount(buyer.account).addKey(signerOf(SECOND_CHECKER), Purposes.OPERATE);
        _set(buyer, _above("EUR", 100, 2));
        sendAs(buyer, address(euro), _transfer(100), oneKey(buyer.maker));
        bytes memory want = abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector, Purposes.PROPOSE | Purposes.OPERATE, Purposes.OPERATE, 1, 2
        );
        refuseAs(want, buyer, address(euro), _transfer(101), oneKey(buyer.maker));
        sendAs(buyer, address(euro), _transfer(101), keyPair(buyer.maker, SECOND_CHECKER));
    }

    function test_changes_of_keys_can_demand_three_keys_too() public {
        _set(issuer, _ofClass(issuer.account, IParticipantAccount.addKey.selector, 3));
        bytes memory add = abi.encodeCall(IParticipantAccount.addKey, (signerOf(7), Purposes.PROPOSE));
        uint256[] memory keys = keyPair(issuer.administrator, issuer.checker);
        uint8 want = Purposes.ADMINISTER | Purposes.APPROVE;
        refuseAs(
            abi.encodeWithSelector(IParticipantAccount.OrderNotAuthorised.selector, want, want, 2, 3),
            issuer,
            issuer.account,
            add,
            keys
        );
        sendAs(issuer, issuer.account, add, _with(keys, SECOND_CHECKER));
    }

    function test_a_consent_needs_as_many_keys_as_the_most_demanding_act() public {
        bytes32 hash = keccak256("a permit");
        _set(issuer, _above("EUR", 1_000_000, 3));
        bytes4 two = IParticipantAccount(issuer.account).isValidSignature(hash, consent(issuer, hash, _two()));
        assertEq(bytes32(two), bytes32(bytes4(0xffffffff)), "nobody sees what the hash moves");
        bytes4 three = IParticipantAccount(issuer.account).isValidSignature(hash, consent(issuer, hash, _three()));
        assertEq(bytes32(three), bytes32(bytes4(0x1626ba7e)));
    }

    // Changing thresholds.

    function test_raising_takes_effect_at_once() public {
        _set(issuer, _above("EUR", 1_000, 2));
        _pass(issuer, address(euro), _transfer(1_001), _two());
        vm.expectEmit(issuer.account);
        emit IAccountThresholds.ThresholdSet(_above("EUR", 1_000, 3), uint48(block.timestamp));
        _set(issuer, _above("EUR", 1_000, 3));
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
    }

    function test_lowering_takes_effect_after_a_delay_of_one_day() public {
        _set(issuer, _above("EUR", 1_000, 3));
        uint48 from = uint48(block.timestamp + 1 days);
        vm.expectEmit(issuer.account);
        emit IAccountThresholds.ThresholdSet(_above("EUR", 1_000, 0), from);
        _set(issuer, _above("EUR", 1_000, 0));
        IAccountThresholds.ThresholdState[] memory states = IParticipantAccount(issuer.account).thresholds();
        assertEq(states.length, 1);
        assertEq(states[0].threshold.keys, 3, "as before");
        assertEq(states[0].keysLater, 0);
        assertEq(states[0].from, from);
        vm.warp(from - 1);
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
        vm.warp(from);
        _pass(issuer, address(euro), _transfer(1_001), _two());
        assertEq(IParticipantAccount(issuer.account).thresholds().length, 0, "gone");
    }

    function test_any_raising_undoes_a_lowering_that_waits() public {
        _set(issuer, _above("EUR", 1_000, 3));
        _set(issuer, _above("EUR", 1_000, 0));
        vm.warp(block.timestamp + 1 days - 1);
        _set(issuer, _above("EUR", 1_000, 3));
        vm.warp(block.timestamp + 30 days);
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
    }

    function test_lowering_again_begins_a_new_day() public {
        _set(issuer, _above("EUR", 1_000, 3));
        _set(issuer, _above("EUR", 1_000, 2));
        vm.warp(block.timestamp + 1 days - 1);
        _set(issuer, _above("EUR", 1_000, 0));
        vm.warp(block.timestamp + 1 days - 1);
        _refuse(issuer, address(euro), _transfer(1_001), _two(), 2, 3);
    }

    function test_AUTH_1_nobody_sets_thresholds_but_the_account_itself() public {
        address[3] memory callers = [stranger, operator.account, vm.addr(issuer.administrator)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IParticipantAccount.AccountNotSelf.selector, callers[i]));
            vm.prank(callers[i]);
            IParticipantAccount(issuer.account).setThreshold(_above("EUR", 1, 3));
        }
    }

    function test_no_threshold_that_nobody_could_meet() public {
        _refuseSetting(
            _above("EUR", 1, 4), abi.encodeWithSelector(IAccountThresholds.ThresholdUnattainable.selector, 4, 3)
        );
        _refuseSetting(
            _ofClass(issuer.account, IParticipantAccount.addKey.selector, 4),
            abi.encodeWithSelector(IAccountThresholds.ThresholdUnattainable.selector, 4, 3)
        );
    }

    function test_no_key_is_removed_that_a_threshold_needs() public {
        _set(issuer, _above("EUR", 1, 3));
        bytes memory remove = abi.encodeCall(IParticipantAccount.removeKey, (signerOf(SECOND_CHECKER)));
        bytes memory want =
            abi.encodeWithSelector(IParticipantAccount.KeyIndispensable.selector, signerOf(SECOND_CHECKER));
        refuseAs(want, issuer, issuer.account, remove, keyPair(issuer.administrator, issuer.checker));
        _set(issuer, _above("EUR", 1, 0));
        vm.warp(block.timestamp + 1 days);
        sendAs(issuer, issuer.account, remove, keyPair(issuer.administrator, issuer.checker));
    }

    function test_a_threshold_that_contradicts_itself_is_refused() public {
        bytes memory want = abi.encodePacked(IAccountThresholds.ThresholdInvalid.selector);
        _refuseSetting(_ofClass(address(0), Target.act.selector, 2), want);
        _refuseSetting(_above("", 1, 2), want);
        IAccountThresholds.Threshold memory own = _above("EUR", 1, 2);
        own.target = issuer.account;
        _refuseSetting(own, want);
        _refuseSetting(_above("EUR", 5, 0), want);
    }

    function test_an_account_has_sixteen_thresholds_at_most_and_a_free_place_is_used_again() public {
        for (uint128 i = 0; i < 16; ++i) {
            _set(issuer, _above("EUR", i, 2));
        }
        _refuseSetting(
            _above("EUR", 16, 2), abi.encodeWithSelector(IAccountThresholds.ThresholdsTooMany.selector, 16)
        );
        _set(issuer, _above("EUR", 7, 0));
        vm.warp(block.timestamp + 1 days);
        _set(issuer, _above("EUR", 16, 2));
        assertEq(IParticipantAccount(issuer.account).thresholds().length, 16);
    }

    function _two() internal view returns (uint256[] memory) {
        return keyPair(issuer.maker, issuer.checker);
    }

    function _three() internal view returns (uint256[] memory) {
        return _with(_two(), SECOND_CHECKER);
    }

    function _with(uint256[] memory pair, uint256 third) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (pair[0], pair[1], third);
    }

    function _transfer(uint256 amount) internal view returns (bytes memory) {
        return abi.encodeCall(IERC20.transfer, (seller.account, amount));
    }

    function _above(bytes3 currency, uint128 above, uint8 keys)
        internal
        pure
        returns (IAccountThresholds.Threshold memory)
    {
        return IAccountThresholds.Threshold(address(0), 0, currency, keys, above);
    }

    function _ofClass(address of_, bytes4 selector, uint8 keys)
        internal
        pure
        returns (IAccountThresholds.Threshold memory)
    {
        return IAccountThresholds.Threshold(of_, selector, "", keys, 0);
    }

    function _set(Party memory party, IAccountThresholds.Threshold memory threshold) internal {
        vm.prank(party.account);
        IParticipantAccount(party.account).setThreshold(threshold);
    }

    function _refuseSetting(IAccountThresholds.Threshold memory threshold, bytes memory want) internal {
        vm.expectRevert(want);
        _set(issuer, threshold);
    }

    function _pass(Party memory party, address to, bytes memory data, uint256[] memory keys) internal {
        sendAs(party, to, data, keys);
    }

    function _refuse(
        Party memory party,
        address to,
        bytes memory data,
        uint256[] memory keys,
        uint256 have,
        uint256 want
    ) internal {
        if (have == 1) {
            bytes memory one = abi.encodeWithSelector(
                IParticipantAccount.OrderNotAuthorised.selector, Purposes.PROPOSE | Purposes.OPERATE, BOTH, 1, want
            );
            refuseAs(one, party, to, data, keys);
        } else {
            refuseAs(_notAuthorised(have, want), party, to, data, keys);
        }
    }

    function _notAuthorised(uint256 have, uint256 want) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IParticipantAccount.OrderNotAuthorised.selector, BOTH | Purposes.OPERATE, BOTH, have, want
        );
    }
}
