// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAtomicSettlement} from "../../../contracts/interfaces/IAtomicSettlement.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {CreditSystem} from "../credit/CreditSystem.sol";

/// @title The system with credits, and settlements to which parties consent by the keys of their accounts.
/// @notice The seller holds an undertaking of the issuing bank; the confirming bank has money of its own to buy it with.
abstract contract SettlementSystem is CreditSystem {
    uint128 internal constant PRICE = 95_000_00;
    uint48 internal constant DEADLINE = START + 1 days;

    bytes32 internal debt;
    uint256 private _dealSalt;

    function setUp() public virtual override {
        super.setUp();
        debt = honour(present(issue(deferredTerms(60)), issuer, AMOUNT), issuer);
        enter(confirmerEur, confirmer, confirmer.account, PRICE, "own money");
        vm.warp(START);
    }

    function money(DepositToken token, Party memory from, Party memory to, uint128 amount)
        internal
        pure
        returns (IAtomicSettlement.Leg memory)
    {
        return IAtomicSettlement.Leg(address(token), from.id, to.id, 0, amount);
    }

    function owed(bytes32 id, Party memory from, Party memory to)
        internal
        view
        returns (IAtomicSettlement.Leg memory)
    {
        return IAtomicSettlement.Leg(address(undertakings), from.id, to.id, id, undertakingOf(id).amount);
    }

    function dealOf(IAtomicSettlement.Leg memory only) internal returns (IAtomicSettlement.Settlement memory) {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](1);
        legs[0] = only;
        return dealOf(legs);
    }

    function dealOf(IAtomicSettlement.Leg memory first, IAtomicSettlement.Leg memory second)
        internal
        returns (IAtomicSettlement.Settlement memory)
    {
        IAtomicSettlement.Leg[] memory legs = new IAtomicSettlement.Leg[](2);
        (legs[0], legs[1]) = (first, second);
        return dealOf(legs);
    }

    /// @notice A settlement with a salt of its own.
    function dealOf(IAtomicSettlement.Leg[] memory legs) internal returns (IAtomicSettlement.Settlement memory) {
        return IAtomicSettlement.Settlement(legs, DEADLINE, bytes32(++_dealSalt));
    }

    /// @notice The confirming bank buys the seller's claim on the issuing bank.
    function purchase() internal returns (IAtomicSettlement.Settlement memory) {
        return dealOf(money(confirmerEur, confirmer, seller, PRICE), owed(debt, seller, confirmer));
    }

    /// @notice The consents of all parties, as the contract wants them.
    function consentsOf(IAtomicSettlement.Settlement memory deal) internal view returns (bytes[] memory consents) {
        uint32[] memory parties = settlement.partiesOf(deal.legs);
        consents = new bytes[](parties.length);
        for (uint256 i = 0; i < parties.length; ++i) {
            consents[i] = consentOf(partyOf(parties[i]), deal);
        }
    }

    function consentOf(Party memory party, IAtomicSettlement.Settlement memory deal)
        internal
        view
        returns (bytes memory)
    {
        bool merchant = party.id == buyer.id || party.id == seller.id || party.id == arbiter.id;
        return consent(
            party,
            settlement.settlementId(deal),
            merchant ? oneKey(party.maker) : keyPair(party.maker, party.checker)
        );
    }

    function partyOf(uint32 id) internal view returns (Party memory) {
        Party[7] memory cast = [buyer, seller, issuer, adviser, confirmer, nominated, arbiter];
        for (uint256 i = 0; i < cast.length; ++i) {
            if (cast[i].id == id) return cast[i];
        }
        revert AssertionFailed("no party of the cast");
    }

    /// @notice A relayer without any right brings all consents.
    function execute(IAtomicSettlement.Settlement memory deal) internal returns (bytes32) {
        return execute(deal, consentsOf(deal));
    }

    function execute(IAtomicSettlement.Settlement memory deal, bytes[] memory consents) internal returns (bytes32) {
        vm.prank(address(0xBEEF));
        return settlement.execute(deal, consents);
    }

    /// @notice A relayer brings all consents, and is refused with exactly this.
    function refuseDeal(IAtomicSettlement.Settlement memory deal, bytes memory want) internal {
        refuseDeal(deal, consentsOf(deal), want);
    }

    function refuseDeal(IAtomicSettlement.Settlement memory deal, bytes[] memory consents, bytes memory want)
        internal
    {
        vm.expectRevert(want);
        execute(deal, consents);
    }

    function cancel(Party memory party, IAtomicSettlement.Settlement memory deal) internal {
        vm.prank(party.account);
        settlement.cancel(deal);
    }

    function invalid(IAtomicSettlement.Settlement memory deal, Party memory party)
        internal
        view
        returns (bytes memory)
    {
        bytes32 id = settlement.settlementId(deal);
        return abi.encodeWithSelector(IAtomicSettlement.SettlementConsentInvalid.selector, id, party.id);
    }

    function wrongStatus(IAtomicSettlement.Settlement memory deal, IAtomicSettlement.Status have)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            IAtomicSettlement.SettlementWrongStatus.selector,
            settlement.settlementId(deal),
            have,
            IAtomicSettlement.Status.None
        );
    }

    function assertHolder(Party memory holder) internal view {
        assertEq(undertakingOf(debt).holder, holder.id, "holder of the undertaking");
    }
}
