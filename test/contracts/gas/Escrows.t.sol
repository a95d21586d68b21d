// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITradeEscrow} from "../../../contracts/interfaces/ITradeEscrow.sol";
import {EscrowSystem} from "../escrow/EscrowSystem.sol";

/// @notice Gas of an escrow's acts, as inner calls on warm contracts: each act was done once before for another deal.
contract EscrowsGasTest is EscrowSystem {
    function test_gas_of_an_escrows_life() public {
        _live("warm");
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = "measured";
        vm.prank(buyer.account);
        eur.approve(address(escrows), type(uint256).max);
        bytes32 id = propose(terms);
        _measured("propose");
        vm.prank(seller.account);
        escrows.agree(id, terms);
        _measured("agree");
        vm.prank(buyer.account);
        escrows.fund(id, terms);
        _measured("fund");
        deliver(id, terms, 0);
        _measured("deliver");
        dispute(id, terms, 0, buyer);
        _measured("dispute");
        rule(id, terms, 0, 5000);
        _measured("rule, both parties have a share");
        release(id, terms, 1);
        _measured("release the last milestone");
        claim(id, terms, seller);
        _measured("claim");
    }

    function _live(bytes32 salt) private {
        ITradeEscrow.Terms memory terms = defaultTerms();
        terms.salt = salt;
        bytes32 id = funded(terms);
        deliver(id, terms, 0);
        dispute(id, terms, 0, buyer);
        rule(id, terms, 0, 5000);
        release(id, terms, 1);
        claim(id, terms, seller);
    }

    function _measured(string memory name) private {
        vm.snapshotGasLastCall("escrows", name);
    }
}
