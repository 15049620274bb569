"""The list of secrets on a real vault: found, sorted, opened, copied, deleted, restored, and kept up to date."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.deletion import DeletionPlan
from smtui.tui.dialogs.pick import Pick
from smtui.tui.question import ORDERS, Question
from smtui.tui.screens.of_session import READ_ONLY
from smtui.tui.screens.secrets import SecretsScreen
from tests.conftest import PASSPHRASE
from tests.tui.conftest import SAMPLES, FakeTool, MakeApp, said, screen_text, types, until

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
HOSTILE = (
    "[@click=app.quit]x[/] [/x] [red]r\x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b2J user\u202egnp.exe\u202c "
    "日本語 é\u0301\u0302\u0303\u0304\u0305 \u200b \ud7ff"
)


pytestmark = pytest.mark.usefixtures("one_time_and_place")


def screen(app: SmtuiApp) -> SecretsScreen:
    found = app.screen_stack[1]
    assert isinstance(found, SecretsScreen)
    return found


def listed(app: SmtuiApp) -> list[str]:
    return [entry["Name"] for entry in screen(app).secrets._entries]


def current(app: SmtuiApp) -> str:
    entry = screen(app).secrets.current
    return entry["Name"] if entry else ""


async def ready(pilot: Pilot[None], count: int = len(SAMPLES)) -> None:
    await until(pilot, lambda: screen(pilot.app).secrets.count == count)  # type: ignore[arg-type]


async def go_to(pilot: Pilot[None], name: str) -> None:
    await pilot.press("g")
    for _ in range(len(SAMPLES)):
        if current(pilot.app) != name:  # type: ignore[arg-type]
            await pilot.press("j")
    assert current(pilot.app) == name  # type: ignore[arg-type]


# Finding.


@SIZES
async def test_type_to_find(app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """`/`, a word, Enter: the list holds what was found and has the focus."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot)
        await types(pilot, "/stripe")
        await until(pilot, lambda: listed(running) == ["prod/payments/stripe"])
        await pilot.press("enter")
        await pilot.pause()

        assert screen(running).secrets.has_focus
        assert "1 secret · filter: stripe" in screen_text(running)
        assert "shared/wifi" not in screen_text(running)


async def test_escape_leaves_the_filter_then_clears_it(app: MakeApp, filled: Any) -> None:
    """Two steps, so that a filter is not lost by leaving it."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/web")
        await until(pilot, lambda: len(listed(running)) == 2)
        await pilot.press("escape")
        assert screen(running).secrets.has_focus
        assert len(listed(running)) == 2
        await pilot.press("escape")
        await ready(pilot)


@pytest.mark.parametrize(
    "text", ["pay", "name:prod/", "!web", "tag:team=web", 'description:"live mode"', "tag:env prod"]
)
@pytest.mark.parametrize("key", [(), ("S",)], ids=["up", "down"])
async def test_the_list_is_what_the_client_answers(app: MakeApp, filled: Any, text: str, key: tuple[str, ...]) -> None:
    """The same secrets in the same order as any other program gets."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press(*key, "slash")
        screen(running).filter_bar.value = text
        question = Question(text, descending=bool(key))
        answer = [entry["Name"] for entry in filled.list_secrets(**question.request())["SecretList"]]
        assert 0 < len(answer) < len(SAMPLES)
        await until(pilot, lambda: listed(running) == answer)


async def test_every_order(app: MakeApp, filled: Any) -> None:
    """`s` goes through all of them, and the title line and status name the one in force."""
    filled.update_secret(SecretId="prod/web/session", Description="changed last")
    filled.get_secret_value(SecretId="dev/web/flags")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        for order in ORDERS:
            answer = filled.list_secrets(SortBy=order, SortOrder="asc")["SecretList"]
            await until(pilot, lambda answer=answer: listed(running) == [entry["Name"] for entry in answer])
            assert Question(order=order).order_words() in screen_text(running)
            await pilot.press("s")


