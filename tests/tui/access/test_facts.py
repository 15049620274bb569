"""Tests of the facts at the top of the screen Access."""

from __future__ import annotations

import math
from typing import Any

import pytest

from smtui.tui.access.facts import format_facts

STATUS: dict[str, Any] = {
    "pid": 4711, "here": False, "locked": False, "lock_reason": "", "seconds_left": 872, "read_only": False, "only": "",
    "calls": 1200, "requests_done": 0, "requests_refused": 0, "endpoints": [],
}


def list_lines(idle_lock: float = 0, seconds_to_lock: float = math.inf, **changes: Any) -> list[str]:
    return format_facts({**STATUS, **changes}, "F5", idle_lock, seconds_to_lock).plain.splitlines()


@pytest.mark.parametrize(("changes", "state"), [
    ({}, "process 4711 · unlocked, locks in 872 s · 1,200 calls"),
    ({"calls": 1}, "process 4711 · unlocked, locks in 872 s · 1 call"),
    ({"seconds_left": None}, "process 4711 · unlocked without a limit · 1,200 calls"),
    ({"here": True, "seconds_to_lock": 30.2}, "this process · unlocked, locks in 31 s · 1,200 calls"),
    ({"here": True, "seconds_to_lock": -1.0}, "this process · unlocked, locks in 0 s · 1,200 calls"),
    ({"locked": True, "lock_reason": "It was not used."},
     "process 4711 · locked: It was not used; smtui unlock unlocks it · 1,200 calls"),
    ({"locked": True, "here": True}, "this process · locked; F5 unlocks it · 1,200 calls"),
])
def test_the_state_and_the_time_until_the_lock(changes: dict[str, Any], state: str) -> None:
    assert list_lines(**changes)[0] == f"Agent     {state}"


def test_limits_and_endpoints() -> None:
    endpoints = [{"url": "http://127.0.0.1:1", "connections": 1}, {"url": "http://127.0.0.1:2", "connections": 2}]
    lines = list_lines(read_only=True, only="dev/", endpoints=endpoints, requests_done=1000, requests_refused=1)

    assert lines[1] == "Limits    read-only, only names that start with dev/"
    assert lines[2:] == ["Endpoint  http://127.0.0.1:1 · 1 connection · 1,000 done, 1 refused",
                         "Endpoint  http://127.0.0.1:2 · 2 connections · 1,000 done, 1 refused"]


@pytest.mark.parametrize(("idle_lock", "line"), [
    (0, "Ends      when the screens lock"),
    (300, "Ends      when the screens lock, after 5 minutes without a key press"),
])
def test_when_an_agent_here_ends(idle_lock: float, line: str) -> None:
    assert list_lines(idle_lock, here=True)[-1] == line


def test_a_prefix_of_another_is_shown_harmless() -> None:
    assert "\x1b" not in "".join(list_lines(only="\x1b[31m"))
