"""The kinds of shape a request or response is made of: what the contract says of a member, as data.

Lengths of text count characters, lengths of blobs count bytes, lengths of lists count items.
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
    """What a service can be asked: its name in AWS's words, request and response, the errors it may answer with."""

    name: str
    request: Structure
    response: Structure
    errors: tuple[str, ...]
    service: str = "secretsmanager"

    @property
    def source(self) -> str:
        """What CloudTrail calls the service."""
        return self.service if self.service == "smtui" else f"{self.service}.amazonaws.com"

    @property
    def action(self) -> str:
        """What policies call it."""
        return f"{self.service}:{self.name}"
