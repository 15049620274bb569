"""Caches for Textual's delivery of messages: who handles a message, and how many parameters a callback takes.

Textual looks up both for each message of each widget, and logs it for developer tools that are not there. That takes a
twelfth of the time of a screen test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any

import pytest
from textual import _callback, message_pump
from textual.message import Message
from textual.message_pump import MessagePump

_find_handlers = MessagePump._get_dispatch_methods
_count: Callable[[Callable[..., Any]], int] = _callback._count_parameters
_counts: dict[tuple[CodeType, bool], int] = {}


@cache
def list_handlers(pump: type, message: type, method_name: str) -> list[tuple[type, Any]] | None:
    """Returns the methods that handle messages of a class; None if there are some with the decorator `on`."""
    found = []
    for base in pump.__mro__:
        decorated = vars(base).get("_decorated_handlers") or {}
        if any(decorated.get(each) for each in message.__mro__):
            return None
        method = vars(base).get(f"_{method_name}") or vars(base).get(method_name)
        if method is not None and not getattr(method, "_textual_on", None):
            found.append((base, method))
    return found


def find_handlers(pump: MessagePump, method_name: str, message: Message) -> Iterator[Any]:
    """Replaces `MessagePump._get_dispatch_methods`."""
    handlers = list_handlers(type(pump), type(message), method_name)
    if handlers is None:
        yield from _find_handlers(pump, method_name, message)
        return
    for base, method in handlers:
        if message._no_default_action:
            return
        yield base, method.__get__(pump, base)


def count_parameters(callback: Any) -> int:
    """Replaces `textual._callback._count_parameters`: counts those of each function of the source once.

    A decorated function has the code of its decorator, so it is counted each time.
    """
    code = getattr(callback, "__code__", None)
    if code is None or hasattr(callback, "__wrapped__"):
        return _count(callback)
    key = code, hasattr(callback, "__self__")
    if key not in _counts:
        _counts[key] = _count(callback)
    return _counts[key]


class NoLog:
    """Replaces Textual's log of delivered messages."""

    @property
    def event(self) -> NoLog:
        return self

    def verbosity(self, verbose: bool) -> NoLog:
        return self

    def __call__(self, *things: object, **named: object) -> None:
        return None


def cache_dispatch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MessagePump, "_get_dispatch_methods", find_handlers)
    monkeypatch.setattr(_callback, "_count_parameters", count_parameters)
    monkeypatch.setattr(message_pump, "log", NoLog())
