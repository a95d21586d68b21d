// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";

/// @notice Stands in the place of a deposit token, with its storage, and moves other than it is told.
contract DishonestToken is ERC20 {
    enum Fault {
        Nothing,
        KeepsOne,
        TakesOneMore,
        GivesOneMore,
        OtherTaker
    }

    IParticipantRegistry private immutable _REGISTRY;
    Fault private immutable _FAULT;

    constructor(IParticipantRegistry registry, Fault fault) ERC20("", "") {
        _REGISTRY = registry;
        _FAULT = fault;
    }

    function settleLeg(uint32 from, uint32 to, bytes32, uint128 amount) external {
        address giver = _REGISTRY.accountOf(from);
        address taker = _REGISTRY.accountOf(to);
        if (_FAULT == Fault.KeepsOne) {
            _transfer(giver, taker, amount - 1);
            _burn(giver, 1);
        }
        if (_FAULT == Fault.TakesOneMore) {
            _transfer(giver, taker, amount);
            _burn(giver, 1);
        }
        if (_FAULT == Fault.GivesOneMore) {
            _transfer(giver, taker, amount);
            _mint(taker, 1);
        }
        if (_FAULT == Fault.OtherTaker) _transfer(giver, address(this), amount);
    }
}

/// @notice Stands in the place of Undertakings and comes back while it is called, as the settlement contract lets it.
contract ReturningLeg {
    IAtomicSettlement private immutable _SETTLEMENT;
    bytes private _call;

    constructor(IAtomicSettlement settlement) {
        _SETTLEMENT = settlement;
    }

    function arm(bytes calldata call_) external {
        _call = call_;
    }

    function settleLeg(uint32, uint32, bytes32, uint128) external {
        (bool done, bytes memory answer) = address(_SETTLEMENT).call(_call);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}

/// @notice Stands in the place of Undertakings and says nothing at all.
contract SilentLeg {
    function settleLeg(uint32, uint32, bytes32, uint128) external pure {
        assembly ("memory-safe") {
            revert(0, 0)
        }
    }
}
