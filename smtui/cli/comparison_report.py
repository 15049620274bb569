"""The result of a comparison as JSON: names, keys and version IDs, and no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smtui.cli.comparison_sides import OpenSide
from smtui.comparison.compare import Pair, Status, count_statuses
from smtui.comparison.differences import Difference


def build_answer(left: OpenSide, right: OpenSide, pairs: Sequence[Pair]) -> dict[str, Any]:
    """The result in JSON types, without the secrets that are the same."""
    found = [pair for pair in pairs if pair.status is not Status.SAME]
    return {
        "Left": _build_side(left), "Right": _build_side(right), "Identical": not found,
        "Counts": {status.value: count for status, count in count_statuses(pairs).items()},
        "Secrets": [_build_pair(pair) for pair in found],
    }


def _build_side(side: OpenSide) -> dict[str, Any]:
    members = {"Name": side.title, "Account": side.account, "Region": side.region}
    return {name: text for name, text in members.items() if text}


def _build_pair(pair: Pair) -> dict[str, Any]:
    members = {
        "LeftName": pair.left and pair.left.name, "RightName": pair.name if pair.right else None,
        "LeftVersionId": pair.left and pair.left.version, "RightVersionId": pair.right and pair.right.version,
        "Newer": pair.newer,
    }
    return {"Name": pair.name, "Status": pair.status.value, **{name: each for name, each in members.items() if each},
            "Differences": [_build_difference(each) for each in pair.differences]}


def _build_difference(difference: Difference) -> dict[str, Any]:
    keys = [{"Key": ".".join(each.path), "Path": list(each.path), "Change": each.state.name.lower()}
            for each in difference.keys]
    return {"Part": difference.part.value, **({"Keys": keys} if keys else {}),
            **({"Note": difference.note} if difference.note else {})}
