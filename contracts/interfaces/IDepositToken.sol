// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IEnforcement} from "./IEnforcement.sol";
import {IEntryLimit} from "./IEntryLimit.sol";
import {ISettlementLeg} from "./ISettlementLeg.sol";

/// @title Deposit money of one bank in one currency: a claim of the holder on that bank.
/// @notice It is created on fixed grounds only, each with a reference that is used once for this token and ground:
/// (a) the bank's own entry, signed by two of its people, within the bank's own limit of a day; (b) a due undertaking of
/// the bank, called by the holder's claim through Undertakings; (c) the receiving leg of a payment from another bank's
/// customer through the clearing house, which destroys the payer's money at its bank in the same transaction. It is
/// destroyed by the paying leg of (c), by a redemption that the bank paid, and by the reversal of a wrong entry. Creators
/// and destroyers are fixed when the token is made. Under a moratorium nothing is created or destroyed. Holders
/// move it by ERC-20, or by their signed consent in a settlement. Only admitted participants' accounts and contracts of the
/// system may hold it.
interface IDepositToken is IEnforcement, IEntryLimit, IERC20Metadata, ISettlementLeg {
    /// @dev The first three create, the last three destroy.
    enum Ground {
        Entry,
        Undertaking,
        Payment,
        Redemption,
        Reversal
    }

    event DepositCreated(Ground indexed ground, bytes32 indexed ref, address indexed to, uint256 amount);

    /// @notice Money that left the bank: by a payment to another bank's customer, paid out, or booked wrongly.
    event DepositDestroyed(Ground indexed ground, bytes32 indexed ref, address indexed from, uint256 amount);

    /// @notice A contra entry. The wrong entry stays where it is; its reference is never free again.
    event EntryReversed(bytes32 indexed ref, bytes32 indexed contraRef, address indexed holder, uint256 amount);

    error DepositNotEntitled(address caller, Ground ground);
    error DepositReferenceUsed(Ground ground, bytes32 ref);
    error DepositReferenceMissing();
    error DepositAmountInvalid(uint256 amount);
    error DepositHolderNotAdmitted(address holder);
    /// @notice Money has no items: one unit is as good as another.
    error DepositItemUnknown(bytes32 item);
    error DepositMoratorium(uint32 bank, uint48 until);
    /// @notice No entry with this reference gave this holder this amount.
    error EntryUnknown(bytes32 ref, address holder, uint128 amount);
    error EntryReversedBefore(bytes32 ref);
    /// @param free What the holder has of this money that is not frozen.
    error EntryNotFree(bytes32 ref, address holder, uint128 amount, uint256 free);

    /// @notice Ground (a). Only the bank's own account, hence two keys.
    function createByEntry(address to, uint128 amount, bytes32 ref) external;

    /// @notice Ground (b). Only Undertakings.
    function createForUndertaking(address to, uint128 amount, bytes32 ref) external;

    /// @notice Ground (c). Only the clearing house.
    function createForPayment(address to, uint128 amount, bytes32 ref) external;

    /// @notice The paying leg of ground (c). Only the clearing house, and it acts for the holder's own call alone.
    function destroyForPayment(address from, uint128 amount, bytes32 ref) external;

    /// @notice Only the clearing house: a bank that holds money here as other banks' settlement agent settles with it.
    function moveForCycle(address from, address to, uint256 amount) external;

    /// @notice Takes back the whole of a wrong entry, once, under a reference of its own. Only the bank's own account,
    /// and only from whom the entry gave it to, as far as it is still there and not frozen.
    /// @param holder Whom the entry named.
    /// @param amount What the entry named, minor units.
    /// @param contraRef Used once for reversals at this token.
    function reverseEntry(bytes32 ref, address holder, uint128 amount, bytes32 contraRef) external;

    /// @notice Moves money that its holder wants paid out to the contract that keeps it until then. Only Redemptions, and
    /// it acts for the holder's own call alone.
    function setAside(address holder, uint128 amount) external;

    /// @notice Destroys money that was set aside and that the bank paid out. Only Redemptions.
    function destroyForRedemption(uint128 amount, bytes32 ref) external;

    function bank() external view returns (uint32);

    /// @return ISO 4217 alphabetic code.
    function currency() external view returns (bytes3);

    /// @notice Each ground has references of its own: if the bank's entries shared them with its undertakings, it could
    /// spend an undertaking's reference in an entry and thereby never pay the holder. A payment's reference is used where
    /// it creates, a redemption's in Redemptions.
    function referenceUsed(Ground ground, bytes32 ref) external view returns (bool);
}
