// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAtomicSettlement} from "../interfaces/IAtomicSettlement.sol";
import {IDepositTokenFactory} from "../interfaces/IDepositTokenFactory.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ISettlementLeg} from "../interfaces/ISettlementLeg.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title AtomicSettlement
/// @notice See {IAtomicSettlement}. It holds nothing and owns nothing: the contracts whose things move let it move them,
/// and it asks every party first.
contract AtomicSettlement is IAtomicSettlement, EIP712, Participants, ReentrancyGuardTransient {
    uint256 private constant _LEGS_MOST = 16;
    bytes32 private constant _LEG_TYPEHASH =
        keccak256("Leg(address target,uint32 from,uint32 to,bytes32 item,uint128 amount)");
    bytes32 private constant _SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(Leg[] legs,uint48 deadline,bytes32 salt)Leg(address target,uint32 from,uint32 to,bytes32 item,uint128 amount)"
    );

    IDepositTokenFactory private immutable _FACTORY;
    address private immutable _UNDERTAKINGS;

    mapping(bytes32 id => Status) private _statuses;

    /// @dev What both sides of a leg hold of its money; all zero where no money moves.
    struct Purses {
        address giver;
        address taker;
        uint256 given;
        uint256 taken;
    }

    constructor(IParticipantRegistry registry_, IDepositTokenFactory factory_, address undertakings_)
        EIP712("Hansa Settlement", "1")
        Participants(registry_)
    {
        _FACTORY = factory_;
        _UNDERTAKINGS = undertakings_;
    }

    /// @inheritdoc IAtomicSettlement
    /// @dev The status is written before anything moves, so that whatever comes back finds the settlement executed.
    function execute(Settlement calldata settlement, bytes[] calldata consents)
        external
        nonReentrant
        returns (bytes32 id)
    {
        id = _digest(settlement);
        uint32[] memory parties = _partiesOf(settlement.legs);
        _transition(id, Status.Executed);
        if (block.timestamp > settlement.deadline) {
            revert SettlementExpired(id, settlement.deadline, uint48(block.timestamp));
        }
        address[] memory accounts = _accountsOf(parties);
        _requireConsents(id, parties, accounts, consents);
        emit SettlementExecuted(id, settlement.legs);
        for (uint256 i = 0; i < settlement.legs.length; ++i) {
            Leg calldata leg = settlement.legs[i];
            Purses memory purses = _pursesOf(i, leg, parties, accounts);
            ISettlementLeg(leg.target).settleLeg(leg.from, leg.to, leg.item, leg.amount);
            _requireMoved(i, leg, purses);
        }
    }

    /// @inheritdoc IAtomicSettlement
    function cancel(Settlement calldata settlement) external returns (bytes32 id) {
        id = _digest(settlement);
        uint32 by = _caller();
        if (by == 0 || !_isNamed(settlement.legs, by)) revert SettlementNotEntitled(id, msg.sender);
        uint32[] memory parties = _partiesOf(settlement.legs);
        // Whoever reads the event must find a participant behind each number.
        for (uint256 i = 0; i < parties.length; ++i) {
            _registry().accountOf(parties[i]);
        }
        _transition(id, Status.Cancelled);
        emit SettlementCancelled(id, by, parties);
    }

    /// @inheritdoc IAtomicSettlement
    function simulate(Leg[] calldata legs) external returns (LegResult[] memory results) {
        try this.simulateAndRevert(legs) {
            // It never returns.
            assert(false);
        } catch (bytes memory answer) {
            if (bytes4(answer) != SettlementSimulated.selector) Address.verifyCallResult(false, answer);
            results = abi.decode(abi.decode(Bytes.slice(answer, 4), (bytes)), (LegResult[]));
        }
    }

    /// @inheritdoc IAtomicSettlement
    /// @dev Nothing closes the door here: whatever comes back meanwhile is taken back with the rest.
    function simulateAndRevert(Leg[] calldata legs) external {
        uint32[] memory parties = _partiesOf(legs);
        address[] memory accounts = _accountsOf(parties);
        LegResult[] memory results = new LegResult[](legs.length);
        for (uint256 i = 0; i < legs.length; ++i) {
            Leg calldata leg = legs[i];
            Purses memory purses = _pursesOf(i, leg, parties, accounts);
            try ISettlementLeg(leg.target).settleLeg(leg.from, leg.to, leg.item, leg.amount) {
                _requireMoved(i, leg, purses);
                results[i].ok = true;
            } catch (bytes memory answer) {
                results[i].answer = answer;
            }
        }
        revert SettlementSimulated(abi.encode(results));
    }

    /// @inheritdoc IAtomicSettlement
    function settlementId(Settlement calldata settlement) external view returns (bytes32) {
        return _digest(settlement);
    }

    /// @inheritdoc IAtomicSettlement
    function statusOf(bytes32 id) external view returns (Status) {
        return _statuses[id];
    }

    /// @inheritdoc IAtomicSettlement
    function partiesOf(Leg[] calldata legs) external pure returns (uint32[] memory parties) {
        return _partiesOf(legs);
    }

    function factory() external view returns (IDepositTokenFactory) {
        return _FACTORY;
    }

    function undertakings() external view returns (address) {
        return _UNDERTAKINGS;
    }

    /// @dev The only writer of a status.
    function _transition(bytes32 id, Status to) private {
        Status have = _statuses[id];
        if (!Transitions.allowed(Transitions.SETTLEMENT, uint8(have), uint8(to))) {
            revert SettlementWrongStatus(id, have, Status.None);
        }
        _statuses[id] = to;
    }

    function _requireConsents(
        bytes32 id,
        uint32[] memory parties,
        address[] memory accounts,
        bytes[] calldata consents
    ) private view {
        if (consents.length > parties.length) revert SettlementConsentsSurplus(consents.length, parties.length);
        for (uint256 i = 0; i < parties.length; ++i) {
            if (i >= consents.length || consents[i].length == 0) revert SettlementConsentMissing(id, parties[i]);
            if (!SignatureChecker.isValidSignatureNowCalldata(accounts[i], id, consents[i])) {
                revert SettlementConsentInvalid(id, parties[i]);
            }
        }
    }

    /// @dev Of parties that may enter a new deal.
    function _accountsOf(uint32[] memory parties) private view returns (address[] memory accounts) {
        accounts = new address[](parties.length);
        for (uint256 i = 0; i < parties.length; ++i) {
            accounts[i] = _registry().accountOf(parties[i]);
            if (!_registry().isActive(parties[i])) revert SettlementPartySuspended(parties[i]);
        }
    }

    /// @dev Only contracts of the system are called: they let nobody else in while they move things.
    function _pursesOf(uint256 index, Leg calldata leg, uint32[] memory parties, address[] memory accounts)
        private
        view
        returns (Purses memory purses)
    {
        if (leg.target == _UNDERTAKINGS) return purses;
        (uint32 bank,) = _FACTORY.issuerOf(leg.target);
        if (bank == 0) revert SettlementTargetUnknown(index, leg.target);
        purses.giver = accounts[_placeOf(parties, leg.from)];
        purses.taker = accounts[_placeOf(parties, leg.to)];
        purses.given = IERC20(leg.target).balanceOf(purses.giver);
        purses.taken = IERC20(leg.target).balanceOf(purses.taker);
    }

    /// @dev The factory's tokens move what they are told; that they did is seen here and not taken from them, so that no
    /// party gives without another's getting even if a token is one day made otherwise. An undertaking has no second
    /// book: who holds it is what its contract says.
    function _requireMoved(uint256 index, Leg calldata leg, Purses memory before) private view {
        if (before.giver == address(0)) return;
        uint256 given = IERC20(leg.target).balanceOf(before.giver);
        uint256 taken = IERC20(leg.target).balanceOf(before.taker);
        if (given + leg.amount != before.given || before.taken + leg.amount != taken) {
            revert SettlementMoneyDiffers(index, leg.target, leg.amount);
        }
    }

    function _isNamed(Leg[] calldata legs, uint32 party) private pure returns (bool) {
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].from == party || legs[i].to == party) return true;
        }
        return false;
    }

    function _partiesOf(Leg[] calldata legs) private pure returns (uint32[] memory parties) {
        if (legs.length == 0) revert SettlementEmpty();
        if (legs.length > _LEGS_MOST) revert SettlementTooManyLegs(legs.length, _LEGS_MOST);
        uint32[] memory found = new uint32[](2 * legs.length);
        uint256 count = 0;
        for (uint256 i = 0; i < legs.length; ++i) {
            (uint32 from, uint32 to) = (legs[i].from, legs[i].to);
            if (from == to) revert SettlementSameParty(i, from);
            count = _include(found, count, from);
            count = _include(found, count, to);
        }
        parties = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) {
            parties[i] = found[i];
        }
    }

    function _include(uint32[] memory found, uint256 count, uint32 party) private pure returns (uint256) {
        for (uint256 i = 0; i < count; ++i) {
            if (found[i] == party) return count;
        }
        found[count] = party;
        return count + 1;
    }

    /// @dev The party of a leg is one of the settlement's.
    function _placeOf(uint32[] memory parties, uint32 party) private pure returns (uint256 place) {
        while (parties[place] != party) {
            ++place;
        }
    }

    function _digest(Settlement calldata settlement) private view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](settlement.legs.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(_LEG_TYPEHASH, settlement.legs[i]));
        }
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    _SETTLEMENT_TYPEHASH,
                    keccak256(abi.encodePacked(hashes)),
                    settlement.deadline,
                    settlement.salt
                )
            )
        );
    }
}
