"""What a screen may show and keep of a hidden value: its kind, its size and the names of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ValueKind(Enum):
    """The kind of a value. `KEYS` is a JSON object with members and without duplicate keys."""

    KEYS = "JSON"
    TEXT = "text"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a screen may show of a hidden value.

    Args:
        kind: the kind of the value.
        size: its size in bytes.
        keys: its keys in their order.
    """

    kind: ValueKind
    size: int
    keys: tuple[str, ...] = ()
