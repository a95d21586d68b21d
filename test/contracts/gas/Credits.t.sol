// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IPresentations} from "../../../contracts/interfaces/IPresentations.sol";
import {CreditSystem} from "../credit/CreditSystem.sol";

/// @notice Gas of a credit's main acts, as inner calls on warm contracts: each act was done once before for another
/// credit. `hardhat test solidity --snapshot` writes the numbers to snapshots/.
contract CreditsGasTest is CreditSystem {
    function test_gas_of_a_credits_life() public {
        _live("warm");
        vm.warp(START + 20 days);
        ICredits.Terms memory terms = defaultTerms();
        terms.salt = "measured";
        bytes32 creditId = issue(terms);
        _measured("issue");
        vm.prank(adviser.account);
        credits.advise(creditId, TERMS);
        _measured("advise");
        confirm(creditId);
        _measured("confirm");
        bytes32 refused = present(inputOf(creditId, issuer, 1));
        _measured("present to a bank that examines");
        refuse(refused, issuer);
        _measured("refuse");
        bytes32 id = present(inputOf(creditId, nominated, AMOUNT));
        _measured("present to a nominated bank");
        forward(id, nominated, confirmer);
        _measured("forward");
        bytes32 toSeller = honour(id, confirmer);
        _measured("comply and honour, the confirming bank");
        claim(toSeller, seller);
        _measured("claim");
        forward(id, confirmer, issuer);
        bytes32 toConfirmer = honour(id, issuer);
        _measured("comply and honour, the issuing bank");
        claim(toConfirmer, confirmer);
        bytes32 silent = present(inputOf(creditId, issuer, 1));
        vm.warp(deadlineOf(silent, issuer));
        preclude(silent, issuer);
        _measured("assert preclusion");
        vm.warp(credits.closableFrom(creditId));
        credits.close(creditId);
        _measured("close");
    }

    function _live(bytes32 salt) private {
        ICredits.Terms memory terms = defaultTerms();
        terms.salt = salt;
        bytes32 creditId = issue(terms);
        vm.prank(adviser.account);
        credits.advise(creditId, TERMS);
        confirm(creditId);
        refuse(present(creditId, issuer, 1), issuer);
        bytes32 id = present(creditId, nominated, AMOUNT);
        forward(id, nominated, confirmer);
        claim(honour(id, confirmer), seller);
        forward(id, confirmer, issuer);
        claim(honour(id, issuer), confirmer);
    }

    function _measured(string memory name) private {
        vm.snapshotGasLastCall("credits", name);
    }
}
