// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How much, and how little, may be drawn on a credit's amount.
/// @notice Results are minor units. The upper bound is rounded down and the lower bound up, so that rounding never
/// widens the band (U51, U53).
library Tolerance {
    /// @dev Percent that a single drawing may fall short where no tolerance is stated and partial drawings are not
    /// allowed (U53). That the goods were shipped in full is seen on the documents, not here.
    uint256 internal constant DEFAULT_MINUS = 5;

    /// @param plus Percent over the amount (39A); 10 for "about" (U51).
    function upperBound(uint128 amount, uint8 plus) internal pure returns (uint256) {
        return (uint256(amount) * (100 + uint256(plus))) / 100;
    }

    /// @notice The least single drawing where partial drawings are not allowed.
    /// @dev No tolerance is stated when both percentages are zero; then, and only then, the 5 % hold (U53).
    function lowerBound(uint128 amount, uint8 plus, uint8 minus) internal pure returns (uint128) {
        uint256 percent = plus == 0 && minus == 0 ? DEFAULT_MINUS : minus;
        // At most the amount itself, so it fits.
        return uint128((uint256(amount) * (100 - percent) + 99) / 100);
    }
}
