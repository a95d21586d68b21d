// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositToken} from "../money/DepositToken.sol";

/// @title Holds the code of deposit tokens and makes them for the factory.
interface IDepositTokenMaker {
    event DepositTokenMade(address indexed token);

    error TokenMakerNotEntitled(address caller);

    /// @notice Only the factory. The address follows from bank and currency.
    function make(string calldata name, string calldata symbol, DepositToken.Making calldata making)
        external
        returns (address token);
}