async def test_what_a_filter_cannot_ask_is_said(app: MakeApp, filled: Any) -> None:
    """Brackets and eleven words crash nothing: the rest holds, and a line says what was left out."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/wifi [/x]")
        await until(pilot, lambda: listed(running) == ["shared/wifi"])
        assert "[/x] is left out" in screen_text(running)
        screen(running).filter_bar.value = " ".join("wifi" for _ in range(11))
        await until(pilot, lambda: "wifi is left out: a list takes 10 filters." in screen_text(running))


async def test_nothing_found_says_how_to_go_on(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/nosuch")
        await until(pilot, lambda: "Nothing matches." in screen_text(running))
        await pilot.press("escape", "escape")
        await ready(pilot)

        assert "Nothing matches." not in screen_text(running)
        assert "shared/wifi" in screen_text(running)


async def test_an_empty_vault_says_what_to_do(app: MakeApp) -> None:
    """The keys it names are the ones that work."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "a makes a secret." in screen_text(running))

        assert "smtui import" in screen_text(running)
        await pilot.press("j", "G", "y", "d", "U", "enter", "l")
        assert running.screen is screen(running)


# Looking.


async def test_the_preview_follows_the_cursor_where_there_is_room(app: MakeApp, filled: Any) -> None:
    """Wide: list and preview. Narrow: the list has it all."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/payments/db")
        await pilot.pause()
        preview = str(screen(running).preview.query_one(Static).render())
        assert preview.splitlines()[:3] == ["prod/payments/db", "", "Main database"]
        assert "team = pay" in preview
        assert "00000000  AWSCURRENT" in preview
        assert "value-of" not in screen_text(running)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()

        assert not screen(running).preview.display
        assert screen(running).secrets.size.width == SMALL[0]


@SIZES
async def test_hostile_text_is_only_text(app: MakeApp, client: Any, size: tuple[int, int]) -> None:
    """Markup is not obeyed, and no control or direction character reaches the terminal, from any member."""
    client.create_secret(
        Name="x", Description=HOSTILE, SecretString='{"[/x]\x1b]52;c;x": "v"}'.replace("\x1b", "\\u001b"),
        Tags=[{"Key": HOSTILE[:100], "Value": HOSTILE}],
    )  # fmt: skip
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot, 1)
        clean(running)
        assert "[@click=app.quit]" in screen_text(running)
        screen(running).filter_bar.value = HOSTILE
        await until(pilot, lambda: "left out" in screen_text(running))
        clean(running)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, Pick))
        clean(running)
        await pilot.press("escape", "d")
        await until(pilot, lambda: isinstance(running.screen, DeletionPlan))
        clean(running)
        await pilot.click(offset=(size[0] // 3, 4))

        assert running.is_running


def clean(app: SmtuiApp) -> None:
    """No segment holds what a terminal would obey, and none acts when clicked."""
    for line in app.screen._compositor.render_strips():
        for segment in line:
            assert not [each for each in segment.text if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")]
            assert "app.quit" not in str(segment.style.meta if segment.style else "")


# Copying.


async def test_copying_a_text(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """The value reaches the clipboard and nothing else."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await go_to(pilot, "shared/wifi")
        await pilot.press("y")
        await until(pilot, lambda: said(running))

        assert tool.held == b"value-of-shared/wifi"
        assert "value-of" not in screen_text(running) + "".join(said(running)) + tool.arguments
        assert said(running)[0].startswith("shared/wifi: ")


@pytest.mark.parametrize(
    ("keys", "copied"),
    [((), b"p\xc3\xa9"), (("down",), b"5432"), (("end",), '{"user": "pé", "port": 5432}'.encode())],
    ids=["string", "number", "whole"],
)
async def test_copying_a_member(
    app: MakeApp, client: Any, tool: FakeTool, keys: tuple[str, ...], copied: bytes
) -> None:
    """JSON asks which member, or the whole; the question shows names, not values."""
    client.create_secret(Name="json", SecretString='{"user": "pé", "port": 5432}')
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 1)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, Pick))
        assert "5432" not in screen_text(running)
        await pilot.press(*keys, "enter")
        await until(pilot, lambda: tool.held)

        assert tool.held == copied


