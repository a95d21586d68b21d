// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheatcodes that these tests use; the test runner answers them at {Test-VM_ADDRESS}.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function mockCall(address callee, bytes calldata data, bytes calldata returned) external;
    function warp(uint256 time) external;
    function chainId(uint256 id) external;
    function etch(address target, bytes calldata code) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function addr(uint256 privateKey) external pure returns (address account);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function assume(bool condition) external pure;
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool done);
    function load(address target, bytes32 slot) external view returns (bytes32 value);
    function store(address target, bytes32 slot, bytes32 value) external;
    function label(address account, string calldata name) external;
    function toString(uint256 value) external pure returns (string memory text);
    function toString(address value) external pure returns (string memory text);
    function toString(bytes32 value) external pure returns (string memory text);
    function toString(int256 value) external pure returns (string memory text);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address predicted);
    function writeLine(string calldata path, string calldata line) external;
    function startSnapshotGas(string calldata name) external;
    function stopSnapshotGas() external returns (uint256 gasUsed);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}

/// @title Assertions and bounds for the Solidity tests.
/// @notice A failing assertion reverts with what it saw, so that the runner prints it.
abstract contract Test {
    /// @dev address(uint160(uint256(keccak256("hevm cheat code")))).
    address internal constant VM_ADDRESS = 0x7109709ECfa91a80626fF3989D68f67F5b1DD12D;
    Vm internal constant vm = Vm(VM_ADDRESS);

    error AssertionFailed(string message);

    function assertTrue(bool condition, string memory message) internal pure {
        if (!condition) revert AssertionFailed(message);
    }

    function assertTrue(bool condition) internal pure {
        assertTrue(condition, "expected true");
    }

    function assertFalse(bool condition, string memory message) internal pure {
        if (condition) revert AssertionFailed(message);
    }

    function assertFalse(bool condition) internal pure {
        assertFalse(condition, "expected false");
    }

    function assertEq(uint256 have, uint256 want, string memory message) internal pure {
        if (have != want) _unequal(message, vm.toString(have), vm.toString(want));
    }

    function assertEq(uint256 have, uint256 want) internal pure {
        assertEq(have, want, "uint");
    }

    function assertEq(int256 have, int256 want, string memory message) internal pure {
        if (have != want) _unequal(message, vm.toString(have), vm.toString(want));
    }

    function assertEq(int256 have, int256 want) internal pure {
        assertEq(have, want, "int");
    }

    function assertEq(address have, address want, string memory message) internal pure {
        if (have != want) _unequal(message, vm.toString(have), vm.toString(want));
    }

    function assertEq(address have, address want) internal pure {
        assertEq(have, want, "address");
    }

    function assertEq(bytes32 have, bytes32 want, string memory message) internal pure {
        if (have != want) _unequal(message, vm.toString(have), vm.toString(want));
    }

    function assertEq(bytes32 have, bytes32 want) internal pure {
        assertEq(have, want, "bytes32");
    }

    function assertEq(bool have, bool want, string memory message) internal pure {
        if (have != want) _unequal(message, have ? "true" : "false", want ? "true" : "false");
    }

    function assertEq(bool have, bool want) internal pure {
        assertEq(have, want, "bool");
    }

    function assertEq(string memory have, string memory want, string memory message) internal pure {
        if (keccak256(bytes(have)) != keccak256(bytes(want))) _unequal(message, have, want);
    }

    function assertEq(string memory have, string memory want) internal pure {
        assertEq(have, want, "string");
    }

    function assertEq(bytes memory have, bytes memory want, string memory message) internal pure {
        if (keccak256(have) != keccak256(want)) {
            revert AssertionFailed(string.concat(message, ": bytes differ"));
        }
    }

    function assertNotEq(bytes32 have, bytes32 notWanted, string memory message) internal pure {
        if (have == notWanted) revert AssertionFailed(string.concat(message, ": both ", vm.toString(have)));
    }

    function assertGe(uint256 have, uint256 least, string memory message) internal pure {
        if (have < least) _outside(message, have, " is below ", least);
    }

    function assertLe(uint256 have, uint256 most, string memory message) internal pure {
        if (have > most) _outside(message, have, " is above ", most);
    }

    function fail(string memory message) internal pure {
        revert AssertionFailed(message);
    }

    /// @dev Maps any value into [least, most], so that no fuzz run is thrown away.
    function bound(uint256 value, uint256 least, uint256 most) internal pure returns (uint256) {
        if (least > most) revert AssertionFailed("bound: least above most");
        if (value >= least && value <= most) return value;
        uint256 size = most - least + 1;
        return size == 0 ? value : least + (value % size);
    }

    function _unequal(string memory message, string memory have, string memory want) private pure {
        revert AssertionFailed(string.concat(message, ": have ", have, ", want ", want));
    }

    function _outside(string memory message, uint256 have, string memory relation, uint256 limit) private pure {
        revert AssertionFailed(string.concat(message, ": ", vm.toString(have), relation, vm.toString(limit)));
    }
}
