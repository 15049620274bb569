"""The facts at the top of the screen Access: what the status of an agent means for a person."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from textual.content import Content

from smtui.text.dates import format_duration
from smtui.text.sanitize import sanitize

WIDTH = 10
Status = Mapping[str, Any]


def format_facts(status: Status | None, start_key: str, idle_lock: float, seconds_to_lock: float) -> Content:
    """One line for each fact.

    Args:
        status: the status of the agent with `here`, see `AgentAccess.read_status`; None if there is no agent.
        start_key: the key that starts an endpoint.
        idle_lock: seconds without input after which the screens lock; 0 for never.
        seconds_to_lock: seconds until then; infinite for never.
    """
    lines = _list_facts(status, start_key, idle_lock, seconds_to_lock)
    return Content("\n").join(
        Content.assemble((f"{title:<{WIDTH}}", "$text-muted"), Content(sanitize(words))) for title, words in lines)


def _list_facts(
    status: Status | None, start_key: str, idle_lock: float, seconds_to_lock: float
) -> Iterator[tuple[str, str]]:
    if status is None:
        yield "Agent", f"not running; {start_key} starts one here, with an endpoint"
        yield "", "one started by smtui agent or smtui serve is shown here too"
        return
    where = "this process" if status["here"] else f"process {status['pid']}"
    yield "Agent", f"{where} · {_describe_lock(status, start_key, seconds_to_lock)} · {_count(status['calls'], 'call')}"
    if limits := _list_limits(status):
        yield "Limits", ", ".join(limits)
    endpoints = status["endpoints"]
    for each in endpoints:
        yield "Endpoint", (f"{each['url']} · {_count(each['connections'], 'connection')} · "
                           f"{status['requests_done']:,} done, {status['requests_refused']:,} refused")
    if not endpoints:
        yield "Endpoint", f"not running; {start_key} starts one"
    if status["here"]:
        after = f", after {format_duration(idle_lock)} without a key press" if idle_lock else ""
        yield "Ends", f"when the screens lock{after}"


def _describe_lock(status: Status, start_key: str, seconds_to_lock: float) -> str:
    if status["locked"]:
        reason = f"locked: {status['lock_reason'].rstrip('.')}" if status["lock_reason"] else "locked"
        return f"{reason}; {start_key if status['here'] else 'smtui unlock'} unlocks it"
    left = math.inf if status["seconds_left"] is None else status["seconds_left"]
    if status["here"]:
        left = min(left, seconds_to_lock)
    return "unlocked without a limit" if left == math.inf else f"unlocked, locks in {max(0, math.ceil(left)):,} s"


def _list_limits(status: Status) -> list[str]:
    return [*(["read-only"] if status["read_only"] else []),
            *([f"only names that start with {status['only']}"] if status["only"] else [])]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