async def test_copying_bytes(app: MakeApp, client: Any, tool: FakeTool) -> None:
    """A binary value as it is."""
    client.create_secret(Name="binary", SecretBinary=bytes(range(256)))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 1)
        await pilot.press("y")
        await until(pilot, lambda: tool.held)

        assert tool.held == bytes(range(256))


async def test_copying_nothing(app: MakeApp, filled: Any, client: Any, tool: FakeTool) -> None:
    """Esc at the question, or a secret that cannot be read: the clipboard keeps what it held."""
    client.create_secret(Name="json", SecretString='{"a": "b"}')
    client.create_secret(Name="zz-empty")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, len(SAMPLES) + 2)
        await go_to(pilot, "json")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, Pick))
        await pilot.press("escape", "G", "y")
        await until(pilot, lambda: said(running))

        assert "can't find" in said(running)[0]
        assert tool.held == b""


# Deleting and restoring.


@SIZES
async def test_delete_and_restore(app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """A plan with a date; the secret is hidden, shown by `x`, brought back by `U`."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/payments/stripe")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(running.screen, DeletionPlan))
        await pilot.press("down", "tab", "enter")
        await until(pilot, lambda: len(listed(running)) == 4)
        assert said(running) == ["prod/payments/stripe will be deleted on 2026-03-31."]
        await pilot.press("x")
        await ready(pilot)
        assert "▲ deletes in 29 d" in screen_text(running)
        await go_to(pilot, "prod/payments/stripe")
        await pilot.press("U")
        await until(pilot, lambda: "DeletedDate" not in filled.describe_secret(SecretId="prod/payments/stripe"))
        await until(pilot, lambda: "▲ deletes" not in screen_text(running))

        assert said(running)[-1] == "prod/payments/stripe is restored."
        assert current(running) == "prod/payments/stripe"


async def test_delete_for_good(app: MakeApp, filled: Any) -> None:
    """Only after the name was typed."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await go_to(pilot, "shared/wifi")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(running.screen, DeletionPlan))
        plan = running.screen
        plan.force.toggle()  # type: ignore[attr-defined]
        plan.typed.value = "shared/wifi"  # type: ignore[attr-defined]
        await pilot.pause()
        await pilot.click("#go")
        await until(pilot, lambda: len(listed(running)) == 4)

        assert said(running) == ["shared/wifi is deleted for good."]


async def test_planned_deletions_only(app: MakeApp, filled: Any) -> None:
    """`deleted:only` shows these without pressing `x` first."""
    filled.delete_secret(SecretId="dev/web/flags", RecoveryWindowInDays=7)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 4)
        screen(running).filter_bar.value = "deleted:only"
        await until(pilot, lambda: listed(running) == ["dev/web/flags"])

        assert "▲ deletes in 7 d" in screen_text(running)


async def test_nothing_to_restore(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("U")
        await until(pilot, lambda: said(running))

        assert said(running) == ["No deletion of dev/web/flags is planned."]


@pytest.mark.parametrize("key", ["a", "d", "U"])
async def test_reading_only(app: MakeApp, filled: Any, key: str) -> None:
    """The top line says so, and whoever tries to write reads a sentence."""
    running = app(read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "read-only" in screen_text(running).splitlines()[0]
        await pilot.press(key)
        await until(pilot, lambda: said(running))

        assert said(running) == [READ_ONLY]
        assert running.screen is screen(running)


# Staying up to date.


async def test_what_another_program_changes_appears(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """At the first look already, with the cursor still on its secret."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/web/session")
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().create_secret(Name="aaa/new", SecretString="x")
        await screen(running).look_for_changes().wait()
        await ready(pilot, len(SAMPLES) + 1)

        assert listed(running)[0] == "aaa/new"
        assert current(running) == "prod/web/session"


async def test_the_lock_in_the_middle_of_everything(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """A list that is being read when the vault locks leaves without a word."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        screen(running).first_look()
        screen(running).look_for_changes()
        await pilot.press("ctrl+l")
        await pilot.pause()

        assert vault.locked
        assert said(running) == []
