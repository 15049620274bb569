"""Snapshots of the screen Access. Review each snapshot before you accept it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.jobs.agent_access import AgentAccess
from tests.tui.conftest import MakeApp, screen_text, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
pytestmark = pytest.mark.usefixtures("one_time_and_place")
CALLERS = [
    {"arn": "arn:aws:iam::000000000000:root", "identity": "admin", "access_key_id": "ASIAABCDEFGHIJKLMNOP",
     "requests": 1204, "name": "", "is_stored": False},
    {"arn": "arn:aws:iam::000000000000:user/alice", "identity": "none", "access_key_id": "AKIAQRSTUVWXYZ234567",
     "requests": 7, "name": "alice", "is_stored": True},
]
STATUS = {
    "pid": 4711, "here": False, "locked": False, "lock_reason": "", "seconds_left": 872, "read_only": True,
    "only": "prod/", "calls": 12, "requests_done": 1208, "requests_refused": 3,
    "endpoints": [{"url": "http://127.0.0.1:2773", "connections": 3, "callers": CALLERS}],
}
REQUESTS = [
    ("root", "ListSecrets", "done", 2.9, "", "127.0.0.1 Boto3/1.34 md/Botocore#1.34 os/linux"),
    ("user/alice", "GetSecretValue", "AccessDeniedException", 0.9, "prod/db", "127.0.0.1 aws-sdk-js/3.9"),
    ("root", "GetSecretValue", "done", 1.4, "prod/payments/db", "smtui-agent pid/99 /usr/bin/python3 (smtui)"),
]


def make_requests(above: int, *, with_names: bool) -> list[dict[str, Any]]:
    return [
        {"number": number, "time": f"2026-11-28T08:00:0{number}Z", "caller": f"arn:aws:iam::000000000000:{caller}",
         "client": client, "operation": operation, "outcome": outcome, "milliseconds": milliseconds,
         "secret": secret if with_names else ""}
        for number, (caller, operation, outcome, milliseconds, secret, client) in enumerate(REQUESTS, 1)
        if number > above
    ]


async def go(pilot: Pilot[None], seen: str) -> None:
    await until(pilot, lambda: "secrets" in screen_text(pilot.app).lower())
    await pilot.press("o", "a")
    await until(pilot, lambda: seen in screen_text(pilot.app))


@SIZES
def test_an_endpoint_with_callers_and_requests(
    snap_compare: Any, app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(AgentAccess, "read_status", lambda self: STATUS)
    monkeypatch.setattr(AgentAccess, "list_requests", lambda self, *args, **how: make_requests(*args, **how))

    async def there(pilot: Pilot[None]) -> None:
        await go(pilot, "AccessDenied")
        await pilot.press("full_stop")
        await until(pilot, lambda: "prod/db" in screen_text(pilot.app))

    assert snap_compare(app(), terminal_size=size, run_before=there)


@SIZES
def test_no_agent(
    snap_compare: Any, app: MakeApp, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(AgentAccess, "read_status", lambda self: None)

    async def there(pilot: Pilot[None]) -> None:
        await go(pilot, "not running")

    assert snap_compare(app(), terminal_size=size, run_before=there)
