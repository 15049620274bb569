"""The file of a plan: JSON that is checked member by member, because it may come from others or from an editor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from smtui.api.errors import SmtuiError
from smtui.comparison.plan import WHOLE, KeyAction, PlannedSecret, PlannedSide, PromotionPlan
from smtui.rules.labels import AWS
from smtui.text import strict_json
from smtui.text.strict_json import StrictJsonError

FORMAT, VERSION = "smtui-promotion", 1
ENTIRE_VALUE = "(entire value)"
"""How `WHOLE` is spelled in a file."""
ACTIONS = {"promote": True, "skip": False}
_VERSION_ID = re.compile(r"[A-Za-z0-9-]{32,64}")
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")


class InvalidPlanError(SmtuiError):
    """A file is not a plan. The message says where."""

    def __init__(self, message: str, hint: str = "smtui compare LEFT RIGHT --plan FILE makes a plan.") -> None:
        self.hint = hint
        super().__init__(message)


def format_plan_file(plan: PromotionPlan) -> str:
    """The text of the file."""
    return json.dumps({
        FORMAT: VERSION, "id": plan.plan_id, "left": _build_side(plan.left), "right": _build_side(plan.right),
        "secrets": [_build_secret(each) for each in plan.secrets], "omitted": dict(plan.omitted),
    }, indent=2, ensure_ascii=True) + "\n"


def _build_side(side: PlannedSide) -> dict[str, Any]:
    return {"name": side.name, "account": side.account, "region": side.region, "read-only": side.is_copy}


def _build_secret(secret: PlannedSecret) -> dict[str, Any]:
    return {
        "from": secret.source, "to": secret.target, "action": "promote" if secret.is_promoted else "skip",
        **({"reason": secret.reason} if secret.reason else {}), "version": secret.version,
        "new-version": secret.new_version, "labels": None if secret.labels is None else dict(secret.labels),
        "keys": {key or ENTIRE_VALUE: action.value for key, action in secret.keys.items()},
    }


def parse_plan_file(content: bytes) -> PromotionPlan:
    """Parses the file of a plan. Raises InvalidPlanError."""
    try:
        found = strict_json.convert_numbers(strict_json.parse_strict_json(content.decode()))
    except (UnicodeDecodeError, StrictJsonError):
        raise InvalidPlanError("The plan is not JSON.") from None
    if not isinstance(found, Mapping) or found.get(FORMAT) != VERSION:
        raise InvalidPlanError("The file is not a plan of this version of smtui.")
    secrets = tuple(_parse_secret(each, f"secrets[{at}]") for at, each in enumerate(_take(found, "secrets", list)))
    omitted = _take(found, "omitted", dict)
    if not all(isinstance(reason, str) for reason in omitted.values()):
        raise InvalidPlanError("The plan has an invalid member: omitted.")
    targets = [each.target for each in secrets]
    if len({*targets}) < len(targets):
        raise InvalidPlanError("The plan has two entries for one secret.")
    return PromotionPlan(_take_version(found, "id"), _parse_side(found, "left"), _parse_side(found, "right"), secrets,
                         omitted)


def _parse_side(plan: Mapping[str, Any], member: str) -> PlannedSide:
    side = _take(plan, member, dict)
    return PlannedSide(_take(side, "name", str, member), _take(side, "account", str, member),
                       _take(side, "region", str, member), _take(side, "read-only", bool, member))


def _parse_secret(secret: Any, place: str) -> PlannedSecret:
    if not isinstance(secret, Mapping):
        raise InvalidPlanError(f"The plan has an invalid member: {place}.")
    action = _take(secret, "action", str, place)
    if action not in ACTIONS:
        raise InvalidPlanError(f"The plan has an invalid member: {place}.action. Expected promote or skip.")
    labels = secret.get("labels")
    return PlannedSecret(
        _take(secret, "from", str, place), _take(secret, "to", str, place, _NAME.fullmatch),
        None if secret.get("version") is None else _take_version(secret, "version", place),
        _take_version(secret, "new-version", place), None if labels is None else _parse_labels(secret, place),
        _parse_keys(secret, place), ACTIONS[action], str(secret.get("reason", "")))


def _parse_labels(secret: Mapping[str, Any], place: str) -> dict[str, str]:
    labels = _take(secret, "labels", dict, place)
    return {label: _take_version(labels, label, f"{place}.labels") for label in labels if label in AWS}


def _parse_keys(secret: Mapping[str, Any], place: str) -> dict[str, KeyAction]:
    keys = _take(secret, "keys", dict, place)
    try:
        found = {WHOLE if key == ENTIRE_VALUE else key: KeyAction(action) for key, action in keys.items()}
    except ValueError:
        raise InvalidPlanError(
            f"The plan has an invalid member: {place}.keys. Expected {', '.join(KeyAction)}.") from None
    if not found or (WHOLE in found and (len(found) > 1 or found[WHOLE] is KeyAction.OMIT)):
        raise InvalidPlanError(f"The plan has an invalid member: {place}.keys.", "To omit a secret: action skip.")
    return found


def _take_version(members: Mapping[str, Any], name: str, place: str = "") -> str:
    found: str = _take(members, name, str, place, _VERSION_ID.fullmatch)
    return found


def _take(
    members: Mapping[str, Any], name: str, kind: type, place: str = "", is_valid: Callable[[Any], Any] | None = None
) -> Any:
    """A member of this type. Raises InvalidPlanError."""
    found = members.get(name)
    if not isinstance(found, kind) or (is_valid is not None and not is_valid(found)):
        raise InvalidPlanError(f"The plan has an invalid member: {f'{place}.' if place else ''}{name}.")
    return found
