// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Purposes} from "./Purposes.sol";

/// @title Counts a set of different keys by purpose, and says what they can do together.
/// @notice One rule, asked twice: of the signers of an order, and of all keys of an account. Two different keys, one to
/// propose and another to approve, exist exactly when there is a proposer, an approver, and two keys or more that are
/// either; so a key that carries both purposes never counts as two people (AUTH-1).
library KeyTally {
    /// @dev One slot with the two flags of {ParticipantAccount}.
    struct Tally {
        uint16 proposers;
        uint16 approvers;
        uint16 proposersOrApprovers;
        uint16 operators;
        uint16 administrators;
        uint16 administratorsOrApprovers;
    }

    function include(Tally memory tally, uint8 purposes) internal pure {
        if (_has(purposes, Purposes.PROPOSE)) ++tally.proposers;
        if (_has(purposes, Purposes.APPROVE)) ++tally.approvers;
        if (_has(purposes, Purposes.PROPOSE | Purposes.APPROVE)) ++tally.proposersOrApprovers;
        if (_has(purposes, Purposes.OPERATE)) ++tally.operators;
        if (_has(purposes, Purposes.ADMINISTER)) ++tally.administrators;
        if (_has(purposes, Purposes.ADMINISTER | Purposes.APPROVE)) ++tally.administratorsOrApprovers;
    }

    /// @dev Only for purposes that were included before: the counts never go below zero.
    function exclude(Tally memory tally, uint8 purposes) internal pure {
        if (_has(purposes, Purposes.PROPOSE)) --tally.proposers;
        if (_has(purposes, Purposes.APPROVE)) --tally.approvers;
        if (_has(purposes, Purposes.PROPOSE | Purposes.APPROVE)) --tally.proposersOrApprovers;
        if (_has(purposes, Purposes.OPERATE)) --tally.operators;
        if (_has(purposes, Purposes.ADMINISTER)) --tally.administrators;
        if (_has(purposes, Purposes.ADMINISTER | Purposes.APPROVE)) --tally.administratorsOrApprovers;
    }

    /// @notice Two different keys, one to propose and another to approve.
    function mayBind(Tally memory tally) internal pure returns (bool) {
        return tally.proposers > 0 && tally.approvers > 0 && tally.proposersOrApprovers > 1;
    }

    /// @notice A key to administer and, where two are needed, another to approve.
    function mayAdminister(Tally memory tally, bool fourEyes) internal pure returns (bool) {
        if (!fourEyes) return tally.administrators > 0;
        return tally.administrators > 0 && tally.approvers > 0 && tally.administratorsOrApprovers > 1;
    }

    function mayOperate(Tally memory tally) internal pure returns (bool) {
        return tally.operators > 0;
    }

    /// @notice How many keys count where a threshold asks for more than the least.
    function binding(Tally memory tally, bool fourEyes) internal pure returns (uint16) {
        return fourEyes ? tally.proposersOrApprovers : tally.operators;
    }

    /// @notice How many keys count where a threshold asks for more than the least to change keys.
    function administering(Tally memory tally, bool fourEyes) internal pure returns (uint16) {
        return fourEyes ? tally.administratorsOrApprovers : tally.administrators;
    }

    /// @notice True when these keys can do everything that an account must be able to do.
    function suffices(Tally memory tally, bool fourEyes) internal pure returns (bool) {
        return mayAdminister(tally, fourEyes) && (fourEyes ? mayBind(tally) : mayOperate(tally));
    }

    /// @notice True when there is no key at all: each has at least one purpose.
    function isEmpty(Tally memory tally) internal pure returns (bool) {
        return tally.proposersOrApprovers == 0 && tally.operators == 0 && tally.administrators == 0;
    }

    function _has(uint8 purposes, uint8 any) private pure returns (bool) {
        return purposes & any != 0;
    }
}
