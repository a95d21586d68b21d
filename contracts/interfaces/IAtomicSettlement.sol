// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Settlement of several movements in one transaction: all of them or none.
/// @notice A leg moves money of a bank, or an undertaking, from one participant to another. Whoever gives or takes in any
/// leg consents by a signature of its account to exactly this settlement: these legs in this order, until this second.
/// A consent is no allowance: it is worth nothing for any other settlement, and a settlement is executed once. It is a
/// new deal, so a suspended participant enters none; that the debtor of what moves is suspended, or under a moratorium,
/// keeps nothing from moving: its money is neither created nor destroyed, and what it owes stays transferable.
interface IAtomicSettlement {
    enum Status {
        None,
        Executed,
        Cancelled
    }

    /// @param target Contract whose thing moves: a deposit token, or Undertakings.
    /// @param from Participant that gives.
    /// @param to Participant that takes.
    /// @param item Undertaking that moves; zero for money.
    /// @param amount Minor units; of an undertaking its whole amount.
    struct Leg {
        address target;
        uint32 from;
        uint32 to;
        bytes32 item;
        uint128 amount;
    }

    /// @param deadline Last second (block time) at which it may be executed.
    /// @param salt Tells settlements with the same legs apart.
    struct Settlement {
        Leg[] legs;
        uint48 deadline;
        bytes32 salt;
    }

    /// @param ok True when the leg would be done.
    /// @param answer Otherwise what its contract would say.
    struct LegResult {
        bool ok;
        bytes answer;
    }

    event SettlementExecuted(bytes32 indexed id, Leg[] legs);
    /// @param parties Each once, in the order in which the legs name them.
    event SettlementCancelled(bytes32 indexed id, uint32 indexed by, uint32[] parties);

    error SettlementNotEntitled(bytes32 id, address caller);
    error SettlementEmpty();
    error SettlementTooManyLegs(uint256 legs, uint256 most);
    /// @notice Giver and taker of this leg are the same.
    error SettlementSameParty(uint256 leg, uint32 party);
    /// @notice The leg names a contract that is neither a deposit token of the factory nor Undertakings.
    error SettlementTargetUnknown(uint256 leg, address target);
    error SettlementPartySuspended(uint32 party);
    error SettlementExpired(bytes32 id, uint48 deadline, uint48 time);
    /// @notice Executed or cancelled before.
    error SettlementWrongStatus(bytes32 id, Status have, Status want);
    error SettlementConsentMissing(bytes32 id, uint32 party);
    /// @notice The signature is not this party's for exactly these legs, deadline and salt.
    error SettlementConsentInvalid(bytes32 id, uint32 party);
    error SettlementConsentsSurplus(uint256 consents, uint256 parties);
    /// @notice The token did not take from the giver, or did not give to the taker, exactly the amount.
    error SettlementMoneyDiffers(uint256 leg, address token, uint128 amount);
    /// @notice Not a failure: how {simulateAndRevert} answers.
    /// @param results abi.encode(LegResult[]).
    error SettlementSimulated(bytes results);

    /// @notice Does all legs in their order, or nothing. Open to every caller: the consents carry authority. What a leg's
    /// contract refuses is passed on as it is.
    /// @dev Reverts with {IParticipantRegistry.ParticipantUnknown} for a party that was never admitted.
    /// @param consents Signature of each party's account (ERC-1271) over the id, in the order of {partiesOf}.
    function execute(Settlement calldata settlement, bytes[] calldata consents) external returns (bytes32 id);

    /// @notice A party withdraws: the settlement can never be executed.
    function cancel(Settlement calldata settlement) external returns (bytes32 id);

    /// @notice What each leg would do now, each after the legs before it; a leg that fails is left out and the next is
    /// tried. Consents are not looked at, and nothing is changed.
    /// @dev Reverts as {execute} does where the legs are no settlement at all: none, too many, a contract or party that
    /// is unknown, a suspended party, one party on both sides.
    function simulate(Leg[] calldata legs) external returns (LegResult[] memory results);

    /// @notice Does the legs and always reverts, with {SettlementSimulated} when it came to the end.
    function simulateAndRevert(Leg[] calldata legs) external;

    /// @return EIP-712 digest that the parties' accounts are asked to sign; it names this contract and this ledger.
    function settlementId(Settlement calldata settlement) external view returns (bytes32);

    function statusOf(bytes32 id) external view returns (Status);

    /// @return parties Whoever gives or takes, each once, in the order in which the legs name them.
    function partiesOf(Leg[] calldata legs) external pure returns (uint32[] memory parties);
}
