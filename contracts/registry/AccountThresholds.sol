// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccountKeys} from "./AccountKeys.sol";
import {IAccountThresholds} from "../interfaces/IAccountThresholds.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IParticipantRegistry} from "../interfaces/IParticipantRegistry.sol";
import {KeyTally} from "../libraries/KeyTally.sol";

/// @title The account's own thresholds, and whether the signers of an order meet them.
/// @notice See {IAccountThresholds}. An account without thresholds pays nothing for them.
abstract contract AccountThresholds is AccountKeys {
    using KeyTally for KeyTally.Tally;

    uint8 private constant _MOST = 16;
    uint48 private constant _LOWERING_DELAY = 1 days;

    // slot 0: threshold but for `above` · slot 1: above, keysLater, from
    mapping(uint256 place => ThresholdState) private _thresholds;

    /// @dev What a call moves, as far as its arguments say it.
    struct Moved {
        bytes3 currency;
        uint128 amount;
    }

    /// @inheritdoc IAccountThresholds
    function setThreshold(Threshold calldata threshold) external onlySelf {
        _requireValid(threshold);
        _requireAttainable(threshold);
        ThresholdState storage state = _thresholds[_placeOf(threshold)];
        uint8 have = _keysNow(state);
        uint48 from = uint48(block.timestamp);
        if (threshold.keys < have) {
            from += _LOWERING_DELAY;
            state.threshold.keys = have;
        } else {
            state.threshold = threshold;
        }
        state.keysLater = threshold.keys;
        state.from = from;
        emit ThresholdSet(threshold, from);
    }

    /// @inheritdoc IAccountThresholds
    function thresholds() external view returns (ThresholdState[] memory states) {
        uint256 places = _keyring.thresholds;
        uint256 count;
        for (uint256 i = 0; i < places; ++i) {
            if (_keysNow(_thresholds[i]) != 0) ++count;
        }
        states = new ThresholdState[](count);
        for (uint256 i = places; count != 0; --i) {
            uint8 keys = _keysNow(_thresholds[i - 1]);
            if (keys == 0) continue;
            states[--count] = _thresholds[i - 1];
            states[count].threshold.keys = keys;
        }
    }

    /// @dev Every threshold that concerns the order must be met by the keys that signed it.
    function _requireThresholds(
        Call[] calldata calls,
        KeyTally.Tally signers,
        uint8 have,
        uint256 count
    ) internal view {
        uint256 places = _keyring.thresholds;
        if (places == 0) return;
        Moved[] memory moved = _movedBy(calls);
        for (uint256 i = 0; i < places; ++i) {
            uint8 keys = _keysNow(_thresholds[i]);
            if (keys != 0 && _concerns(_thresholds[i].threshold, calls, moved)) {
                _requireKeys(_thresholds[i].threshold.target == address(this), keys, signers, have, count);
            }
        }
    }

    /// @inheritdoc AccountKeys
    function _keysDemanded() internal view override returns (uint8 binding, uint8 administering) {
        for (uint256 i = 0; i < _keyring.thresholds; ++i) {
            uint8 keys = _keysNow(_thresholds[i]);
            if (_thresholds[i].threshold.target == address(this)) {
                if (keys > administering) administering = keys;
            } else if (keys > binding) {
                binding = keys;
            }
        }
    }

    function _keysNow(ThresholdState storage state) private view returns (uint8) {
        return block.timestamp < state.from ? state.threshold.keys : state.keysLater;
    }

    function _requireValid(Threshold calldata threshold) private view {
        bool anyCall = threshold.target == address(0);
        bool ofAmounts = threshold.currency != 0;
        if (anyCall && threshold.selector != 0) revert ThresholdInvalid();
        if (!ofAmounts && threshold.above != 0) revert ThresholdInvalid();
        if (ofAmounts && threshold.target == address(this)) revert ThresholdInvalid();
    }

    /// @dev A threshold that nobody could meet would close the act for ever.
    function _requireAttainable(Threshold calldata threshold) private view {
        KeyTally.Tally all = _keyring.tally;
        bool fourEyes_ = _keyring.fourEyes;
        uint256 have =
            threshold.target == address(this) ? all.administering(fourEyes_) : all.binding(fourEyes_);
        if (threshold.keys > have) revert ThresholdUnattainable(threshold.keys, have);
    }

    /// @return place Where this threshold stands, or where it may: a place that demands nothing any more is free.
    function _placeOf(Threshold calldata threshold) private returns (uint256 place) {
        uint8 places = _keyring.thresholds;
        uint256 free = places;
        for (place = 0; place < places; ++place) {
            ThresholdState storage state = _thresholds[place];
            bool stands = _keysNow(state) != 0;
            if (stands && _isSame(state.threshold, threshold)) return place;
            if (!stands && free == places) free = place;
        }
        if (threshold.keys == 0) revert ThresholdInvalid();
        if (free == _MOST) revert ThresholdsTooMany(_MOST);
        if (free == places) _keyring.thresholds = places + 1;
        return free;
    }

    function _isSame(Threshold storage one, Threshold calldata other) private view returns (bool) {
        return one.target == other.target && one.selector == other.selector && one.currency == other.currency
            && one.above == other.above;
    }

    function _concerns(Threshold storage threshold, Call[] calldata calls, Moved[] memory moved)
        private
        view
        returns (bool)
    {
        bytes3 currency = threshold.currency;
        uint256 sum;
        for (uint256 i = 0; i < calls.length; ++i) {
            if (!_isOf(threshold, calls[i])) continue;
            if (currency == 0) return true;
            if (moved[i].currency == currency) sum += moved[i].amount;
        }
        return currency != 0 && sum > threshold.above;
    }

    function _isOf(Threshold storage threshold, Call calldata call) private view returns (bool) {
        address target = threshold.target;
        if (target == address(0)) return call.target != address(this);
        return call.target == target && bytes4(call.data[:4]) == threshold.selector;
    }

    function _movedBy(Call[] calldata calls) private view returns (Moved[] memory moved) {
        moved = new Moved[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            IParticipantRegistry.AmountPlace memory place =
                _REGISTRY.amountPlaceOf(calls[i].target, bytes4(calls[i].data[:4]));
            if (place.source == IParticipantRegistry.CurrencySource.None) continue;
            uint256 amount = _word(calls[i].data, place.amountWord);
            moved[i].amount = amount > type(uint128).max ? type(uint128).max : uint128(amount);
            moved[i].currency = _currency(calls[i], place);
        }
    }

    function _currency(Call calldata call, IParticipantRegistry.AmountPlace memory place)
        private
        view
        returns (bytes3)
    {
        if (place.source == IParticipantRegistry.CurrencySource.Target) return _currencyOf(call.target);
        uint256 word = _word(call.data, place.currencyWord);
        if (place.source == IParticipantRegistry.CurrencySource.Code) return bytes3(bytes32(word));
        return _currencyOf(address(uint160(word)));
    }

    /// @dev Arguments that are cut short are refused by whom they are sent to.
    function _word(bytes calldata data, uint256 index) private pure returns (uint256) {
        uint256 start = 4 + 32 * index;
        return data.length < start + 32 ? type(uint256).max : uint256(bytes32(data[start:start + 32]));
    }

    /// @dev What is no deposit token has no currency, and moves no deposit money of this account. Where nothing stands yet,
    /// an earlier call of the same order may place a token, whose currency nobody can know here.
    function _currencyOf(address token) private view returns (bytes3) {
        if (token.code.length == 0) revert ThresholdCurrencyUnknown(token);
        (bool done, bytes memory answer) = token.staticcall(abi.encodeCall(IDepositToken.currency, ()));
        return done && answer.length >= 32 ? bytes3(bytes32(answer)) : bytes3(0);
    }
}
