// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Cycles in which banks settle what they owe each other, netted among all of them.
/// @notice The settlement agent is a bank at which the others hold money. A bank joins once for a currency: from then on
/// its agent may settle, again and again, what the bank owes other members, out of the bank's money at the agent. A cycle
/// sets all positions among the banks that it names to zero; each bank pays or gets one sum, what it owes less what it is
/// owed. Either all pay or nothing changes, and the refusal names who is short.
interface ISettlementCycles {
    /// @param agent Bank in whose deposit money this bank's positions are settled; 0 when it never joined.
    /// @param until Block time from which the mandate no longer holds; the greatest value while it was not given notice.
    struct Mandate {
        uint32 agent;
        uint48 until;
    }

    event SettlementJoined(uint32 indexed bank, bytes3 indexed currency, uint32 indexed agent);
    event SettlementLeft(uint32 indexed bank, bytes3 indexed currency, uint32 indexed agent, uint48 until);
    /// @param gross Sum of all positions that became zero, minor units.
    /// @param paid Sum of what was paid for them.
    event CycleSettled(
        bytes32 indexed id, uint32 indexed agent, bytes3 indexed currency, bytes32 ref, uint256 gross, uint256 paid
    );
    /// @param net What the bank got, minor units; below zero what it paid.
    event BankSettled(bytes32 indexed cycleId, uint32 indexed bank, uint32 indexed agent, int256 net);

    /// @notice A bank's settlement agent is another bank.
    error SettlementAgentInvalid(uint32 agent);
    /// @notice A bank has one agent in a currency, and changes it when its notice is over.
    error SettlementAlreadyJoined(uint32 bank, uint32 agent);
    error SettlementNotJoined(uint32 bank, uint32 agent);
    error CycleReferenceInvalid(bytes32 ref);
    error CycleBanksInvalid(uint256 count, uint256 most);
    error CycleBanksNotAscending(uint32 bank);
    error CycleMoratorium(uint32 bank, uint48 until);
    error CycleEmpty();
    /// @param banks Banks whose money at the agent does not suffice.
    /// @param missing What each of them lacks, minor units.
    error CycleShort(uint32[] banks, uint256[] missing);

    /// @notice The calling bank lets this agent settle what it owes. Given again to the same agent, it takes notice back.
    function joinSettlement(bytes3 currency, uint32 agent) external;

    /// @notice Takes effect after one day, so that no bank steps out of a cycle in which it would pay.
    function leaveSettlement(bytes3 currency) external;

    /// @notice The calling agent settles all that these banks owe each other in a currency.
    /// @param banks Two to {cycleBanksMost} members, ascending; none of them nor the agent under a moratorium.
    /// @param ref The agent's own reference; used once in a currency.
    /// @return id See {cycleId}.
    function settle(bytes3 currency, uint32[] calldata banks, bytes32 ref) external returns (bytes32 id);

    function mandateOf(uint32 bank, bytes3 currency) external view returns (Mandate memory);

    function cycleId(uint32 agent, bytes3 currency, bytes32 ref) external pure returns (bytes32);

    function cycleBanksMost() external pure returns (uint256);
}
