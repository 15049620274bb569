"""Tests of the password generator."""

from __future__ import annotations

import math
from typing import Any

import pytest

from smtui.engine import passwords
from smtui.tui.app import SmtuiApp
from smtui.tui.generator import entropy
from smtui.tui.generator.choices import PasswordChoices
from smtui.tui.generator.screen import GeneratorScreen
from smtui.tui.secret.form import ValueFormScreen
from smtui.tui.secret.new_secret import NewSecretForm
from tests.tui.conftest import FakeTool, MakeApp, screen_text, types, until
from tests.tui.driver import get_screen


def password(running: SmtuiApp) -> str:
    """Returns the selected password, or an empty string before one is generated."""
    return "".join(each.selected for each in running.screen.query(PasswordChoices))


async def test_a_password_is_there_at_once(app: MakeApp) -> None:
    """The first password has 32 characters of every type; its entropy is shown."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))

        assert len(password(running)) == 32
        assert password(running) in screen_text(running)
        assert "210 bits" in screen_text(running)


async def test_every_option_reaches_the_request(app: MakeApp) -> None:
    """The fields determine all eight parameters of GetRandomPassword."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        for name in ("lowercase", "uppercase", "numbers", "punctuation", "space", "each"):
            running.screen.query_one(f"#{name}").toggle()
        running.screen.query_one("#length").value = "20"
        running.screen.query_one("#without").value = "0O1l"
        await pilot.pause()

        assert running.screen.build_request() == {
            "PasswordLength": 20, "ExcludeCharacters": "0O1l",
            "ExcludeLowercase": True, "ExcludeUppercase": True, "ExcludeNumbers": True, "ExcludePunctuation": True,
            "IncludeSpace": True, "RequireEachIncludedType": False,
        }  # fmt: skip


async def test_an_option_makes_another_password(app: MakeApp) -> None:
    """A changed field generates a new password."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        running.screen.query_one("#punctuation").toggle()
        await until(pilot, lambda: password(running).isalnum())

        assert f"{entropy.compute_bits(running.screen.build_request()):.0f} bits" in screen_text(running)


@pytest.mark.parametrize("length", ["3", "4097", "", "0"])
async def test_what_is_refused_says_why(app: MakeApp, length: str) -> None:
    """The service's message is shown, and no password can be copied or used."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        running.screen.query_one("#length").value = length
        await until(pilot, lambda: running.screen.entropy.has_class("-error"))

        assert password(running) == ""
        assert running.screen.choices.size.height == 1


async def test_a_length_is_digits(app: MakeApp) -> None:
    """The length field accepts only digits."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        await pilot.press("minus", "e", "1", "6", "minus")
        await until(pilot, lambda: len(password(running)) == 16)

        assert running.screen.query_one("#length").value == "16"


async def test_another_hide_and_copy(app: MakeApp, tool: FakeTool) -> None:
    """Ctrl+N generates another one, Ctrl+R hides it, and Ctrl+Y copies it even if hidden."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        before = password(running)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: password(running) != before)
        await pilot.press("ctrl+r", "ctrl+y")
        await until(pilot, lambda: tool.held)

        assert password(running) not in screen_text(running)
        assert tool.held == password(running).encode()
        assert password(running) not in "".join(toast.message for toast in running._notifications)


async def test_it_hides_when_the_window_loses_the_focus(app: MakeApp) -> None:
    """Terminals that report the loss of focus hide the password."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        running.app_focus = False
        await pilot.pause()

        assert password(running) not in screen_text(running)


async def test_a_form_gets_the_password(app: MakeApp) -> None:
    """If a form opened the generator, Ctrl+S returns the password; otherwise the key does nothing."""
    running = app()
    answers: list[str | None] = []
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(GeneratorScreen(running.session, for_form=True), answers.append)
        await until(pilot, lambda: password(running))
        made = password(running)
        assert "Use as value" in screen_text(running)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answers)
        assert answers == [made]
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        await pilot.press("ctrl+s")

        assert isinstance(running.screen, GeneratorScreen)


async def test_one_of_several_is_chosen(app: MakeApp, tool: FakeTool) -> None:
    """The arrow keys select one of five passwords from any field."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        five = list(running.screen.choices.passwords)
        assert len(set(five)) == 5
        assert all(each in screen_text(running) for each in five)
        assert len([*running.session.vault.audit_log(operation="GetRandomPassword")]) == 5
        await pilot.press("down", "down", "down", "up", "ctrl+y")
        await until(pilot, lambda: tool.held)

        assert tool.held == five[2].encode()


