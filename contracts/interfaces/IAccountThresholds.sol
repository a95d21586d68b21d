// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How many keys an account demands for its acts, beyond what every account needs.
/// @notice A threshold only adds: two different keys bind a four-eyes participant whatever its thresholds say, and the
/// purposes that an act needs stay needed. An order must meet every threshold that concerns it.
interface IAccountThresholds {
    /// @param target Contract that is called; 0 for every call but those to the account itself; the account itself for
    /// changes of keys and thresholds.
    /// @param selector Function of the target; 0 where the target is.
    /// @param currency ISO 4217 alphabetic code; 0 where amounts do not matter.
    /// @param keys Different keys that must sign; 0 for no threshold.
    /// @param above Minor units: it concerns an order whose calls move more than this in the currency together. Splitting
    /// an amount over the calls of one order changes nothing.
    struct Threshold {
        address target;
        bytes4 selector;
        bytes3 currency;
        uint8 keys;
        uint128 above;
    }

    /// @param keys As many keys as are demanded now.
    /// @param keysLater As many as are demanded from `from` on; fewer than now where a lowering waits.
    struct ThresholdState {
        Threshold threshold;
        uint8 keysLater;
        uint48 from;
    }

    /// @param from First second (block time) at which it holds: this block where it demands as many keys as before or
    /// more, a day later where it demands fewer.
    event ThresholdSet(Threshold threshold, uint48 from);

    /// @notice Its parts contradict each other, or there is nothing to lower.
    /// @notice An order names money of a token that is not there, while a threshold by amount stands.
    error ThresholdCurrencyUnknown(address token);
    error ThresholdInvalid();
    /// @notice The account has fewer keys that could sign than this demands.
    error ThresholdUnattainable(uint8 keys, uint256 have);
    error ThresholdsTooMany(uint256 most);

    /// @notice Sets how many keys are demanded. More hold at once; fewer hold after a day, in which any raising undoes the
    /// lowering. Only through an order of the account itself.
    function setThreshold(Threshold calldata threshold) external;

    /// @notice All thresholds that hold, or will.
    function thresholds() external view returns (ThresholdState[] memory);
}
