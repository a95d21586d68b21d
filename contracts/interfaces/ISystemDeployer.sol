// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Puts the contracts of the system at addresses that are known before any of them exists.
/// @notice The contracts name each other by immutable addresses, in circles; the address depends on this deployer and
/// the salt alone, not on the code. The deployer has no right in any contract.
interface ISystemDeployer {
    event SystemContractDeployed(bytes32 indexed salt, address indexed deployed);

    error DeployerNotEntitled(address caller);

    /// @notice Only the creator of this deployer. A constructor's own error is passed on; a salt works once.
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address deployed);

    function addressOf(bytes32 salt) external view returns (address);

    function creator() external view returns (address);
}
