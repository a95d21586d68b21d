// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";

/// @title The one place where a contract learns who calls it.
/// @notice A contract of the system sees only `msg.sender`. An account stands for one participant for ever, so its id
/// is the party. There is no trusted forwarder: the account itself is the caller. Each contract reverts with its own
/// not-entitled error, before it looks at any state.
abstract contract Participants {
    IParticipantRegistry private immutable _REGISTRY;

    constructor(IParticipantRegistry registry_) {
        _REGISTRY = registry_;
    }

    function registry() external view returns (IParticipantRegistry) {
        return _REGISTRY;
    }

    function _registry() internal view returns (IParticipantRegistry) {
        return _REGISTRY;
    }

    /// @return id Participant of the calling account; 0 when the caller is nobody's account.
    function _caller() internal view returns (uint32 id) {
        return _REGISTRY.idOf(msg.sender);
    }

    /// @notice True when the caller is this participant. Nobody is participant 0, so an empty role of a deal entitles
    /// no stranger.
    function _callerIs(uint32 id) internal view returns (bool) {
        return id != 0 && _REGISTRY.idOf(msg.sender) == id;
    }

    /// @return id The caller when it carries the role, suspended or not; otherwise 0.
    function _callerWith(uint32 role) internal view returns (uint32 id) {
        id = _REGISTRY.idOf(msg.sender);
        if (id != 0 && !_REGISTRY.hasRole(id, role)) return 0;
    }

    /// @notice True when this participant carries the role and may enter a new deal.
    function _mayEnter(uint32 id, uint32 role) internal view returns (bool) {
        return _REGISTRY.isActive(id) && _REGISTRY.hasRole(id, role);
    }
}
