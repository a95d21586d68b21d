// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISystemDeployer} from "../../../contracts/interfaces/ISystemDeployer.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {System} from "../support/System.sol";

contract SystemDeploymentTest is System {
    function setUp() public {
        deploySystem();
    }

    function test_every_contract_stands_at_the_address_that_its_name_gives() public view {
        assertEq(address(registry), addressOf("ParticipantRegistry"));
        assertEq(address(calendar.registry()), address(registry));
        assertEq(tokenFactory.undertakings(), addressOf("Undertakings"));
        assertEq(registry.authority(), address(authority));
    }

    function test_the_operator_is_participant_1_and_first_admin() public view {
        assertEq(registry.idOf(operator.account), 1);
        assertTrue(registry.hasRole(1, Roles.OPERATOR));
        (bool admin, uint32 delay) = authority.hasRole(authority.ADMIN_ROLE(), operator.account);
        assertTrue(admin, "operator is admin");
        assertEq(delay, 0);
    }

    function test_only_the_creator_deploys_system_contracts() public {
        vm.expectRevert(abi.encodeWithSelector(ISystemDeployer.DeployerNotEntitled.selector, stranger));
        vm.prank(stranger);
        deployer.deploy("anything", hex"00");
    }

    function test_a_salt_works_once() public {
        deployer.deploy("once", hex"600160005260206000f3");
        vm.expectRevert();
        deployer.deploy("once", hex"600160005260206000f3");
    }
}
