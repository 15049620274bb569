"""What differs between two values: which keys, and nothing of what they say.

Objects inside of objects are looked into, so a key is a path: `db.password`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtui.text.json_object import JsonMember, read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.values import Value, part

Path = tuple[str, ...]


class State(Enum):
    """Of a key, from the first value to the second; the sign of each says it without colour."""

    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"
    SAME = "="


@dataclass(frozen=True, slots=True)
class Compared:
    """The empty path is a value as a whole."""

    path: Path
    state: State

    @property
    def name(self) -> SafeText:
        return sanitize(".".join(self.path) or "the whole value")


def compared(before: Value, after: Value) -> list[Compared]:
    """Key by key where both have keys, else the whole."""
    keys = list(_keys(before, after, ())) if isinstance(before, str) and isinstance(after, str) else []
    return keys or [Compared((), State.SAME if before == after else State.CHANGED)]


def _keys(before: str, after: str, path: Path) -> Iterator[Compared]:
    """Nothing where one of them has no keys. In the order of the second, then what only the first has."""
    old, new = ({each.key: each for each in read_members(text)} for text in (before, after))
    if not old or not new:
        return
    for key, member in new.items():
        yield from _key(old.get(key), member, (*path, key))
    yield from (Compared((*path, key), State.REMOVED) for key in old if key not in new)


def _key(old: JsonMember | None, new: JsonMember, path: Path) -> Iterator[Compared]:
    if old is None:
        yield Compared(path, State.ADDED)
    elif (old.is_text, old.text) == (new.is_text, new.text):
        yield Compared(path, State.SAME)
    else:
        inside = [] if old.is_text or new.is_text else list(_keys(old.text, new.text, path))
        yield from inside or [Compared(path, State.CHANGED)]


def piece(value: Value, path: Path, *, to_show: bool = False) -> Value | None:
    """What a path leads to; None where it leads nowhere. Raises LoneSurrogateError as `part` does."""
    found: Value | None = value
    for key in path:
        found = None if found is None else part(found, key, to_show=to_show)
    return found


def sentences(before: Value, after: Value) -> list[SafeText]:
    """What a new value changes, key by key; nothing where it is the same to the byte."""
    if before == after:
        return []
    found = compared(before, after)
    if found[0].path:
        said = [sanitize(f"{state.value} {each.name} {_VERBS[state]}") for state in _VERBS
                for each in found if each.state is state]
        return said or [SafeText("~ only spelling changes: spaces, order, escapes")]
    return [SafeText("~ the whole value changes"), *_lost(before, after)]


def _lost(before: Value, after: Value) -> Iterator[SafeText]:
    """Where there were keys, and are none any more, that may be a slip."""
    keys = len(read_members(before)) if isinstance(before, str) else 0
    if keys:
        what = f"binary, {len(after):,} bytes" if isinstance(after, bytes) else "text"
        yield sanitize(f"▲ it is {what}, no JSON with keys; there were {keys}")


_VERBS = {State.ADDED: "is new", State.CHANGED: "changes", State.REMOVED: "is left out"}
