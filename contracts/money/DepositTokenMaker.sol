// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositToken} from "./DepositToken.sol";
import {IDepositTokenMaker} from "../interfaces/IDepositTokenMaker.sol";

/// @title DepositTokenMaker
/// @notice See {IDepositTokenMaker}. It has no state and no say: what a token is made of, the factory decides.
contract DepositTokenMaker is IDepositTokenMaker {
    address private immutable _FACTORY;

    constructor(address factory_) {
        _FACTORY = factory_;
    }

    /// @inheritdoc IDepositTokenMaker
    function make(string calldata name, string calldata symbol, DepositToken.Making calldata making)
        external
        returns (address token)
    {
        if (msg.sender != _FACTORY) revert TokenMakerNotEntitled(msg.sender);
        bytes32 salt = keccak256(abi.encode(making.bank, making.currency));
        token = address(new DepositToken{salt: salt}(name, symbol, making));
        emit DepositTokenMade(token);
    }

    function factory() external view returns (address) {
        return _FACTORY;
    }
}
