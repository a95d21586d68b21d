// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Counts a set of different keys by purpose, and says what they can do together.
/// @notice One rule, asked twice: of the signers of an order, and of all keys of an account. Two different keys, one to
/// propose and another to approve, exist exactly when there is a proposer, an approver, and two keys or more that are
/// either; so a key that carries both purposes never counts as two people (AUTH-1). Purposes are those of {Purposes}.
library KeyTally {
    /// @dev Six counts of 16 bits, in one number because each signature of each order is counted.
    type Tally is uint96;

    uint8 private constant _PROPOSERS = 0;
    uint8 private constant _APPROVERS = 16;
    uint8 private constant _PROPOSERS_OR_APPROVERS = 32;
    uint8 private constant _OPERATORS = 48;
    uint8 private constant _ADMINISTRATORS = 64;
    uint8 private constant _ADMINISTRATORS_OR_APPROVERS = 80;

    /// @dev No count reaches 2^16: a transaction cannot carry, nor an account be given, so many keys.
    function include(Tally tally, uint8 purposes) internal pure returns (Tally) {
        return Tally.wrap(uint96(Tally.unwrap(tally) + _onesOf(purposes)));
    }

    /// @dev Only for purposes that were included before: the counts never go below zero.
    function exclude(Tally tally, uint8 purposes) internal pure returns (Tally) {
        return Tally.wrap(uint96(Tally.unwrap(tally) - _onesOf(purposes)));
    }

    /// @notice Two different keys, one to propose and another to approve.
    function mayBind(Tally tally) internal pure returns (bool) {
        return _count(tally, _PROPOSERS) > 0 && _count(tally, _APPROVERS) > 0
            && _count(tally, _PROPOSERS_OR_APPROVERS) > 1;
    }

    /// @notice A key to administer and, where two are needed, another to approve.
    function mayAdminister(Tally tally, bool fourEyes) internal pure returns (bool) {
        if (!fourEyes) return _count(tally, _ADMINISTRATORS) > 0;
        return _count(tally, _ADMINISTRATORS) > 0 && _count(tally, _APPROVERS) > 0
            && _count(tally, _ADMINISTRATORS_OR_APPROVERS) > 1;
    }

    function mayOperate(Tally tally) internal pure returns (bool) {
        return _count(tally, _OPERATORS) > 0;
    }

    /// @notice How many keys count where a threshold asks for more than the least.
    function binding(Tally tally, bool fourEyes) internal pure returns (uint16) {
        return _count(tally, fourEyes ? _PROPOSERS_OR_APPROVERS : _OPERATORS);
    }

    /// @notice How many keys count where a threshold asks for more than the least to change keys.
    function administering(Tally tally, bool fourEyes) internal pure returns (uint16) {
        return _count(tally, fourEyes ? _ADMINISTRATORS_OR_APPROVERS : _ADMINISTRATORS);
    }

    /// @notice True when these keys can do everything that an account must be able to do.
    function suffices(Tally tally, bool fourEyes) internal pure returns (bool) {
        return mayAdminister(tally, fourEyes) && (fourEyes ? mayBind(tally) : mayOperate(tally));
    }

    /// @notice True when there is no key at all: each has at least one purpose.
    function isEmpty(Tally tally) internal pure returns (bool) {
        return Tally.unwrap(tally) == 0;
    }

    function _count(Tally tally, uint8 place) private pure returns (uint16) {
        return uint16(Tally.unwrap(tally) >> place);
    }

    /// @return ones A tally of one key with these purposes: bit 0 proposes, 1 approves, 2 operates, 3 administers.
    function _onesOf(uint8 purposes) private pure returns (uint256 ones) {
        uint256 bits = purposes;
        uint256 approves = (bits >> 1) & 1;
        ones = (bits & 1) | (approves << _APPROVERS) | (((bits & 1) | approves) << _PROPOSERS_OR_APPROVERS);
        ones |= (((bits >> 2) & 1) << _OPERATORS) | (((bits >> 3) & 1) << _ADMINISTRATORS);
        ones |= (((bits >> 3) & 1) | approves) << _ADMINISTRATORS_OR_APPROVERS;
    }
}
