// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDepositTokenFactory} from "../../../contracts/interfaces/IDepositTokenFactory.sol";
import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {TradeEscrow} from "../../../contracts/escrow/TradeEscrow.sol";
import {EscrowSystem} from "./EscrowSystem.sol";

/// @dev Says of every address that it is a token of bank 1.
contract CredulousFactory {
    function issuerOf(address) external pure returns (uint32, bytes3) {
        return (1, "EUR");
    }
}

/// @dev A token that takes a fee, tells lies or calls back, as asked.
contract WildToken is ERC20 {
    uint256 public fee;
    bool public lies;
    address public target;
    bytes public callback;
    bytes public answer;
    bool public called;

    constructor() ERC20("Wild", "WLD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function takeFee(uint256 fee_) external {
        fee = fee_;
    }

    function lie() external {
        lies = true;
    }

    function callBack(address target_, bytes calldata callback_) external {
        target = target_;
        callback = callback_;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (lies) return false;
        return super.transferFrom(from, to, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (lies) return false;
        return super.transfer(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        if (fee != 0) super._update(to, address(0), fee);
        if (target != address(0)) (called, answer) = target.call(callback);
    }
}

/// @title The escrow against tokens that do other things than they are asked to.
contract TokensTest is EscrowSystem {
    TradeEscrow private _wild;
    WildToken private _token;
    bytes32 private _id;

    function setUp() public override {
        super.setUp();
        _wild = new TradeEscrow(registry, IDepositTokenFactory(address(new CredulousFactory())));
        _token = new WildToken();
        _token.mint(buyer.account, 1_000_000_00);
        vm.startPrank(buyer.account);
        _id = _wild.propose(_terms());
        _token.approve(address(_wild), type(uint256).max);
        vm.stopPrank();
        vm.prank(seller.account);
        _wild.agree(_id, _terms());
    }

    function test_catalogue_1_a_token_that_takes_a_fee_cannot_fund() public {
        _token.takeFee(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITradeEscrow.EscrowAmountMoved.selector, uint256(FIRST + SECOND - 1), uint256(FIRST + SECOND)
            )
        );
        _fund();
    }

    function test_catalogue_7_a_token_that_says_no_cannot_fund_or_pay() public {
        uint256 snapshot = vm.snapshotState();
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(_token));
        _token.lie();
        vm.expectRevert(failed);
        _fund();
        vm.revertToState(snapshot);
        _fund();
        vm.prank(buyer.account);
        _wild.release(_id, _terms(), 0);
        _token.lie();
        vm.expectRevert(failed);
        vm.prank(seller.account);
        _wild.claim(_id, _terms());
        assertEq(_wild.claimable(_id, seller.id), FIRST, "the claim stays");
    }

    function test_catalogue_16_a_token_that_calls_back_cannot_enter_again() public {
        _fund();
        vm.prank(buyer.account);
        _wild.release(_id, _terms(), 0);
        _token.callBack(address(_wild), abi.encodeCall(_wild.claim, (_id, _terms())));
        vm.prank(seller.account);
        _wild.claim(_id, _terms());
        assertFalse(_token.called(), "the second entry succeeded");
        assertEq(
            _token.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "reason"
        );
        assertEq(_token.balanceOf(seller.account), FIRST, "paid once");
    }

    function test_catalogue_16_what_a_token_reads_while_it_moves_is_already_settled() public {
        _fund();
        vm.prank(buyer.account);
        _wild.release(_id, _terms(), 0);
        _token.callBack(address(_wild), abi.encodeCall(_wild.claimable, (_id, seller.id)));
        vm.prank(seller.account);
        _wild.claim(_id, _terms());
        assertEq(abi.decode(_token.answer(), (uint256)), 0, "claimable inside the transfer");
        _token.callBack(address(_wild), abi.encodeCall(_wild.owed, (address(_token))));
        vm.prank(buyer.account);
        _wild.release(_id, _terms(), 1);
        vm.prank(seller.account);
        _wild.claim(_id, _terms());
        assertEq(abi.decode(_token.answer(), (uint256)), 0, "owed inside the transfer");
    }

    function test_catalogue_2_a_party_that_cannot_receive_blocks_nobody_else() public {
        // Each party takes its own money in its own call, so the seller's failure is the seller's alone.
        _fund();
        vm.prank(buyer.account);
        _wild.dispute(_id, _terms(), 0, EVIDENCE);
        vm.prank(arbiter.account);
        _wild.rule(_id, _terms(), 0, 5000);
        uint256 had = _token.balanceOf(buyer.account);
        vm.prank(buyer.account);
        _wild.claim(_id, _terms());
        assertEq(_token.balanceOf(buyer.account), had + FIRST / 2, "the buyer's money");
    }

    function test_catalogue_8_no_act_takes_native_value() public {
        assertGe(address(this).balance, 1, "this test has value to send");
        vm.warp(FUND_BY + 1);
        (bool done,) = address(_wild).call("");
        assertFalse(done, "a call without data");
        (done,) = address(_wild).call{value: 1}(abi.encodeCall(_wild.lapse, (_id, _terms())));
        assertFalse(done, "an act with value");
        (done,) = address(_wild).call(abi.encodeCall(_wild.lapse, (_id, _terms())));
        assertTrue(done, "the same act without");
    }

    function _terms() private view returns (ITradeEscrow.Terms memory terms) {
        terms = defaultTerms();
        terms.token = address(_token);
    }

    function _fund() private {
        vm.prank(buyer.account);
        _wild.fund(_id, _terms());
    }
}
