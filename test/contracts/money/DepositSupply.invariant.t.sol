// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ClearingHouse} from "../../../contracts/money/ClearingHouse.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {CallCount} from "../support/CallCount.sol";
import {System} from "../support/System.sol";
import {Test} from "../support/Test.sol";

/// @title Two banks and their settlement agent, four tokens and five holders, with a book of their own.
/// @notice The book is written from what was asked and from nothing else: it never reads a token.
contract DepositSupplyHandler is System, CallCount {
    struct Entry {
        bool undertaking;
        bytes32 ref;
    }

    /// @notice What one EUR bank's customers paid to the other's, net: what it owes the other.
    int256 public owed;

    DepositToken[] internal tokens;
    Party[] internal banks;
    Party[] internal holders;

    /// @notice token => sum over references.
    mapping(uint256 token => uint256) public created;
    /// @notice token => holder => balance.
    mapping(uint256 token => mapping(uint256 holder => uint256)) public held;
    mapping(uint256 token => Entry[]) internal entries;
    uint256 internal nextReference = 1;
    /// @notice Acts that must fail and did not, or that must pass and did not.
    uint256 public violations;

    constructor() {
        deploySystem();
        tokens.push(createToken(issuer, "EUR", 2));
        tokens.push(createToken(issuer, "JPY", 0));
        tokens.push(createToken(confirmer, "EUR", 2));
        tokens.push(createToken(adviser, "EUR", 2));
        banks.push(issuer);
        banks.push(issuer);
        banks.push(confirmer);
        banks.push(adviser);
        holders.push(buyer);
        holders.push(seller);
        holders.push(arbiter);
        holders.push(issuer);
        holders.push(confirmer);
        grant(confirmer, issuer, "EUR", uint128(type(int128).max));
        grant(issuer, confirmer, "EUR", uint128(type(int128).max));
        for (uint256 i = 3; i < 5; ++i) {
            vm.prank(holders[i].account);
            clearing.joinSettlement("EUR", adviser.id);
        }
    }

    /// @notice The two banks settle what one owes the other in their agent's money.
    function settleCycle() external {
        uint256 due = uint256(owed < 0 ? -owed : owed);
        (uint256 payer, uint256 payee) = owed > 0 ? (3, 4) : (4, 3);
        bool may = due > 0 && held[3][payer] >= due;
        uint32[] memory members = new uint32[](2);
        (members[0], members[1]) = (issuer.id, confirmer.id);
        vm.prank(adviser.account);
        try clearing.settle("EUR", members, bytes32(nextReference++)) {
            if (!may) ++violations;
            held[3][payer] -= due;
            held[3][payee] += due;
            owed = 0;
        } catch {
            if (may) ++violations;
        }
        _count("settleCycle", may);
    }

    /// @notice From one bank's EUR to the other's, within what is held, and now and then one unit more.
    function payBetweenBanks(bool out, uint256 fromSeed, uint256 toSeed, uint256 amount) external {
        (uint256 token, uint256 other) = out ? (0, 2) : (2, 0);
        (uint256 from, uint256 to) = (fromSeed % holders.length, toSeed % holders.length);
        uint256 most = held[token][from];
        bool tooMuch = amount % 16 == 0 && most < type(uint128).max;
        amount = tooMuch ? most + 1 : bound(amount, 1, most == 0 ? 1 : most > 2 ** 120 ? 2 ** 120 : most);
        int256 after_ = owed + (out ? int256(amount) : -int256(amount));
        bool may = !tooMuch && most > 0 && after_ <= type(int128).max && after_ >= -type(int128).max;
        IClearingHouse.Payment memory payment = IClearingHouse.Payment(
            banks[token].id, holders[to].id, banks[other].id, "EUR", uint128(amount), bytes32(nextReference++)
        );
        vm.prank(holders[from].account);
        try clearing.pay(payment) {
            if (!may) ++violations;
            held[token][from] -= amount;
            held[other][to] += amount;
            created[token] -= amount;
            created[other] += amount;
            owed = after_;
        } catch {
            if (may) ++violations;
        }
        _count("payBetweenBanks", may);
    }

    function enterMoney(uint256 tokenSeed, uint256 holderSeed, uint128 amount) external {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        if (amount == 0) amount = 1;
        bytes32 ref = bytes32(nextReference++);
        vm.prank(banks[token].account);
        try tokens[token].createByEntry(holders[holder].account, amount, ref) {
            _book(token, holder, amount, Entry(false, ref));
        } catch {
            ++violations;
        }
        _count("enterMoney", true);
    }

    function payUndertaking(uint256 tokenSeed, uint256 holderSeed, uint128 amount) external {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        if (amount == 0) amount = 1;
        bytes32 ref = bytes32(nextReference++);
        vm.prank(addressOf("Undertakings"));
        try tokens[token].createForUndertaking(holders[holder].account, amount, ref) {
            _book(token, holder, amount, Entry(true, ref));
        } catch {
            ++violations;
        }
        _count("payUndertaking", true);
    }

    function transferMoney(uint256 tokenSeed, uint256 fromSeed, uint256 toSeed, uint256 amount) external {
        (uint256 token, uint256 from) = (tokenSeed % tokens.length, fromSeed % holders.length);
        uint256 to = toSeed % holders.length;
        amount = bound(amount, 0, held[token][from]);
        vm.prank(holders[from].account);
        try tokens[token].transfer(holders[to].account, amount) {
            held[token][from] -= amount;
            held[token][to] += amount;
        } catch {
            ++violations;
        }
        _count("transferMoney", amount > 0 && from != to);
    }

    function spendApproved(uint256 tokenSeed, uint256 fromSeed, uint256 toSeed, uint256 amount) external {
        (uint256 token, uint256 from) = (tokenSeed % tokens.length, fromSeed % holders.length);
        uint256 to = toSeed % holders.length;
        amount = bound(amount, 0, held[token][from]);
        vm.prank(holders[from].account);
        tokens[token].approve(stranger, amount);
        vm.prank(stranger);
        try tokens[token].transferFrom(holders[from].account, holders[to].account, amount) {
            held[token][from] -= amount;
            held[token][to] += amount;
        } catch {
            ++violations;
        }
        _count("spendApproved", amount > 0);
    }

    /// @notice Everything here must fail: a second use of a reference, a stranger, another bank, too much, to nobody.
    function tryWhatMustFail(uint256 tokenSeed, uint256 holderSeed, uint128 amount, uint8 what) external {
        (uint256 token, uint256 holder) = (tokenSeed % tokens.length, holderSeed % holders.length);
        if (_passes(token, holder, amount == 0 ? 1 : amount, what % 6)) ++violations;
        _count("tryWhatMustFail", false);
    }

    function bankIds() external view returns (uint32, uint32) {
        return (issuer.id, confirmer.id);
    }

    function clearingHouse() external view returns (ClearingHouse) {
        return clearing;
    }

    function tokenCount() external view returns (uint256) {
        return tokens.length;
    }

    function holderCount() external view returns (uint256) {
        return holders.length;
    }

    function tokenAt(uint256 index) external view returns (DepositToken) {
        return tokens[index];
    }

    function accountAt(uint256 index) external view returns (address) {
        return holders[index].account;
    }

    function _book(uint256 token, uint256 holder, uint256 amount, Entry memory entry) private {
        created[token] += amount;
        held[token][holder] += amount;
        entries[token].push(entry);
    }

    function _passes(uint256 token, uint256 holder, uint128 amount, uint256 what) private returns (bool passed) {
        address account = holders[holder].account;
        bytes memory data;
        address caller = stranger;
        if (what == 0) {
            if (entries[token].length == 0) return false;
            Entry memory entry = entries[token][amount % entries[token].length];
            caller = entry.undertaking ? addressOf("Undertakings") : banks[token].account;
            data = entry.undertaking
                ? abi.encodeCall(DepositToken.createForUndertaking, (account, amount, entry.ref))
                : abi.encodeCall(DepositToken.createByEntry, (account, amount, entry.ref));
        } else if (what == 1) {
            caller = token < 2 ? confirmer.account : issuer.account;
            data = abi.encodeCall(DepositToken.createByEntry, (account, amount, bytes32(nextReference)));
        } else if (what == 2) {
            caller = operator.account;
            data = abi.encodeCall(DepositToken.createForUndertaking, (account, amount, bytes32(nextReference)));
        } else if (what == 3) {
            caller = banks[token].account;
            data = abi.encodeCall(DepositToken.createByEntry, (stranger, amount, bytes32(nextReference)));
        } else if (what == 4) {
            caller = account;
            data = abi.encodeCall(tokens[token].transfer, (holders[0].account, held[token][holder] + 1));
        } else {
            caller = account;
            data = abi.encodeCall(tokens[token].transfer, (amount % 2 == 0 ? stranger : address(0), 0));
        }
        vm.prank(caller);
        (passed,) = address(tokens[token]).call(data);
    }
}

