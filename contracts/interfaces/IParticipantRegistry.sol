// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccountRecovery} from "./IAccountRecovery.sol";

/// @title Who takes part in the ledger, in which roles, and through which account.
/// @notice A participant is known by a salted commitment of its LEI, never by its name. A bank's branch in another
/// country is another bank (rule U03): the commitment covers the LEI and the country, so it has an id of its own.
/// Suspension stops new deals only; rights, duties and clocks of live deals go on (rulebook, "suspension"). Under a
/// moratorium a bank's deposit money is neither created nor redeemed; what it undertook stays owed.
interface IParticipantRegistry is IAccountRecovery {
    /// @dev `Suspended` participants keep every right and duty of their live deals.
    enum Status {
        None,
        Active,
        Suspended
    }

    /// @param leiCommitment keccak256(abi.encode(domain, LEI, country, salt)); unique (U03).
    /// @param account The smart account that holds the participant's money and acts for it.
    /// @param country ISO 3166 alpha-2.
    /// @param roles Bit set of {Roles}.
    struct Participant {
        bytes32 leiCommitment;
        address account;
        bytes2 country;
        uint32 roles;
        Status status;
        uint48 admittedAt;
    }

    /// @param signer See {requireSigner}.
    /// @param purposes Bit set of {IParticipantAccount} purposes.
    struct FoundingKey {
        bytes signer;
        uint8 purposes;
    }

    /// @notice The operator, admitted as participant 1 when the registry is made.
    struct FoundingOperator {
        bytes32 leiCommitment;
        bytes2 country;
        FoundingKey[] keys;
    }

    /// @notice An act that binds nobody and moves no money out: one key of a bank is enough. The list is fixed when the
    /// registry is made, so that nobody, the operator included, can later take the second key from a bank's act.
    struct RoutineAct {
        address target;
        bytes4 selector;
    }

    /// @dev Where the currency of an act's amount is found. `None`: the act's arguments say no amount.
    enum CurrencySource {
        None,
        Target,
        Code,
        Token
    }

    /// @notice Where the arguments of an act say how much it moves, so that accounts can hold thresholds against it.
    /// @param source `Target`: the called contract is the token; `Code`: an argument is the currency's code; `Token`: an
    /// argument is the token's address.
    /// @param amountWord Which 32 bytes of the arguments are the amount, counted from 0.
    /// @param currencyWord Which 32 bytes of the arguments are the code or the token.
    struct AmountPlace {
        CurrencySource source;
        uint8 amountWord;
        uint8 currencyWord;
    }

    /// @param target 0 for every contract that has no such act of its own in the list: deposit tokens are made later.
    struct MoneyAct {
        address target;
        bytes4 selector;
        AmountPlace place;
    }

    /// @notice What is fixed for ever when the registry is made.
    /// @param systemContracts Contracts of the system that hold money.
    /// @param verifiers Contracts that check signatures of keys without an address (ERC-7913).
    /// @param routine Acts that bind nobody and move no money out.
    /// @param money Acts whose arguments say how much they move.
    struct Lists {
        address[] systemContracts;
        address[] verifiers;
        RoutineAct[] routine;
        MoneyAct[] money;
    }

    event ParticipantAdmitted(
        uint32 indexed id, address indexed account, bytes32 leiCommitment, bytes2 country, uint32 roles
    );
    event ParticipantSuspended(uint32 indexed id, bytes32 reasonHash);
    event ParticipantReinstated(uint32 indexed id, bytes32 reasonHash);
    event MoratoriumDeclared(uint32 indexed bank, uint32 indexed regulator, uint48 until, bytes32 reasonHash);
    event MoratoriumLifted(uint32 indexed bank, uint32 indexed regulator, bytes32 reasonHash);
    event SystemContractRegistered(address indexed target);
    event SignatureVerifierListed(address indexed verifier);
    event RoutineActListed(address indexed target, bytes4 indexed selector);
    event MoneyActListed(address indexed target, bytes4 indexed selector, AmountPlace place);

    error ParticipantUnknown(uint32 id);
    error ParticipantExists(bytes32 leiCommitment);
    error ParticipantWrongStatus(uint32 id, Status have, Status want);
    /// @notice A bank, the operator and a regulator act with two keys; roles that contradict each other are refused.
    error ParticipantRolesInvalid(uint32 roles);
    error ParticipantCountryInvalid(bytes2 country);
    error ParticipantCommitmentMissing();
    /// @notice With these keys the account could not act, or not change its keys.
    error ParticipantKeysInvalid();
    /// @notice Only a regulator in the bank's own country.
    error MoratoriumNotEntitled(address caller, uint32 bank);
    /// @notice Over already, or longer than a moratorium may last at once.
    error MoratoriumEndInvalid(uint48 until, uint48 earliest, uint48 latest);
    error MoratoriumNotInForce(uint32 bank);
    /// @notice Accounts cannot be made from an implementation that is not there.
    error ParticipantImplementationMissing(address implementation);

    /// @notice Admits a participant and makes its account, with the keys that the party itself made.
    /// @dev Operator only (AccessManager).
    function admit(bytes32 leiCommitment, bytes2 country, uint32 roles, FoundingKey[] calldata keys)
        external
        returns (uint32 id, address account);

    /// @notice No new deals for this participant; live deals go on. Operator only.
    function suspend(uint32 id, bytes32 reasonHash) external;

    /// @notice Ends a suspension. Operator only.
    function reinstate(uint32 id, bytes32 reasonHash) external;

    /// @notice From now until `until` this bank's deposit money is neither created nor redeemed. Declared again, it ends
    /// at the new time. A regulator in the bank's country only.
    /// @param until First second (block time) at which it is over by itself.
    function declareMoratorium(uint32 bank, uint48 until, bytes32 reasonHash) external;

    /// @notice Ends a moratorium before its time. A regulator in the bank's country only.
    function liftMoratorium(uint32 bank, bytes32 reasonHash) external;

    /// @return until First second at which this participant is under no moratorium; 0 when there never was one.
    function moratoriumUntil(uint32 id) external view returns (uint48 until);

    /// @return id 0 when the address is nobody's account.
    function idOf(address account) external view returns (uint32 id);

    /// @dev Reverts with {ParticipantUnknown} for an unknown id.
    function participant(uint32 id) external view returns (Participant memory);

    /// @dev Reverts with {ParticipantUnknown} for an unknown id.
    function accountOf(uint32 id) external view returns (address);

    function hasRole(uint32 id, uint32 role) external view returns (bool);

    /// @notice True when the participant may enter a new deal.
    function isActive(uint32 id) external view returns (bool);

    /// @notice True for accounts of participants and for contracts of the system that hold money.
    function mayHold(address holder) external view returns (bool);

    /// @notice True when one key is enough. Every act that is not listed needs two.
    function isRoutine(address target, bytes4 selector) external view returns (bool);

    /// @return Where a call of this function says how much it moves.
    function amountPlaceOf(address target, bytes4 selector) external view returns (AmountPlace memory);

    /// @notice Reverts with {IParticipantAccount.KeySignerInvalid} unless this may be a key: the 20 bytes of a person's
    /// address or of a wallet contract that answers ERC-1271, or a listed verifier's address and a P-256 key (84 bytes,
    /// ERC-7913). No participant's account and no contract of the system is a key.
    function requireSigner(bytes calldata signer) external view;

    function participantCount() external view returns (uint32);
}
