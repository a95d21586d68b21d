// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {console} from "hardhat/console.sol";
import {Test} from "./Test.sol";

/// @title Base of a handler: acts at random on the contracts under test, and a book that knows what must come of it.
/// @notice A handler decides from its own book alone whether an act must succeed, does it, and notes the first time
/// that the contracts and the book differ. The book never reads the contracts under test.
abstract contract Handler is Test {
    /// @notice The first difference between book and contracts; empty while there is none.
    string public divergence;
    uint256[] internal _tried;
    uint256[] internal _done;

    constructor(uint256 acts) {
        _tried = new uint256[](acts);
        _done = new uint256[](acts);
    }

    /// @notice One random act.
    function act(uint256 kind, uint256 seed) public virtual;

    /// @notice Names of the acts, in their order.
    function names() public pure virtual returns (string[] memory);

    function counts() external view returns (uint256[] memory tried, uint256[] memory done) {
        return (_tried, _done);
    }

    /// @dev Counts an act and compares what happened with what the book says.
    function _note(uint256 kind, bool want, bool ok, bytes memory answer) internal {
        ++_tried[kind];
        if (ok) ++_done[kind];
        if (ok == want || bytes(divergence).length != 0) return;
        divergence = string.concat(names()[kind], ok ? " succeeded" : " failed", " against the book ", _hex(answer));
    }

    function _differ(string memory what) internal {
        if (bytes(divergence).length == 0) divergence = what;
    }

    /// @dev The first four bytes of an answer: the selector of an error.
    function _hex(bytes memory answer) private pure returns (string memory) {
        return answer.length < 4 ? "without an error" : vm.toString(bytes32(bytes4(answer)));
    }
}

interface EnvironmentVm {
    function setEnv(string calldata name, string calldata value) external;
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

/// @title Base of an invariant test: the runner's own campaign, and a counted one that prints what it did.
/// @notice The runner shrinks what it finds, but it prints nothing of what it did. So the same handler also runs as a
/// fuzz test, some hundred acts from each seed: the trace of a longer failing run would fill the machine's memory. The
/// counts of the runs are added up in the environment of the process, which is all that outlives a run.
abstract contract Campaign is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    EnvironmentVm private constant _ENVIRONMENT = EnvironmentVm(VM_ADDRESS);
    /// @dev Allowed in hardhat.config.ts.
    string private constant _CALLS_FILE = "./cache/invariant-calls.txt";
    /// @dev Runs of the counted campaign, as its test is configured.
    uint256 internal constant RUNS = 150;
    uint256 internal constant DEPTH = 250;
    /// @dev Each function is called successfully at least so often.
    uint256 private constant _EACH_LEAST = 200;
    uint256 private constant _CALLS_LEAST = 50_000;
    /// @dev Percent of the calls that change state, at least.
    uint256 private constant _CHANGED_LEAST = 60;

    function _handler() internal view virtual returns (Handler);

    /// @notice What holds after every act.
    function _check() internal view virtual;

    /// @notice What holds at the end of a run; walks through everything.
    function _checkAll() internal view virtual;

    function _selectors() internal pure virtual returns (bytes4[] memory);

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler());
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler()), _selectors());
    }

    function afterInvariant() external view {
        _checkAll();
    }

    function _runCounted(string memory title, uint256 seed) internal {
        Handler handler = _handler();
        string[] memory names = handler.names();
        for (uint256 i = 0; i < DEPTH; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            // One kind more than there are acts: time passes.
            handler.act(random % (names.length + 1), random >> 8);
            _check();
        }
        _checkAll();
        _addUp(title, names);
    }

    /// @dev Prints and tests the sums when the last run is over. They also go to the file of {CallCount}.
    function _addUp(string memory title, string[] memory names) private {
        (uint256[] memory tried, uint256[] memory done) = _handler().counts();
        bool over = _sum(string.concat(title, " runs"), 1) == RUNS;
        uint256 calls = 0;
        uint256 changed = 0;
        string memory line = "";
        for (uint256 i = 0; i < names.length; ++i) {
            uint256 triedAll = _sum(string.concat(names[i], " tried"), tried[i]);
            uint256 doneAll = _sum(string.concat(names[i], " done"), done[i]);
            calls += triedAll;
            changed += doneAll;
            if (!over) continue;
            assertGe(doneAll, _EACH_LEAST, string.concat("successful calls of ", names[i]));
            line = string.concat(line, ", ", names[i], " ", vm.toString(doneAll), "/", vm.toString(triedAll));
        }
        if (!over) return;
        uint256 percent = (changed * 100) / calls;
        string memory head = string.concat(vm.toString(calls), " calls, ", vm.toString(percent), " % changed state");
        line = string.concat(title, ": ", head, line);
        console.log(line);
        vm.writeLine(_CALLS_FILE, line);
        assertGe(calls, _CALLS_LEAST, "calls");
        assertGe(percent, _CHANGED_LEAST, "percent of calls that changed state");
    }

    function _sum(string memory name, uint256 more) private returns (uint256 sum) {
        sum = _ENVIRONMENT.envOr(name, 0) + more;
        _ENVIRONMENT.setEnv(name, vm.toString(sum));
    }
}