async def test_the_options_last_used_are_remembered(app: MakeApp) -> None:
    """The options are kept until the session ends."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        running.screen.query_one("#punctuation").toggle()
        running.screen.query_one("#length").value = "20"
        await until(pilot, lambda: len(password(running)) == 20)
        await pilot.press("escape", "p")
        await until(pilot, lambda: isinstance(running.screen, GeneratorScreen) and password(running))

        assert len(password(running)) == 20
        assert password(running).isalnum()


async def test_a_password_becomes_a_new_secret(app: MakeApp, client: Any) -> None:
    """The form of a new secret opens with the password as its value."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: password(running))
        made = password(running)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(running.screen, NewSecretForm))
        assert made not in screen_text(running)
        await types(pilot, "ci/token")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ci/token" in screen_text(running) and not isinstance(running.screen, NewSecretForm))

    assert client.get_secret_value(SecretId="ci/token")["SecretString"] == made


@pytest.mark.parametrize(("opened", "there"), [("a", "New secret"), ("e", "New value of")])
async def test_every_form_of_a_value_takes_one(app: MakeApp, database: Any, opened: str, there: str) -> None:
    """The password goes into the value field with the cursor, in the forms of new and existing secrets."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 secret" in screen_text(running))
        if opened == "e":
            await pilot.press("enter")
            await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press(opened)
        await until(pilot, lambda: there in screen_text(running))
        form = get_screen(running, ValueFormScreen)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(running.screen, GeneratorScreen) and password(running))
        made = password(running)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: running.screen is form)

        assert made in {line.text for line in form.editor.pair_editor.pairs}


REQUESTS = (
    {"PasswordLength": 32},
    {"PasswordLength": 4},
    {"PasswordLength": 4, "ExcludeCharacters": "abc"},
    {"PasswordLength": 20, "ExcludePunctuation": True, "IncludeSpace": True},
    {"PasswordLength": 4, "IncludeSpace": True},
    {"PasswordLength": 8, "ExcludeUppercase": True, "ExcludeLowercase": True, "ExcludePunctuation": True},
)


@pytest.mark.parametrize("request_", REQUESTS)
def test_the_bits_count_the_passwords_that_can_come(request_: dict[str, object]) -> None:
    """The result equals the count of the algorithm that generates passwords."""
    types, free = passwords.list_included_types(request_)
    allowed = passwords.count_strings([len(each) for each in types], request_["PasswordLength"], free=len(free))

    assert entropy.compute_bits(request_) == math.log2(allowed)


def test_the_bits_without_one_of_each() -> None:
    """Without the requirement, the entropy is the length times the bits of one character."""
    assert entropy.compute_bits({"PasswordLength": 16, "RequireEachIncludedType": False}) == pytest.approx(
        16 * math.log2(94)
    )


NOTHING_LEFT = {"PasswordLength": 9, **dict.fromkeys(entropy.TYPES, True)}


@pytest.mark.parametrize("request_", [{"PasswordLength": 3}, NOTHING_LEFT])
def test_what_cannot_be_made_has_no_bits(request_: dict[str, object]) -> None:
    """The length is too short for one character of each type, or no characters remain."""
    assert entropy.compute_bits(request_) == 0


def test_the_longest_is_counted_too() -> None:
    """The number of passwords with 4,096 characters exceeds the range of a float."""
    assert 26_000 < entropy.compute_bits({"PasswordLength": 4096}) < 27_000
