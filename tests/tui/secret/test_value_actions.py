"""Tests of what is done with a value unseen: copying keys, user name and password, one-time codes, URL, QR code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

import smtui
from smtui.rules.one_time_code import parse_seed
from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.secret import value_actions
from smtui.tui.secret.code_dialog import CodeDialog
from smtui.tui.secret.copy_dialog import CopyDialog, assign_letters
from smtui.tui.secret.qr_code import BORDER, TooLongForQrCodeError, draw_half_blocks, make_qr_code
from smtui.tui.secret.qr_screen import QrScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.value_parts import ReadTarget
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import Clock
from tests.tui.conftest import FakeTool, MakeApp, screen_text, until
from tests.tui.driver import SMALL, hear, open_secret, see, wait_for_screen

SEED = "JBSWY3DPEHPK3PXP"
LOGIN = {"host": "db.example.com", "username": "app", "password": "hunter2", "totp": SEED,
         "url": "https://db.example.com/?a=b"}


@pytest.fixture
def login(client: Any) -> Any:
    """Returns the client of a vault with one secret, which has a key of each kind."""
    client.create_secret(Name="login", SecretString=json.dumps(LOGIN))
    return client


def count_reads(vault: smtui.Vault) -> int:
    return sum(event["eventName"] == "GetSecretValue" for event in vault.audit_log())


async def copied(pilot: Pilot[None], tool: FakeTool, value: str) -> None:
    await until(pilot, lambda: tool.held == value.encode())


@pytest.mark.parametrize(("keys", "key"), [
    ("y", "password"), ("u", "username"), ("p", "password"), ("h", "host"), (("enter",), "password"),
    (("j", "j", "y"), "url"),
])
async def test_y_and_a_letter_copy_a_key(
    app: MakeApp, vault: smtui.Vault, login: Any, tool: FakeTool, keys: tuple[str, ...], key: str
) -> None:
    """The cursor is on the password, each key has a letter, and nothing is shown. A copy is one recorded read."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("y")
        await wait_for_screen(pilot, CopyDialog)
        assert not any(value in screen_text(running) for value in LOGIN.values())
        await pilot.press(*keys)
        await copied(pilot, tool, LOGIN[key])
        await hear(pilot, f"login, {key}:")
        assert count_reads(vault) == 1


