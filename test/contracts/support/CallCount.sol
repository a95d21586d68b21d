// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @title Counts what an invariant run did, so that a run that hardly did anything fails instead of looking green.
/// @notice A handler calls {_count} once in each of its functions. At the end of each run the test calls {assertBusy}.
abstract contract CallCount is Test {
    struct Count {
        uint256 calls;
        uint256 changes;
    }

    /// @dev Allowed in hardhat.config.ts.
    string private constant _CALLS_FILE = "./cache/invariant-calls.txt";

    bytes32[] private _names;
    mapping(bytes32 name => Count) private _counts;

    /// @param changed True when the call changed the state of the system under test.
    function _count(bytes32 name, bool changed) internal {
        Count storage count = _counts[name];
        if (count.calls == 0) _names.push(name);
        ++count.calls;
        if (changed) ++count.changes;
    }

    /// @notice Writes the counts down and fails when there were too few. Call it in `afterInvariant`: the runner shows
    /// no logs of invariant tests, so the counts go to a file that the check script prints.
    /// @param title Invariants that were watched.
    /// @param calls Least number of calls in this run.
    /// @param functions Number of functions of the handler.
    /// @param callsEach Least number of calls of each function.
    function assertBusy(string memory title, uint256 calls, uint256 functions, uint256 callsEach) external {
        (string memory line, uint256 total, uint256 changes) = _summary();
        vm.writeLine(_CALLS_FILE, string.concat(title, ": ", line));
        for (uint256 i = 0; i < _names.length; ++i) {
            assertGe(_counts[_names[i]].calls, callsEach, string.concat(_text(_names[i]), " was called too rarely"));
        }
        assertEq(_names.length, functions, "functions that were called");
        assertGe(total, calls, "calls");
        assertGe(changes * 100, total * 60, "60 % of the calls change state");
    }

    function _summary() private view returns (string memory line, uint256 total, uint256 changes) {
        for (uint256 i = 0; i < _names.length; ++i) {
            Count memory count = _counts[_names[i]];
            total += count.calls;
            changes += count.changes;
            line = string.concat(
                line, ", ", _text(_names[i]), " ", vm.toString(count.changes), "/", vm.toString(count.calls)
            );
        }
        uint256 percent = total == 0 ? 0 : changes * 100 / total;
        line = string.concat(vm.toString(total), " calls, ", vm.toString(percent), " % changed state", line);
    }

    function _text(bytes32 name) private pure returns (string memory) {
        uint256 length;
        while (length < 32 && name[length] != 0) {
            ++length;
        }
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            text[i] = name[i];
        }
        return string(text);
    }
}
