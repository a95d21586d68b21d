// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";
import {ISystemDeployer} from "../interfaces/ISystemDeployer.sol";

/// @title SystemDeployer
/// @notice See {ISystemDeployer}.
contract SystemDeployer is ISystemDeployer {
    address private immutable _CREATOR;

    constructor() {
        _CREATOR = msg.sender;
    }

    /// @inheritdoc ISystemDeployer
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address deployed) {
        if (msg.sender != _CREATOR) revert DeployerNotEntitled(msg.sender);
        deployed = Create3.deploy(0, salt, initCode);
        emit SystemContractDeployed(salt, deployed);
    }

    /// @inheritdoc ISystemDeployer
    function addressOf(bytes32 salt) external view returns (address) {
        return Create3.computeAddress(salt);
    }

    /// @inheritdoc ISystemDeployer
    function creator() external view returns (address) {
        return _CREATOR;
    }
}