async def test_user_name_and_password_with_two_keys(app: MakeApp, login: Any, tool: FakeTool) -> None:
    """From the list, from the filter and from the secret."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("N")
        await copied(pilot, tool, "app")
        await pilot.press("ctrl+y")
        await copied(pilot, tool, "hunter2")
        await pilot.press("N", "slash", *"log", "ctrl+y")
        await copied(pilot, tool, "hunter2")
        await pilot.press("escape", "enter")
        await wait_for_screen(pilot, SecretScreen)
        await pilot.press("N")
        await copied(pilot, tool, "app")
        await pilot.press("ctrl+y")
        await copied(pilot, tool, "hunter2")
        assert "hunter2" not in screen_text(running)


async def test_the_secret_asks_which_key_until_its_keys_are_known(app: MakeApp, login: Any, tool: FakeTool) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("y")
        await wait_for_screen(pilot, CopyDialog)
        await pilot.press("u")
        await copied(pilot, tool, "app")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen) and running.screen.value.key == "password")
        await pilot.press("y")
        await copied(pilot, tool, "hunter2")


@pytest.mark.parametrize(("value", "key", "sentence"), [
    ("text", "N", "no user name"), ("text", "M", "at least 80 bits"), ('{"a": "b"}', "M", "holds a one-time code seed"),
    ('{"a": "b"}', "O", "No key of this value holds a URL"), ('{"url": "javascript:alert(1)"}', "O", "Only http://"),
    ('{"url": "file:///etc/passwd"}', "O", "Only http://"), ('{"url": "https://a:b@c/"}', "O", "user name or password"),
    ("x" * 3000, "Q", "too long for a QR code"),
])
async def test_what_is_not_there_is_said(
    app: MakeApp, client: Any, tool: FakeTool, monkeypatch: pytest.MonkeyPatch, value: str, key: str, sentence: str
) -> None:
    client.create_secret(Name="a", SecretString=value)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press(key)
        await hear(pilot, sentence)
        assert isinstance(running.screen, SecretsScreen) and tool.held == b""


async def test_a_one_time_code_is_copied_and_counts_down(
    app: MakeApp, login: Any, tool: FakeTool, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of the vault's clock is copied and shown; the next one follows when its time is over."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        now = parse_seed(SEED).compute_code(clock())
        await pilot.press("M")
        await wait_for_screen(pilot, CodeDialog)
        await copied(pilot, tool, now.code)
        await see(pilot, f"{now.code[:3]} {now.code[3:]}")
        assert f"valid for {now.seconds_left} s" in screen_text(running)
        assert SEED not in screen_text(running)
        clock.forward(seconds=now.seconds_left)
        following = parse_seed(SEED).compute_code(clock())
        await see(pilot, f"{following.code[:3]} {following.code[3:]}")
        await pilot.press("y")
        await copied(pilot, tool, following.code)
        await pilot.press("escape")
        await wait_for_screen(pilot, SecretsScreen)
        assert following.code[:3] + " " not in screen_text(running)


@pytest.mark.parametrize("key", ["M", "Q"])
async def test_code_and_qr_code_go_at_the_end_of_their_time_at_the_lock_and_without_focus(
    app: MakeApp, login: Any, tool: FakeTool, key: str
) -> None:
    running: SmtuiApp = app(settings=Settings(reveal_timeout=1))
    kind = CodeDialog if key == "M" else QrScreen

    async def show(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        if key == "Q":
            await wait_for_screen(pilot, CopyDialog)
            await pilot.press("p")
        await until(pilot, lambda: any(isinstance(screen, kind) for screen in shown))

    shown: list[Any] = []
    push = running.push_screen
    running.push_screen = lambda screen, *args, **how: (shown.append(screen), push(screen, *args, **how))[1]  # type: ignore[method-assign]
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await show(pilot)
        await wait_for_screen(pilot, SecretsScreen)
        running.settings = Settings(reveal_timeout=0)
        shown.clear()
        await show(pilot)
        await wait_for_screen(pilot, kind)
        running.post_message(events.AppBlur())
        await wait_for_screen(pilot, SecretsScreen)
        running.post_message(events.AppFocus())
        shown.clear()
        await pilot.pause()
        await show(pilot)
        await wait_for_screen(pilot, kind)
        await pilot.press("ctrl+l")
        await wait_for_screen(pilot, UnlockScreen)
        assert not any(isinstance(screen, kind) for screen in running.screen_stack)


async def test_a_url_is_shown_in_full_and_opened_after_a_question(
    app: MakeApp, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(value_actions, "open_in_browser", opened.append)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("O")
        await wait_for_screen(pilot, Confirm)
        assert LOGIN["url"] in screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, SecretsScreen)
        assert opened == []
        await pilot.press("O")
        await wait_for_screen(pilot, Confirm)
        await pilot.press("tab", "enter")
        await hear(pilot, "Opened in the browser.")
        assert opened == [LOGIN["url"]]


async def test_a_qr_code_needs_room(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="a", SecretString="v" * 300)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("Q")
        await see(pilot, "this terminal has 80×24")
        await pilot.resize_terminal(120, 50)
        await see(pilot, "▀")
        assert "▲" not in screen_text(running)


@pytest.mark.parametrize("plain", [False, True])
async def test_a_qr_code_without_half_blocks(app: MakeApp, client: Any, plain: bool) -> None:
    """A terminal that shows ASCII only gets two blanks for each module; Space changes between the two."""
    client.create_secret(Name="a", SecretString="v" * 20)
    running = app(plain=plain)
    async with running.run_test(size=(80, 40)) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("Q")
        await wait_for_screen(pilot, QrScreen)
        await see(pilot, "hides in")
        if not plain:
            await see(pilot, "▀")
            await pilot.press("space")
        await until(pilot, lambda: "▀" not in screen_text(running) and "#" not in screen_text(running))
        strip = running.screen.query_one("#qr").render_lines(Region(0, 0, 58, 29))
        cells = [[bool(segment.style and segment.style.reverse) for segment in line for _ in segment.text]
                 for line in strip]
        assert [row[::2] for row in cells] == [list(row) for row in make_qr_code("v" * 20)]
        assert [row[1::2] for row in cells] == [row[::2] for row in cells]
        await pilot.press("space")
        await see(pilot, "#" if plain else "▀")


def test_a_qr_code_is_that_of_segno() -> None:
    import segno

    lines = draw_half_blocks(make_qr_code("héllo")).plain.split("\n")
    code = segno.make("héllo".encode(), micro=False, error="l", mode="byte")
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[character][half] for character in line] for line in lines for half in (0, 1)]

    expected = [[1 - module for module in row] for row in code.matrix_iter(border=BORDER)]
    assert rows[: len(expected)] == expected and len(rows) - len(expected) in (0, 1)
    with pytest.raises(TooLongForQrCodeError) as error:
        make_qr_code("secret" * 1000)
    assert "secret" not in str(error.value)


def test_letters_of_rows() -> None:
    assert assign_letters(["user", "url", "uu", "jk", "password", "p-a.s"]) == ["u", "r", "1", "2", "p", "a"]
    assert assign_letters(["port", "password"], 1) == ["o", "p"]
    letters = assign_letters([f"key{number}" for number in range(50)])
    assert len(set(letters) - {""}) == len([each for each in letters if each])


def test_a_target_shows_nothing() -> None:
    assert "hunter2" not in repr(ReadTarget(SafeText("a"), "hunter2"))
