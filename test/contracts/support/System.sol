// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IBankingCalendar} from "../../../contracts/interfaces/IBankingCalendar.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IParticipantAccount} from "../../../contracts/interfaces/IParticipantAccount.sol";
import {IParticipantRegistry} from "../../../contracts/interfaces/IParticipantRegistry.sol";
import {Purposes} from "../../../contracts/libraries/Purposes.sol";
import {Roles} from "../../../contracts/libraries/Roles.sol";
import {ClearingHouse} from "../../../contracts/money/ClearingHouse.sol";
import {DepositToken} from "../../../contracts/money/DepositToken.sol";
import {DepositTokenFactory} from "../../../contracts/money/DepositTokenFactory.sol";
import {DepositTokenMaker} from "../../../contracts/money/DepositTokenMaker.sol";
import {Redemptions} from "../../../contracts/money/Redemptions.sol";
import {Authority} from "../../../contracts/registry/Authority.sol";
import {BankingCalendar} from "../../../contracts/registry/BankingCalendar.sol";
import {P256Verifier} from "../../../contracts/registry/P256Verifier.sol";
import {ParticipantAccount} from "../../../contracts/registry/ParticipantAccount.sol";
import {ParticipantRegistry} from "../../../contracts/registry/ParticipantRegistry.sol";
import {SystemDeployer} from "../../../contracts/registry/SystemDeployer.sol";
import {WebAuthnVerifier} from "../../../contracts/registry/WebAuthnVerifier.sol";
import {AtomicSettlement} from "../../../contracts/settlement/AtomicSettlement.sol";
import {Test} from "./Test.sol";

