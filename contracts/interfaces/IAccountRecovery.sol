// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title New keys for a participant that lost its own.
/// @notice The operator, or a guardian that the participant named while it had its keys, proposes to replace all keys.
/// After seven days anyone carries it out. Until then the account itself, a regulator of its country, or whoever proposed
/// can veto: a participant that still has its keys loses nothing to a false proposal. No money and no deal moves: the
/// account stays the same.
interface IAccountRecovery {
    /// @param revoked All keys that the account has.
    /// @param signers All keys that it is to have; see {IParticipantRegistry.requireSigner}.
    /// @param purposes Of each, in the same order: bit set of {IParticipantAccount} purposes.
    struct KeyChange {
        bytes[] revoked;
        bytes[] signers;
        uint8[] purposes;
    }

    /// @param proposer 0 when none is proposed.
    /// @param from First second (block time) at which it may be carried out.
    /// @param changeHash keccak256(abi.encode(change)).
    struct Recovery {
        uint32 proposer;
        uint48 from;
        bytes32 changeHash;
    }

    event GuardianNamed(uint32 indexed id, uint32 indexed guardian);
    event RecoveryProposed(uint32 indexed id, uint32 indexed proposer, KeyChange change, uint48 from);
    event RecoveryVetoed(uint32 indexed id, uint32 indexed by);
    event RecoveryCompleted(uint32 indexed id);

    error RecoveryNotEntitled(address caller, uint32 id);
    /// @notice A guardian is another participant.
    error RecoveryGuardianInvalid(uint32 guardian);
    /// @notice One proposal at a time: it is carried out or vetoed before another is made.
    error RecoveryExists(uint32 id);
    error RecoveryUnknown(uint32 id);
    error RecoveryTooEarly(uint32 id, uint48 from, uint48 time);
    /// @notice These are not the keys that were proposed.
    error RecoveryKeysDiffer(bytes32 have, bytes32 want);

    /// @notice The calling participant names who may propose new keys for it beside the operator; 0 for nobody.
    function nameGuardian(uint32 guardian) external;

    /// @notice Proposes to revoke all keys of a participant and to give it others. The participant's guardian, or the
    /// operator (AccessManager).
    function proposeRecovery(uint32 id, KeyChange calldata change) external;

    /// @notice Ends a proposal. The participant's own account, a regulator of its country, or the proposer; as long as it
    /// was not carried out.
    function vetoRecovery(uint32 id) external;

    /// @notice Carries a proposal out. Anyone, from the end of the delay on.
    /// @dev Reverts with {IParticipantAccount.KeysRemain} when the account got other keys in the meantime: then it was
    /// not lost.
    function completeRecovery(uint32 id, KeyChange calldata change) external;

    function recoveryOf(uint32 id) external view returns (Recovery memory);

    /// @return guardian 0 when none is named.
    function guardianOf(uint32 id) external view returns (uint32 guardian);
}
