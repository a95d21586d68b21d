// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";

/// @title What an account may call in a test: it notes who called, fails on demand, or calls back.
contract Target {
    error TargetRefused(uint256 reason, bytes evidence);

    uint256 public acts;
    address public lastCaller;

    IParticipantAccount private _account;
    IParticipantAccount.Order private _order;
    IParticipantAccount.Approval[] private _approvals;

    function act(uint256 value) external returns (uint256) {
        ++acts;
        lastCaller = msg.sender;
        return value + 1;
    }

    function refuse(uint256 reason, bytes calldata evidence) external pure {
        revert TargetRefused(reason, evidence);
    }

    function refuseSilently() external pure {
        assembly ("memory-safe") {
            revert(0, 0)
        }
    }

    /// @notice Keeps a signed order to send it again from within its own execution.
    function arm(
        IParticipantAccount account,
        IParticipantAccount.Order calldata order,
        IParticipantAccount.Approval[] calldata approvals
    ) external {
        _account = account;
        _order = order;
        for (uint256 i = 0; i < approvals.length; ++i) {
            _approvals.push(approvals[i]);
        }
    }

    /// @notice Calls back once, so that an account that lets it happen is seen and not merely out of gas.
    function callBack() external {
        if (++acts > 1) return;
        _account.execute(_order, _approvals);
    }
}