contract DepositSupplyInvariantTest is Test {
    uint256 internal constant CALLS_EACH_RUN = 8_192;
    uint256 internal constant FUNCTIONS = 7;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    DepositSupplyHandler internal handler;

    function setUp() public {
        handler = new DepositSupplyHandler();
    }

    /// @notice Read by the runner: the handler's acts, and nothing else, are called.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory selectors) {
        bytes4[] memory acts = new bytes4[](FUNCTIONS);
        acts[0] = DepositSupplyHandler.enterMoney.selector;
        acts[1] = DepositSupplyHandler.payUndertaking.selector;
        acts[2] = DepositSupplyHandler.transferMoney.selector;
        acts[3] = DepositSupplyHandler.spendApproved.selector;
        acts[4] = DepositSupplyHandler.tryWhatMustFail.selector;
        acts[5] = DepositSupplyHandler.payBetweenBanks.selector;
        acts[6] = DepositSupplyHandler.settleCycle.selector;
        selectors = new FuzzSelector[](1);
        selectors[0] = FuzzSelector(address(handler), acts);
    }

    /// hardhat-config: invariant.runs = 8
    /// hardhat-config: invariant.depth = 8192
    /// hardhat-config: invariant.failOnRevert = true
    function invariant_CASH_1_the_supply_of_each_token_is_the_sum_over_its_references() public view {
        assertEq(handler.violations(), 0, "CASH-1: an act passed that must fail, or failed that must pass");
        for (uint256 token = 0; token < handler.tokenCount(); ++token) {
            uint256 book = handler.created(token);
            assertEq(handler.tokenAt(token).totalSupply(), book, "CASH-1: supply is the sum over references");
            uint256 sum;
            for (uint256 holder = 0; holder < handler.holderCount(); ++holder) {
                uint256 held = handler.held(token, holder);
                sum += held;
                uint256 balance = handler.tokenAt(token).balanceOf(handler.accountAt(holder));
                assertEq(balance, held, "CASH-1: a holder has what the book says");
            }
            assertEq(sum, book, "CASH-1: balances add up to the supply");
        }
        (uint32 issuer, uint32 confirmer) = handler.bankIds();
        ClearingHouse clearing = handler.clearingHouse();
        assertEq(clearing.owedTo(confirmer, issuer, "EUR"), handler.owed(), "CASH-1: what banks owe is what was paid");
        assertEq(
            int256(clearing.owedTo(confirmer, issuer, "EUR")) + clearing.owedTo(issuer, confirmer, "EUR"),
            0,
            "CASH-1: all that banks owe adds up to nothing"
        );
    }

    function afterInvariant() external {
        handler.assertBusy("CASH-1", CALLS_EACH_RUN, FUNCTIONS, 200);
    }
}