/// @title The whole system, as it is deployed, with parties that hold keys.
/// @notice Contracts stand at addresses that follow from their names alone ({addressOf}), so a part may name another
/// that does not exist yet. A test acts as a party directly (`vm.prank(party.account)`) where signatures are not its
/// subject, and through a signed order ({actAs}) where they are.
abstract contract System is Test {
    /// @param maker Private key of the person who proposes and operates.
    /// @param checker Private key of the person who approves.
    /// @param administrator Private key of the person who changes keys.
    struct Party {
        uint32 id;
        address account;
        uint256 maker;
        uint256 checker;
        uint256 administrator;
    }

    /// @dev Monday 2026-01-05, 09:00 UTC.
    uint48 internal constant START = 20_458 days + 9 hours;
    /// @dev Local day number of {START}.
    uint32 internal constant START_DAY = 20_458;
    /// @dev Index of the calendar word in which {START_DAY} lies.
    uint16 internal constant START_WORD = 79;
    uint16 internal constant CUT_OFF = 16 * 60;

    SystemDeployer internal deployer;
    Authority internal authority;
    ParticipantRegistry internal registry;
    BankingCalendar internal calendar;
    DepositTokenFactory internal tokenFactory;
    ClearingHouse internal clearing;
    Redemptions internal redemptions;
    AtomicSettlement internal settlement;

    Party internal operator;
    Party internal buyer;
    Party internal seller;
    Party internal issuer;
    Party internal adviser;
    Party internal confirmer;
    Party internal arbiter;
    Party internal regulator;
    address internal stranger;

    /// @notice Deploys everything and admits one party of each kind; banks have calendars and a EUR token's currency.
    function deploySystem() internal {
        vm.warp(START);
        deployer = new SystemDeployer();
        _deployRegistry();
        calendar = BankingCalendar(
            deploy("BankingCalendar", abi.encodePacked(type(BankingCalendar).creationCode, abi.encode(registry)))
        );
        tokenFactory = DepositTokenFactory(
            deploy(
                "DepositTokenFactory",
                abi.encodePacked(
                    type(DepositTokenFactory).creationCode,
                    abi.encode(
                        address(authority),
                        registry,
                        addressOf("DepositTokenMaker"),
                        addressOf("Undertakings"),
                        addressOf("ClearingHouse"),
                        addressOf("Redemptions"),
                        addressOf("AtomicSettlement")
                    )
                )
            )
        );
        deploy(
            "DepositTokenMaker", abi.encodePacked(type(DepositTokenMaker).creationCode, abi.encode(tokenFactory))
        );
        clearing = ClearingHouse(
            deploy(
                "ClearingHouse",
                abi.encodePacked(
                    type(ClearingHouse).creationCode, abi.encode(registry, tokenFactory, addressOf("Undertakings"))
                )
            )
        );
        redemptions = Redemptions(
            deploy(
                "Redemptions",
                abi.encodePacked(type(Redemptions).creationCode, abi.encode(registry, tokenFactory, calendar))
            )
        );
        settlement = AtomicSettlement(
            deploy(
                "AtomicSettlement",
                abi.encodePacked(
                    type(AtomicSettlement).creationCode, abi.encode(registry, tokenFactory, addressOf("Undertakings"))
                )
            )
        );
        _deployDeals();
        _admitCast();
    }

    /// @notice Hook: deploys the deal contracts at {addressOf} their names.
    function _deployDeals() internal virtual {}

    /// @notice Hook: contracts of the system that hold money.
    function _systemContracts() internal view virtual returns (address[] memory holders) {
        holders = new address[](2);
        holders[0] = addressOf("TradeEscrow");
        holders[1] = addressOf("Redemptions");
    }

    /// @notice Hook: acts that need one key only.
    function _routineActs() internal view virtual returns (IParticipantRegistry.RoutineAct[] memory routine) {
        routine = new IParticipantRegistry.RoutineAct[](1);
        routine[0] = IParticipantRegistry.RoutineAct(addressOf("BankingCalendar"), IBankingCalendar.extend.selector);
    }

    /// @notice Acts whose arguments say how much they move, as the gateway's deployment lists them (moneyActs.ts).
    function _moneyActs() private view returns (IParticipantRegistry.MoneyAct[] memory money) {
        address anyToken = address(0);
        money = new IParticipantRegistry.MoneyAct[](6);
        money[0] = _moneyAct(anyToken, IERC20.transfer.selector, IParticipantRegistry.CurrencySource.Target, 1, 0);
        money[1] = _moneyAct(anyToken, IERC20.approve.selector, IParticipantRegistry.CurrencySource.Target, 1, 0);
        money[2] = _moneyAct(anyToken, IERC20.transferFrom.selector, IParticipantRegistry.CurrencySource.Target, 2, 0);
        money[3] = _moneyAct(
            anyToken, IDepositToken.createByEntry.selector, IParticipantRegistry.CurrencySource.Target, 1, 0
        );
        money[4] = _moneyAct(
            addressOf("ClearingHouse"), IClearingHouse.pay.selector, IParticipantRegistry.CurrencySource.Code, 4, 3
        );
        money[5] = _moneyAct(
            addressOf("Credits"), ICredits.issue.selector, IParticipantRegistry.CurrencySource.Token, 3, 2
        );
    }

    function _moneyAct(
        address target,
        bytes4 selector,
        IParticipantRegistry.CurrencySource source,
        uint8 amountWord,
        uint8 currencyWord
    ) private pure returns (IParticipantRegistry.MoneyAct memory) {
        return IParticipantRegistry.MoneyAct(
            target, selector, IParticipantRegistry.AmountPlace(source, amountWord, currencyWord)
        );
    }

    function addressOf(string memory name) internal view returns (address) {
        return deployer.addressOf(keccak256(bytes(name)));
    }

    function deploy(string memory name, bytes memory initCode) internal returns (address deployed) {
        deployed = deployer.deploy(keccak256(bytes(name)), initCode);
        vm.label(deployed, name);
    }

    /// @notice The operator admits a party whose three keys follow from its name.
    function admit(string memory name, uint32 roles) internal returns (Party memory party) {
        party = keysOf(name);
        IParticipantRegistry.FoundingKey[] memory keys = foundingKeys(party);
        vm.prank(operator.account);
        (party.id, party.account) = registry.admit(keccak256(bytes(name)), "DE", roles, keys);
        vm.label(party.account, name);
    }

    function keysOf(string memory name) internal pure returns (Party memory party) {
        party.maker = uint256(keccak256(abi.encode(name, "maker")));
        party.checker = uint256(keccak256(abi.encode(name, "checker")));
        party.administrator = uint256(keccak256(abi.encode(name, "administrator")));
    }

    function foundingKeys(Party memory party) internal pure returns (IParticipantRegistry.FoundingKey[] memory keys) {
        keys = new IParticipantRegistry.FoundingKey[](3);
        keys[0] = IParticipantRegistry.FoundingKey(signerOf(party.maker), Purposes.PROPOSE | Purposes.OPERATE);
        keys[1] = IParticipantRegistry.FoundingKey(signerOf(party.checker), Purposes.APPROVE);
        keys[2] = IParticipantRegistry.FoundingKey(signerOf(party.administrator), Purposes.ADMINISTER);
    }

    function signerOf(uint256 key) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(key));
    }

    /// @notice The party's maker and checker sign one call, and a relayer without any right sends it.
    function actAs(Party memory party, address target, bytes memory data) internal returns (bytes memory result) {
        return sendAs(party, target, data, keyPair(party.maker, party.checker));
    }

    /// @notice These private keys sign one call for the party, and a relayer without any right sends it.
    function sendAs(Party memory party, address target, bytes memory data, uint256[] memory keys)
        internal
        returns (bytes memory result)
    {
        IParticipantAccount.Order memory order = orderOf(party, target, data);
        IParticipantAccount.Approval[] memory approvals = approve(party, order, keys);
        vm.prank(address(0xBEEF));
        return IParticipantAccount(party.account).execute(order, approvals)[0];
    }

    /// @notice As {sendAs}, for an order that must fail with exactly this revert data.
    function refuseAs(
        bytes memory want,
        Party memory party,
        address target,
        bytes memory data,
        uint256[] memory keys
    ) internal {
        IParticipantAccount.Order memory order = orderOf(party, target, data);
        IParticipantAccount.Approval[] memory approvals = approve(party, order, keys);
        vm.expectRevert(want);
        vm.prank(address(0xBEEF));
        IParticipantAccount(party.account).execute(order, approvals);
    }

    /// @notice An order of one call, on the account's default lane, good for an hour.
    function orderOf(Party memory party, address target, bytes memory data)
        internal
        view
        returns (IParticipantAccount.Order memory order)
    {
        order.calls = new IParticipantAccount.Call[](1);
        order.calls[0] = IParticipantAccount.Call(target, data);
        order.nonce = ParticipantAccount(party.account).nonces(party.account, 0);
        order.deadline = uint48(block.timestamp + 1 hours);
    }

    /// @notice Approvals by these private keys, in the order that the account demands.
    function approve(Party memory party, IParticipantAccount.Order memory order, uint256[] memory keys)
        internal
        view
        returns (IParticipantAccount.Approval[] memory approvals)
    {
        return approveHash(IParticipantAccount(party.account).orderHash(order), keys);
    }

    /// @notice An ERC-1271 signature of the party's account: these private keys consent to the hash.
    function consent(Party memory party, bytes32 hash, uint256[] memory keys) internal view returns (bytes memory) {
        return abi.encode(approveHash(consentHash(party.account, hash), keys));
    }

    /// @notice What a key signs to consent to a hash: a message of the account's own domain.
    function consentHash(address account, bytes32 hash) internal view returns (bytes32) {
        return typedDataHash(account, keccak256(abi.encode(keccak256("Consent(bytes32 hash)"), hash)));
    }

    /// @notice EIP-712 digest of a message in an account's domain, written out.
    function typedDataHash(address account, bytes32 message) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Hansa Account"),
                keccak256("1"),
                block.chainid,
                account
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function approveHash(bytes32 digest, uint256[] memory keys)
        internal
        pure
        returns (IParticipantAccount.Approval[] memory approvals)
    {
        approvals = new IParticipantAccount.Approval[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            IParticipantAccount.Approval memory approval = approvalBy(keys[i], digest);
            uint256 place = i;
            while (place > 0 && keccak256(approvals[place - 1].signer) > keccak256(approval.signer)) {
                approvals[place] = approvals[place - 1];
                --place;
            }
            approvals[place] = approval;
        }
    }

    function approvalBy(uint256 key, bytes32 digest) internal pure returns (IParticipantAccount.Approval memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return IParticipantAccount.Approval(signerOf(key), abi.encodePacked(r, s, v));
    }

    function oneKey(uint256 key) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](1);
        keys[0] = key;
    }

    function keyPair(uint256 first, uint256 second) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](2);
        keys[0] = first;
        keys[1] = second;
    }

    /// @notice The bank publishes four words (to 2028) that close Saturdays and Sundays only.
    /// @param offsetMinutes Local time minus UTC, for ever.
    function publishWeekends(Party memory bank, int16 offsetMinutes) internal {
        IBankingCalendar.OffsetChange[] memory offsets = new IBankingCalendar.OffsetChange[](1);
        offsets[0] = IBankingCalendar.OffsetChange(0, offsetMinutes);
        vm.prank(bank.account);
        calendar.publish(START_WORD, weekendWords(START_WORD, 4), CUT_OFF, offsets);
    }

    function weekendWords(uint256 first, uint256 count) internal pure returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 day = first * 256; day < (first + count) * 256; ++day) {
            if (isWeekend(day)) words[day / 256 - first] |= 1 << (day % 256);
        }
    }

    /// @dev 1970-01-01 was a Thursday.
    function isWeekend(uint256 day) internal pure returns (bool) {
        return day % 7 == 2 || day % 7 == 3;
    }

    /// @notice A token whose bank enters as much as it likes.
    function createToken(Party memory bank, bytes3 currency, uint8 exponent) internal returns (DepositToken token) {
        return createToken(bank, currency, exponent, type(uint128).max);
    }

    /// @notice The operator lists the currency when it is not listed yet; the bank makes its token.
    function createToken(Party memory bank, bytes3 currency, uint8 exponent, uint128 entryLimit)
        internal
        returns (DepositToken token)
    {
        try tokenFactory.exponentOf(currency) returns (uint8) {}
        catch {
            vm.prank(operator.account);
            tokenFactory.listCurrency(currency, exponent);
        }
        vm.prank(bank.account);
        token = DepositToken(tokenFactory.create(currency, entryLimit));
    }

    /// @notice The bank credits a holder by its own entry.
    function enter(DepositToken token, Party memory bank, address to, uint128 amount, bytes32 ref) internal {
        vm.prank(bank.account);
        token.createByEntry(to, amount, ref);
    }

    /// @notice One bank says how much another may owe it.
    function grant(Party memory creditor, Party memory debtor, bytes3 currency, uint128 limit) internal {
        vm.prank(creditor.account);
        clearing.setLimit(debtor.id, currency, limit);
    }

    function balance(DepositToken token, Party memory party) internal view returns (uint256) {
        return IERC20(address(token)).balanceOf(party.account);
    }

    function _deployRegistry() private {
        address implementation = addressOf("ParticipantAccount");
        address registryAddress = addressOf("ParticipantRegistry");
        operator = keysOf("operator");
        operator.id = 1;
        operator.account =
            Clones.predictDeterministicAddress(implementation, bytes32(uint256(operator.id)), registryAddress);
        authority = Authority(
            deploy("Authority", abi.encodePacked(type(Authority).creationCode, abi.encode(operator.account)))
        );
        deploy("P256Verifier", type(P256Verifier).creationCode);
        deploy("WebAuthnVerifier", type(WebAuthnVerifier).creationCode);
        deploy(
            "ParticipantAccount",
            abi.encodePacked(type(ParticipantAccount).creationCode, abi.encode(registryAddress))
        );
        registry = ParticipantRegistry(
            deploy(
                "ParticipantRegistry",
                abi.encodePacked(type(ParticipantRegistry).creationCode, _registryArguments(implementation))
            )
        );
    }

    function _registryArguments(address implementation) private view returns (bytes memory) {
        IParticipantRegistry.Lists memory lists =
            IParticipantRegistry.Lists(_systemContracts(), _verifiers(), _routineActs(), _moneyActs());
        return abi.encode(
            address(authority),
            implementation,
            lists,
            IParticipantRegistry.FoundingOperator(keccak256("operator"), "DE", foundingKeys(operator))
        );
    }

    function _verifiers() private view returns (address[] memory verifiers) {
        verifiers = new address[](2);
        verifiers[0] = addressOf("P256Verifier");
        verifiers[1] = addressOf("WebAuthnVerifier");
    }

    function _admitCast() private {
        buyer = admit("buyer", Roles.MERCHANT);
        seller = admit("seller", Roles.MERCHANT);
        issuer = admit("issuer", Roles.BANK);
        adviser = admit("adviser", Roles.BANK);
        confirmer = admit("confirmer", Roles.BANK);
        arbiter = admit("arbiter", Roles.ARBITER);
        regulator = admit("regulator", Roles.REGULATOR);
        stranger = address(0x57A);
        publishWeekends(issuer, 60);
        publishWeekends(adviser, 480);
        publishWeekends(confirmer, 480);
    }
}
