// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {ISettlementLeg} from "../interfaces/ISettlementLeg.sol";
import {IUndertakings} from "../interfaces/IUndertakings.sol";
import {Transitions} from "../libraries/Transitions.sol";
import {Participants} from "../registry/Participants.sol";

/// @title Undertakings
/// @notice See {IUndertakings}. Writes what is owed and what was paid, and nothing else. No act of the obligor, of an
/// applicant or of an operator stands between the holder and its claim; a suspension changes nothing here.
contract Undertakings is IUndertakings, Participants, ReentrancyGuardTransient {
    address private immutable _PRESENTATIONS;
    IClearingHouse private immutable _CLEARING;
    address private immutable _SETTLEMENT;

    // slot 0: credit · slot 1: presentation · slot 2: token, obligor, holder · slot 3: due time, status, amount
    mapping(bytes32 id => Undertaking) private _undertakings;
    mapping(bytes32 creditId => mapping(uint32 obligor => uint128)) private _totals;

    constructor(
        IParticipantRegistry registry_,
        address presentations_,
        IClearingHouse clearing_,
        address settlement_
    ) Participants(registry_) {
        _PRESENTATIONS = presentations_;
        _CLEARING = clearing_;
        _SETTLEMENT = settlement_;
    }

    /// @inheritdoc IUndertakings
    function create(Undertaking calldata input) external returns (bytes32 id) {
        id = _undertakingId(input.presentationId, input.obligor);
        if (msg.sender != _PRESENTATIONS) revert UndertakingNotEntitled(id, msg.sender);
        Undertaking storage u = _undertakings[id];
        if (u.status != Status.None) revert UndertakingExists(id);
        u.creditId = input.creditId;
        u.presentationId = input.presentationId;
        u.token = input.token;
        u.obligor = input.obligor;
        u.holder = input.holder;
        u.dueAt = input.dueAt;
        u.amount = input.amount;
        _transition(id, Status.None, Status.Owed);
        _totals[input.creditId][input.obligor] += input.amount;
        emit UndertakingCreated(id, input.creditId, input.obligor, u);
    }

    /// @inheritdoc IUndertakings
    function claim(bytes32 id) external nonReentrant {
        Undertaking storage u = _discharge(id);
        // The caller is the holder's account. The reference is the id: the token itself bars a second creation.
        IDepositToken(u.token).createForUndertaking(msg.sender, u.amount, id);
    }

    /// @inheritdoc IUndertakings
    function claimAt(bytes32 id, uint32 bank) external nonReentrant {
        Undertaking storage u = _discharge(id);
        _requireUnblocked(id, u, u.holder);
        _CLEARING.payUndertaking(
            id,
            IClearingHouse.Payment({
                payerBank: u.obligor,
                payee: u.holder,
                payeeBank: bank,
                currency: IDepositToken(u.token).currency(),
                amount: u.amount,
                ref: id
            })
        );
    }

    /// @inheritdoc ISettlementLeg
    /// @dev The holder alone changes: what is owed, when and under which credit stays as it was (LC-2).
    function settleLeg(uint32 from, uint32 to, bytes32 item, uint128 amount) external {
        if (msg.sender != _SETTLEMENT) revert LegNotEntitled(msg.sender);
        Undertaking storage u = _known(item);
        if (u.holder != from) revert UndertakingNotHeld(item, from);
        if (u.status != Status.Owed) revert UndertakingWrongStatus(item, u.status, Status.Owed);
        if (u.amount != amount) revert UndertakingNotWhole(item, amount);
        _requireUnblocked(item, u, from);
        u.holder = to;
        emit UndertakingTransferred(item, from, to);
    }

    /// @inheritdoc IUndertakings
    function undertaking(bytes32 id) external view returns (Undertaking memory) {
        return _known(id);
    }

    /// @inheritdoc IUndertakings
    function undertakingId(bytes32 presentationId, uint32 obligor) external pure returns (bytes32) {
        return _undertakingId(presentationId, obligor);
    }

    /// @inheritdoc IUndertakings
    function totalOf(bytes32 creditId, uint32 obligor) external view returns (uint128) {
        return _totals[creditId][obligor];
    }

    /// @dev What is due is paid by whoever called this, in the same transaction.
    function _discharge(bytes32 id) private returns (Undertaking storage u) {
        u = _known(id);
        uint32 holder = u.holder;
        if (!_callerIs(holder)) revert UndertakingNotEntitled(id, msg.sender);
        _transition(id, Status.Owed, Status.Paid);
        if (block.timestamp < u.dueAt) revert UndertakingNotDue(id, u.dueAt, uint48(block.timestamp));
        emit UndertakingPaid(id, u.obligor, holder, u.amount);
    }

    /// @dev A holder that its obligor has blocked is paid only into its blocked balance, which {claim} does: neither
    /// another bank nor a buyer pays it past the block.
    function _requireUnblocked(bytes32 id, Undertaking storage u, uint32 holder) private view {
        IDepositToken token = IDepositToken(u.token);
        address account = _registry().accountOf(holder);
        if (token.getFrozenTokens(account) > token.balanceOf(account)) revert UndertakingHolderBlocked(id, holder);
    }

    function _known(bytes32 id) private view returns (Undertaking storage u) {
        u = _undertakings[id];
        if (u.status == Status.None) revert UndertakingUnknown(id);
    }

    function _undertakingId(bytes32 presentationId, uint32 obligor) private pure returns (bytes32) {
        return keccak256(abi.encode(presentationId, obligor));
    }

    /// @dev The only writer of the status.
    function _transition(bytes32 id, Status from, Status to) private {
        Status have = _undertakings[id].status;
        if (have != from || !Transitions.allowed(Transitions.UNDERTAKING, uint8(from), uint8(to))) {
            revert UndertakingWrongStatus(id, have, from);
        }
        _undertakings[id].status = to;
    }
}
