"""The shapes of requests and responses: types and constraints of members, as data.

`min` and `max` count characters of text, bytes of a blob and items of a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True)
class Blob:
    min: int | None = None
    max: int | None = None
    sensitive: bool = False


@dataclass(frozen=True)
class Integer:
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Flag:
    """True or false."""


@dataclass(frozen=True)
class Timestamp:
    """An aware datetime."""


@dataclass(frozen=True)
class List:
    item: Shape
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Map:
    key: Shape
    value: Shape


@dataclass(frozen=True)
class Structure:
    members: Mapping[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    idempotency_token: str | None = None


Shape = Text | Blob | Integer | Flag | Timestamp | List | Map | Structure


@dataclass(frozen=True)
class Operation:
    """An operation of a service: its name, request, response and the codes of its errors."""

    name: str
    request: Structure
    response: Structure
    errors: tuple[str, ...]
    service: str = "secretsmanager"

    @property
    def source(self) -> str:
        """The service's name in CloudTrail events."""
        return self.service if self.service == "smtui" else f"{self.service}.amazonaws.com"

    @property
    def action(self) -> str:
        """The action's name in policies."""
        return f"{self.service}:{self.name}"
