// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may call the operator's functions, and after which delay.
/// @notice OpenZeppelin's AccessManager as it is, named so that its artifact belongs to this system. The first admin is
/// the operator's account; deal contracts do not know it.
contract Authority is AccessManager {
    constructor(address initialAdmin) AccessManager(initialAdmin) {}
}
