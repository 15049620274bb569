"""The shapes of requests and responses: types and constraints of members, as data. They are never changed.

`min` and `max` count characters of text, bytes of a blob and items of a list. Each start of the program makes all of
them, so they are plain classes: the decorator of a dataclass takes longer than all that it decorates.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Text:
    __slots__ = ("enum", "max", "min", "pattern", "sensitive")

    def __init__(
        self, min: int | None = None, max: int | None = None, pattern: str | None = None, enum: tuple[str, ...] = (),
        sensitive: bool = False,
    ) -> None:
        self.min = min
        self.max = max
        self.pattern = pattern
        self.enum = enum
        self.sensitive = sensitive


class Blob:
    __slots__ = ("max", "min", "sensitive")

    def __init__(self, min: int | None = None, max: int | None = None, sensitive: bool = False) -> None:
        self.min = min
        self.max = max
        self.sensitive = sensitive


class Integer:
    __slots__ = ("max", "min")

    def __init__(self, min: int | None = None, max: int | None = None) -> None:
        self.min = min
        self.max = max


class Flag:
    """True or false."""

    __slots__ = ()


class Timestamp:
    """An aware datetime."""

    __slots__ = ()


class List:
    __slots__ = ("item", "max", "min")

    def __init__(self, item: Shape, min: int | None = None, max: int | None = None) -> None:
        self.item = item
        self.min = min
        self.max = max


class Map:
    __slots__ = ("key", "value")

    def __init__(self, key: Shape, value: Shape) -> None:
        self.key = key
        self.value = value


class Structure:
    __slots__ = ("idempotency_token", "members", "required")

    def __init__(
        self, members: Mapping[str, Shape] | None = None, required: tuple[str, ...] = (),
        idempotency_token: str | None = None,
    ) -> None:
        self.members = members or {}
        self.required = required
        self.idempotency_token = idempotency_token


Shape = Text | Blob | Integer | Flag | Timestamp | List | Map | Structure


class Operation:
    """An operation of a service: its name, request, response and the codes of its errors."""

    __slots__ = ("errors", "name", "request", "response", "service")

    def __init__(
        self, name: str, request: Structure, response: Structure, errors: tuple[str, ...],
        service: str = "secretsmanager",
    ) -> None:
        self.name = name
        self.request = request
        self.response = response
        self.errors = errors
        self.service = service

    @property
    def source(self) -> str:
        """The service's name in CloudTrail events."""
        return self.service if self.service == "smtui" else f"{self.service}.amazonaws.com"

    @property
    def action(self) -> str:
        """The action's name in policies."""
        return f"{self.service}:{self.name}"
