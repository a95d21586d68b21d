// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IParticipantAccount} from "../interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {KeyTally} from "../libraries/KeyTally.sol";
import {Purposes} from "../libraries/Purposes.sol";

/// @title The keys of an account, their purposes, and what a set of signatures brings.
/// @notice See {IParticipantAccount}.
abstract contract AccountKeys is IParticipantAccount {
    using KeyTally for KeyTally.Tally;

    IParticipantRegistry internal immutable _REGISTRY;

    // One slot: the flags, how many places of {AccountThresholds} are in use, and the tally of all keys.
    struct Keyring {
        bool initialised;
        bool fourEyes;
        uint8 thresholds;
        KeyTally.Tally tally;
    }

    Keyring internal _keyring;
    /// @dev keccak256(signer) => purposes; 0 for a stranger's key.
    mapping(bytes32 signerHash => uint8 purposes) private _purposes;

    modifier onlySelf() {
        if (msg.sender != address(this)) revert AccountNotSelf(msg.sender);
        _;
    }

    /// @dev Locks the implementation itself.
    constructor(IParticipantRegistry registry_) {
        _REGISTRY = registry_;
        _keyring.initialised = true;
    }

    /// @inheritdoc IParticipantAccount
    /// @dev The registry looked at the signers itself: it may be in its own making, when nobody can ask it yet.
    function initialise(bytes[] calldata signers, uint8[] calldata purposes, bool fourEyes_) external {
        if (msg.sender != address(_REGISTRY)) revert AccountNotRegistry(msg.sender);
        if (_keyring.initialised) revert AccountAlreadyInitialised();
        _keyring.initialised = true;
        _keyring.fourEyes = fourEyes_;
        _addKeys(signers, purposes);
    }

    /// @inheritdoc IParticipantAccount
    function replaceKeys(bytes[] calldata revoked, bytes[] calldata signers, uint8[] calldata purposes) external {
        if (msg.sender != address(_REGISTRY)) revert AccountNotRegistry(msg.sender);
        KeyTally.Tally tally = _keyring.tally;
        for (uint256 i = 0; i < revoked.length; ++i) {
            tally = tally.exclude(_removeKey(revoked[i]));
        }
        if (!tally.isEmpty()) revert KeysRemain();
        _keyring.tally = tally;
        _addKeys(signers, purposes);
    }

    /// @inheritdoc IParticipantAccount
    function addKey(bytes calldata signer, uint8 purposes) external onlySelf {
        _REGISTRY.requireSigner(signer);
        _addKey(signer, purposes);
    }

    /// @inheritdoc IParticipantAccount
    function removeKey(bytes calldata signer) external onlySelf {
        KeyTally.Tally tally = _keyring.tally.exclude(_removeKey(signer));
        if (!_suffices(tally)) revert KeyIndispensable(signer);
        _keyring.tally = tally;
    }

    /// @inheritdoc IParticipantAccount
    function purposesOf(bytes calldata signer) external view returns (uint8) {
        return _purposes[keccak256(signer)];
    }

    /// @inheritdoc IParticipantAccount
    function fourEyes() external view returns (bool) {
        return _keyring.fourEyes;
    }

    function registry() external view returns (IParticipantRegistry) {
        return _REGISTRY;
    }

    function _addKeys(bytes[] calldata signers, uint8[] calldata purposes) private {
        if (signers.length != purposes.length) revert IParticipantRegistry.ParticipantKeysInvalid();
        for (uint256 i = 0; i < signers.length; ++i) {
            _addKey(signers[i], purposes[i]);
        }
        if (!_suffices(_keyring.tally)) revert IParticipantRegistry.ParticipantKeysInvalid();
    }

    function _addKey(bytes calldata signer, uint8 purposes) private {
        if (purposes == 0 || purposes & ~Purposes.ALL != 0) revert KeyPurposesInvalid(purposes);
        bytes32 id = keccak256(signer);
        if (_purposes[id] != 0) revert KeyExists(signer);
        _keyring.tally = _keyring.tally.include(purposes);
        _purposes[id] = purposes;
        emit KeyAdded(signer, purposes);
    }

    /// @dev The tally is the caller's to change.
    function _removeKey(bytes calldata signer) private returns (uint8 purposes) {
        bytes32 id = keccak256(signer);
        purposes = _purposes[id];
        if (purposes == 0) revert KeyUnknown(signer);
        delete _purposes[id];
        emit KeyRemoved(signer);
    }

    /// @return binding The most keys that any threshold demands of acts; 0 where none does.
    /// @return administering The most keys that any threshold demands of changes of keys; 0 where none does.
    function _keysDemanded() internal view virtual returns (uint8 binding, uint8 administering);

    /// @dev AUTH-1: what binds a four-eyes participant carries two different keys; one key is enough for the others.
    function _mayBind(KeyTally.Tally signers) internal view returns (bool) {
        return _keyring.fourEyes ? signers.mayBind() : signers.mayOperate();
    }

    function _requireMayBind(KeyTally.Tally signers, uint8 have, uint256 count) internal view {
        if (!_mayBind(signers)) _refuseToBind(have, count);
    }

    function _refuseToBind(uint8 have, uint256 count) internal view {
        bool needsTwo = _keyring.fourEyes;
        revert OrderNotAuthorised(have, _purposesFor(false, needsTwo), count, needsTwo ? 2 : 1);
    }

    /// @dev What one key of a four-eyes participant may do that operates; the others need no such list.
    function _isRoutine(address target, bytes4 selector) internal view returns (bool) {
        return _keyring.fourEyes && _REGISTRY.isRoutine(target, selector);
    }

    /// @dev What a threshold demands, beside what every account needs.
    function _requireKeys(bool administers, uint8 keys, KeyTally.Tally signers, uint8 have, uint256 count)
        internal
        view
    {
        bool fourEyes_ = _keyring.fourEyes;
        if (!administers) _requireMayBind(signers, have, count);
        uint256 signed = administers ? signers.administering(fourEyes_) : signers.binding(fourEyes_);
        if (signed < keys) revert OrderNotAuthorised(have, _purposesFor(administers, fourEyes_), signed, keys);
    }

    function _requireMayOperate(KeyTally.Tally signers, uint8 have, uint256 count) internal pure {
        if (!signers.mayOperate()) revert OrderNotAuthorised(have, Purposes.OPERATE, count, 1);
    }

    function _requireMayAdminister(KeyTally.Tally signers, uint8 have, uint256 count) internal view {
        bool needsTwo = _keyring.fourEyes;
        if (signers.mayAdminister(needsTwo)) return;
        revert OrderNotAuthorised(have, _purposesFor(true, needsTwo), count, needsTwo ? 2 : 1);
    }

    function _purposesFor(bool administers, bool fourEyes_) private pure returns (uint8) {
        if (administers) return fourEyes_ ? Purposes.ADMINISTER | Purposes.APPROVE : Purposes.ADMINISTER;
        return fourEyes_ ? Purposes.PROPOSE | Purposes.APPROVE : Purposes.OPERATE;
    }

    /// @dev True when with these keys the account can do all that it must be able to do.
    function _suffices(KeyTally.Tally tally) private view returns (bool) {
        bool fourEyes_ = _keyring.fourEyes;
        (uint8 binding, uint8 administering) = _keysDemanded();
        return tally.suffices(fourEyes_) && tally.binding(fourEyes_) >= binding
            && tally.administering(fourEyes_) >= administering;
    }

    /// @dev Every approval must be of a known key and valid; one that is not spoils the whole, so that nobody can add
    /// to an order what its signers did not mean. Ascending hashes make each key count once.
    function _checkSignatures(bytes32 digest, Approval[] calldata approvals)
        internal
        view
        returns (KeyTally.Tally signers, uint8 have)
    {
        bytes32 previous = 0;
        for (uint256 i = 0; i < approvals.length; ++i) {
            Approval calldata approval = approvals[i];
            bytes calldata signer = approval.signer;
            bytes32 id = keccak256(signer);
            if (id <= previous) revert OrderSignersNotAscending();
            previous = id;
            uint8 purposes = _purposes[id];
            if (purposes == 0) revert OrderSignerUnknown(signer);
            if (!_isValid(signer, digest, approval.signature)) revert OrderSignatureInvalid(signer);
            signers = signers.include(purposes);
            have |= purposes;
        }
    }

    /// @dev A signer that is longer than an address names a verifier that the registry lists. An address is first taken
    /// for a person's, since that is what most are and looking for code there costs as much as a storage slot.
    function _isValid(bytes calldata signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (signer.length != 20) return SignatureChecker.isValidSignatureNow(signer, digest, signature);
        address key = address(bytes20(signer));
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == key) return true;
        return key.code.length != 0 && SignatureChecker.isValidERC1271SignatureNowCalldata(key, digest, signature);
    }
}
