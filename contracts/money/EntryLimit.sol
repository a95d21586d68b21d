// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEntryLimit} from "../interfaces/IEntryLimit.sol";

/// @title EntryLimit
/// @notice See {IEntryLimit}. What was used flows back evenly over a day, at the rate of the limit that held at the time.
/// @dev OpenZeppelin's RateLimiter knows one limit only: it could not be told of a raise that takes effect by itself at
/// its time.
abstract contract EntryLimit is IEntryLimit {
    uint48 private constant _WINDOW = 1 days;
    uint48 private constant _RAISE_DELAY = 1 days;

    /// @dev `raisedTo` and `raisedAt` are 0 when no raise waits.
    // slot 0: limit, raisedTo · slot 1: used, usedAt, raisedAt
    struct Bucket {
        uint128 limit;
        uint128 raisedTo;
        uint128 used;
        uint48 usedAt;
        uint48 raisedAt;
    }

    Bucket private _bucket;

    constructor(uint128 limit) {
        _bucket.limit = limit;
    }

    /// @inheritdoc IEntryLimit
    function entryLimit()
        external
        view
        returns (uint128 limit, uint128 available, uint128 raisedTo, uint48 raisedAt)
    {
        Bucket memory bucket = _asOfNow();
        return (bucket.limit, _left(bucket), bucket.raisedTo, bucket.raisedAt);
    }

    function _setEntryLimit(uint128 limit) internal {
        Bucket memory bucket = _asOfNow();
        uint48 effectiveAt = uint48(block.timestamp);
        if (limit > bucket.limit) {
            effectiveAt += _RAISE_DELAY;
            (bucket.raisedTo, bucket.raisedAt) = (limit, effectiveAt);
        } else {
            (bucket.limit, bucket.raisedTo, bucket.raisedAt) = (limit, 0, 0);
        }
        _bucket = bucket;
        emit EntryLimitSet(limit, effectiveAt);
    }

    function _spendEntryLimit(uint128 amount) internal {
        Bucket memory bucket = _asOfNow();
        uint128 available = _left(bucket);
        if (amount > available) revert EntryLimitExceeded(amount, available);
        bucket.used += amount;
        _bucket = bucket;
    }

    function _asOfNow() private view returns (Bucket memory bucket) {
        bucket = _bucket;
        if (bucket.raisedAt != 0 && block.timestamp >= bucket.raisedAt) {
            bucket.used = _flowedBack(bucket, bucket.raisedAt);
            (bucket.limit, bucket.usedAt) = (bucket.raisedTo, bucket.raisedAt);
            (bucket.raisedTo, bucket.raisedAt) = (0, 0);
        }
        bucket.used = _flowedBack(bucket, block.timestamp);
        bucket.usedAt = uint48(block.timestamp);
    }

    function _flowedBack(Bucket memory bucket, uint256 time) private pure returns (uint128) {
        uint256 back = uint256(bucket.limit) * (time - bucket.usedAt) / _WINDOW;
        return back < bucket.used ? bucket.used - uint128(back) : 0;
    }

    function _left(Bucket memory bucket) private pure returns (uint128) {
        return bucket.used < bucket.limit ? bucket.limit - bucket.used : 0;
    }
}
