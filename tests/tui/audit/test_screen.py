"""Tests of the audit log screen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.api.errors import ClientError
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.event import EventDialog
from smtui.tui.audit.query import complete_text, parse_query
from smtui.tui.audit.screen import AuditLogScreen
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, paste, said, screen_text, types, until
from tests.tui.driver import see

LARGE = (120, 36)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def happened(vault: smtui.Vault, filled: Any, clock: Clock) -> None:
    """Records five events at intervals of an hour, and a day later a refused call and a read by another caller."""
    clock.forward(days=1)
    with pytest.raises(ClientError):
        filled.get_secret_value(SecretId="absent")
    vault.client(caller="arn:aws:iam::000000000000:user/alice").get_secret_value(SecretId="prod/payments/db")


async def open_audit_log(pilot: Pilot[None], running: SmtuiApp, *, with_reads: bool = True) -> AuditLogScreen:
    await until(pilot, lambda: running.session)
    await pilot.press("o", "t")
    await until(pilot, lambda: isinstance(running.screen, AuditLogScreen) and "newest first" in screen_text(running))
    assert isinstance(running.screen, AuditLogScreen)
    if with_reads:
        await pilot.press("full_stop")
        await until(pilot, lambda: "changes and reads" in screen_text(running))
    return running.screen


def list_names(screen: AuditLogScreen) -> list[str]:
    return [event["eventName"] for event in screen._events if event["eventName"] != "ListSecrets"]


async def test_escape_that_clears_the_filter_keeps_the_cursor_on_its_event(
    app: MakeApp, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the event is far below the first ones that are read."""
    monkeypatch.setattr("smtui.tui.audit.events.READ_AHEAD", 5)
    monkeypatch.setattr("smtui.tui.audit.events.MAX_SCANNED", 20)
    client.create_secret(Name="old", SecretString="x")
    for number in range(60):
        client.create_secret(Name=f"new/{number}", SecretString="x")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running, with_reads=False)
        await pilot.press("slash")
        await types(pilot, "secret:old")
        await until(pilot, lambda: screen.table.count == 1)
        await pilot.press("enter", "escape")
        await until(pilot, lambda: screen.table.count > 50)
        assert screen.table.current["requestParameters"]["name"] == "old"


@pytest.mark.usefixtures("happened", "one_time_and_place")
async def test_everything_that_was_asked_is_there_newest_first(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)

        assert list_names(screen) == ["GetSecretValue", "GetSecretValue", *["CreateSecret"] * 5]
        assert "2026-03-03 17:00:00  GetSecretValue" in screen_text(running)
        assert "user/alice" in screen_text(running)
        assert "✗ Resource" in screen_text(running)


@pytest.mark.usefixtures("happened")
async def test_changes_are_shown_first_and_reads_with_one_key(app: MakeApp) -> None:
    """A chosen operation or outcome is shown, even if it only reads."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        screen = await open_audit_log(pilot, running, with_reads=False)
        assert list_names(screen) == ["CreateSecret"] * 5
        assert "changes only" in screen_text(running)
        await pilot.press("full_stop")
        await until(pilot, lambda: list_names(screen) == ["GetSecretValue", "GetSecretValue", *["CreateSecret"] * 5])
        await pilot.press("full_stop")
        await until(pilot, lambda: list_names(screen) == ["CreateSecret"] * 5)
        for typed in ("operation:GetSecretValue caller:user/alice", "outcome:refused"):
            await pilot.press("slash")
            await types(pilot, typed)
            await until(pilot, lambda: list_names(screen) == ["GetSecretValue"])
            await pilot.press("enter", "escape")
            await until(pilot, lambda: list_names(screen) == ["CreateSecret"] * 5)


FILTERS = {
    "outcome:refused": 1, "operation:create-secret": 5, "caller:user/alice": 1, "secret:prod/payments/db": 2,
    "operation:CreateSecret until:20h": 5, "since:1h getsecret": 2, "stripe": 1, "only:changes": 5,
}  # fmt: skip
"""The number of events that each filter finds."""


@pytest.mark.usefixtures("happened")
async def test_the_filter_narrows_as_one_types(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)
        for typed, count in FILTERS.items():
            await pilot.press("slash")
            await types(pilot, typed)
            await see(pilot, f"filter: {typed}")
            await until(pilot, lambda count=count: len(list_names(screen)) == count)
            await pilot.press("enter", "escape")

            await until(pilot, lambda: len(list_names(screen)) == 7)


@pytest.mark.usefixtures("happened")
async def test_a_filter_moves_the_cursor_to_the_newest_match(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)
        await pilot.press("G", "slash")
        await types(pilot, "get")
        await until(pilot, lambda: {*list_names(screen)} == {"GetSecretValue"} and screen.table.count > 1)

        assert screen.table.cursor == 0


@pytest.mark.usefixtures("happened")
async def test_an_event_can_be_read_whole(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_audit_log(pilot, running)
        await pilot.press("slash")
        await types(pilot, "alice")
        await until(pilot, lambda: "1 event ·" in screen_text(running))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(running.screen, EventDialog))

        assert '"secretId": "prod/payments/db"' in screen_text(running)


@pytest.mark.usefixtures("happened")
async def test_what_is_found_can_be_taken_along(app: MakeApp, tmp_path: Path) -> None:
    """The export writes the filtered events to a private file, one JSON object per line."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)
        await pilot.press("slash")
        await types(pilot, "operation:CreateSecret")
        await until(pilot, lambda: len(screen._events) == 5)
        await pilot.press("enter", "f6")
        await until(pilot, lambda: "Export audit log" in screen_text(running))
        await paste(pilot, str(tmp_path / "audit.jsonl"))
        await pilot.press("enter")
        await until(pilot, lambda: "5 events exported" in "".join(said(running)))

    file = tmp_path / "audit.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    assert {json.loads(line)["eventName"] for line in file.read_text().splitlines()} == {"CreateSecret"}


