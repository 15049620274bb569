"""The value that a promotion stores: that of the left side, with other values for some keys."""

from __future__ import annotations

from collections.abc import Callable

from smtui.api.errors import SmtuiError
from smtui.api.record import record
from smtui.comparison.plan import WHOLE, KeyAction, PlannedSecret
from smtui.text.json_object import JsonObject, read_object

Value = str | bytes


class ValueNotMadeError(SmtuiError):
    """The value of a secret cannot be made as the plan says."""


@record
class ValueSources:
    """Where values come from that the left side does not give.

    Args:
        generate_password: returns a new password.
        ask: asks for the value of a key of a secret; an empty key is the entire value.
    """

    generate_password: Callable[[], str]
    ask: Callable[[str, str], str]


def make_value(secret: PlannedSecret, left: Value, right: Value | None, sources: ValueSources) -> Value:
    """Makes the value of a secret.

    Args:
        secret: the secret and its keys.
        left: the value of the left side.
        right: that of the right side, if there is one.
        sources: where other values come from.

    Raises:
        ValueNotMadeError: a value that must be a JSON object is not.
    """
    changed = {key: action for key, action in secret.keys.items() if action is not KeyAction.COPY}
    if not changed:
        return left
    if WHOLE in changed:
        return _find_text(secret, WHOLE, changed[WHOLE], sources)
    text = _require_text(left, secret, "left")
    for key, action in changed.items():
        held = _require_object(text, secret, "left")
        if action is KeyAction.OMIT:
            text = _keep_member(held, key, None if right is None else _require_text(right, secret, "right"), secret)
        else:
            text = held.set_text(key, _find_text(secret, key, action, sources))
    return text


def _find_text(secret: PlannedSecret, key: str, action: KeyAction, sources: ValueSources) -> str:
    return sources.ask(secret.target, key) if action is KeyAction.ASK else sources.generate_password()


def _keep_member(held: JsonObject, key: str, right: str | None, secret: PlannedSecret) -> str:
    """The text with the member of the right side, or without it if that side has none."""
    member = None if right is None else _require_object(right, secret, "right").find(key)
    if member is not None:
        return held.set_member(key, member.source)
    return held.remove_member(key) if held.find(key) else held.text


def _require_text(value: Value, secret: PlannedSecret, side: str) -> str:
    if isinstance(value, bytes):
        raise ValueNotMadeError(f"The value of {secret.target} on the {side} side is binary and has no keys.")
    return value


def _require_object(text: str, secret: PlannedSecret, side: str) -> JsonObject:
    held = read_object(text)
    if held is None:
        raise ValueNotMadeError(f"The value of {secret.target} on the {side} side is not a JSON object.")
    return held