async def test_a_long_audit_log_is_read_as_one_goes(app: MakeApp, client: Any) -> None:
    for _ in range(500):
        client.get_random_password()
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)
        assert len(screen._events) < 500
        assert "+ events" in screen_text(running)
        for _ in range(3):
            await pilot.press("end")
            await pilot.pause()

        await until(pilot, lambda: len(screen._events) >= 500)


@pytest.mark.usefixtures("happened")
async def test_its_words_are_completed(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await open_audit_log(pilot, running)
        await pilot.press("slash")
        await types(pilot, "op")
        await until(pilot, lambda: "operation:" in screen_text(running))
        await pilot.press("right")
        await types(pilot, "Crea")
        await until(pilot, lambda: "operation:CreateSecret" in screen_text(running))
        await pilot.press("right")

        await until(pilot, lambda: list_names(screen) == ["CreateSecret"] * 5)


@pytest.mark.parametrize(("typed", "whole"), [
    ("get on", "get only:changes"), ("only:", "only:changes"), ("outcome:Acc", "outcome:AccessDeniedException"),
    ("operation:get-secret-v", "operation:get-secret-value"), ("since:7", "since:7d"), ("secret:prod", None),
    ("word", None), ("get ", None), ("", None), ("color:blue", None),
])
def test_what_the_last_word_could_be(typed: str, whole: str | None) -> None:
    assert complete_text(typed) == whole


def test_what_cannot_be_asked_is_left_out_with_a_word() -> None:
    query = parse_query("operation:dance outcome:dunno since:soon secret: red", NOW)

    assert query.criteria == {}
    assert query.words == ("red",)
    assert [sentence.partition(" is ignored")[0] for sentence in query.ignored] == [
        "operation:dance", "outcome:dunno", "since:soon",
    ]


@pytest.mark.parametrize(("word", "hint"), [
    ("foo:bar", "foo: is not a filter key, so foo:bar is searched for as text. Keys are caller, only,"),
    ("oucome:done", "Did you mean outcome:?"),
    ("only:reads", "only:reads is searched for as text. Did you mean only:changes?"),
    ("since:", "since: is incomplete: add a value, such as 2d."),
    ("!big", "!big is searched for as text: ! does not exclude anything here."),
])  # fmt: skip
def test_a_word_that_means_nothing_is_hinted_at(word: str, hint: str) -> None:
    """Unknown words in the filter give a hint, in the same words as in the secrets list."""
    for text in (word, f"prod {word}"):
        [sentence] = parse_query(text, datetime(2026, 3, 2, tzinfo=UTC)).hints
        assert hint in sentence


@pytest.mark.parametrize("text", [
    "", "get prod", "only:changes", "caller:user/alice", "arn:aws:iam::1:role/x", "caller:arn:aws:iam::1:role/x",
    "https://example.com", "12:30", "since:1x",
])  # fmt: skip
def test_what_is_clear_needs_no_hint(text: str) -> None:
    assert parse_query(text, datetime(2026, 3, 2, tzinfo=UTC)).hints == ()


async def test_the_hint_is_shown(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("o", "t")
        await until(pilot, lambda: "CreateSecret" in screen_text(running))
        await types(pilot, "/foo:bar")
        await until(pilot, lambda: "foo: is not a filter key" in screen_text(running))
