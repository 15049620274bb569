"""Tests of the filter's suggestions, of saved filters, and of the work per key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Static

import smtui
from smtui.system.settings import change_settings, load_settings
from smtui.text.sanitize import sanitize
from smtui.tui.app import SmtuiApp
from smtui.tui.help.palette import Actions
from smtui.tui.secret_list import query
from smtui.tui.secret_list.filter_text import ALLOWED_VALUE
from smtui.tui.secret_list.saved_filters import SavedFilters
from smtui.tui.secret_list.suggestions import Suggestion, Vocabulary, complete_text, list_suggestions
from smtui.tui.widgets.chrome import FooterKeys
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, said, screen_text, types, until, until_still
from tests.tui.driver import see
from tests.tui.secret_list.driver import get_list_screen, list_names

SMALL, LARGE = (80, 24), (120, 36)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


# Suggestions.

SEEN: list[Any] = [
    {"Name": "prod/payments/db", "Tags": [{"Key": "team", "Value": "pay"}, {"Key": "on call", "Value": "a b"}],
     "SecretVersionsToStages": {"1": ["AWSCURRENT", "blue"]}, "OwningService": "rds"},
    {"Name": "dev/web", "Tags": [{"Key": "team", "Value": "web"}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "name:"),
        ("o", "owning-service:"),
        ("!ol", "!older:"),
        ("prod own", "owning-service:"),
        ("name:", "name:dev/"),
        ("name:prod/", "name:prod/payments/"),
        ("name:dev/,pr", "name:dev/,prod/"),
        ("tag:te", "tag:team="),
        ("tag:team=w", "tag:team=web"),
        ("tag-value:p", "tag-value:pay"),
        ("tag-key:on", 'tag-key:"on call"'),
        ("stage:b", "stage:blue"),
        ("stage:AWSP", "stage:AWSPENDING"),
        ("owning-service:", "owning-service:rds"),
        ("rotation:ov", "rotation:overdue"),
        ("deleted:", "deleted:only"),
        ("unused:9", "unused:90d"),
        ("nosuch", None),
        ("nosuch:a", None),
        ("older:90d", None),
    ],
)
def test_what_is_suggested(text: str, first: str | None) -> None:
    """Key names, then values: from the listed secrets, and the fixed values of smtui's own keys."""
    vocabulary = Vocabulary()
    vocabulary.learn(SEEN)
    found = list_suggestions(text, vocabulary)

    assert (found[0].word if found else None) == first


def test_a_suggestion_takes_the_place_of_the_last_word() -> None:
    """Typing continues after a key or a part of a name, and otherwise after a space."""
    assert complete_text("prod ol", Suggestion(sanitize("older:"))) == "prod older:"
    assert complete_text("name:pr", Suggestion(sanitize("name:prod/"))) == "name:prod/"
    assert complete_text("a b tag:team=w", Suggestion(sanitize("tag:team=web"))) == "a b tag:team=web "
    assert complete_text("a ", Suggestion(sanitize("name:"))) == "a name:"


def test_what_a_terminal_would_obey_is_not_suggested() -> None:
    """Neither control characters nor other text that the filter cannot contain is suggested."""
    hostile = "x\x1b]52;c;eA==\x07\u202e[/]"
    vocabulary = Vocabulary()
    vocabulary.learn([{
        "Name": hostile, "Tags": [{"Key": hostile, "Value": hostile}], "SecretVersionsToStages": {"1": [hostile]},
    }])  # fmt: skip

    for key in ("name", "tag", "tag-key", "tag-value", "stage"):
        assert all(ALLOWED_VALUE.fullmatch(each.word) for each in list_suggestions(f"{key}:", vocabulary))


async def test_tab_takes_what_is_suggested(app: MakeApp, filled: Any) -> None:
    """Tab completes the key, then the value. The line below the filter shows alternatives while it has the focus."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/ta")
        await see(pilot, " tag:  tag-key:  tag-value:")
        await pilot.press("tab")
        await types(pilot, "team=w")
        await see(pilot, "tag:team=web  · tag key, or key=value")
        await pilot.press("right")
        await until(pilot, lambda: len(list_names(running)) == 2)
        assert get_list_screen(running).filter.value == "tag:team=web "
        await pilot.press("enter")
        await pilot.pause()

        assert "tag-key:" not in screen_text(running)


# Saved filters.


async def test_slash_replaces_the_filter_that_is_there(app: MakeApp, filled: Any) -> None:
    """The next search starts without clearing the last one; End keeps the text to add to it."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/prod")
        await pilot.press("escape")
        await types(pilot, "/web")
        assert get_list_screen(running).filter.value == "web"
        await pilot.press("escape", "slash", "end")
        await types(pilot, "/k")

        assert get_list_screen(running).filter.value == "web/k"


async def test_the_footer_offers_no_key_that_types(app: MakeApp, filled: Any) -> None:
    """In the filter, slash, plus and minus are text."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await see(pilot, "5 secrets")
        await see(pilot, "/ Filter")
        await pilot.press("slash")
        await see(pilot, "Enter Open  ^Y Copy")
        assert not any(each.words == "Filter" for each in running.screen.query_one(FooterKeys).entries)
        assert not {"slash", "plus", "minus"} & set(running.screen.active_bindings)


async def test_keeping_a_filter(app: MakeApp, filled: Any) -> None:
    """Ctrl+S and a name save the filter; `F` and its letter apply it, also in the next session."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/tag:team=web")
        await pilot.press("ctrl+s")
        await see(pilot, "Save filter as")
        await types(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: said(running) == ["Saved as ours: tag:team=web"])
        await pilot.press("escape", "escape")
        await see(pilot, "5 secrets")
        await pilot.press("F", "1")
        await until(pilot, lambda: len(list_names(running)) == 2)

        assert get_list_screen(running).filter.value == "tag:team=web"
        assert load_settings().filters == {"ours": "tag:team=web"}


async def test_filters_that_another_session_saved(app: MakeApp, filled: Any) -> None:
    """The list contains them. Replacing one needs a confirmation, with the focus on Cancel."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        change_settings(lambda settings: replace(settings, filters={"ours": "name:prod/"}))
        await pilot.press("F")
        await see(pilot, "1  ours  name:prod/")
        await pilot.press("escape")
        await types(pilot, "/tag:team=web")
        change_settings(lambda settings: replace(settings, filters={"ours": "name:dev/"}))
        await pilot.press("ctrl+s")
        for answer in ("Cancel", "Replace"):
            await see(pilot, "Save filter as")
            if answer == "Cancel":
                await types(pilot, "ours")
            await pilot.press("enter")
            await see(pilot, "name:dev/ → tag:team=web")
            assert str(getattr(running.focused, "label", "")) == "Cancel"
            await pilot.press(*([] if answer == "Cancel" else ["tab"]), "enter")
            if answer == "Cancel":
                await see(pilot, "✗ Not saved.")
                assert load_settings().filters == {"ours": "name:dev/"}
        await until(pilot, lambda: running.screen is get_list_screen(running))
        await until(pilot, lambda: load_settings().filters == {"ours": "tag:team=web"})


async def test_a_filter_saved_during_the_question_is_not_replaced(app: MakeApp, filled: Any) -> None:
    """The question named another one. Enter asks again, and names the new one."""
    change_settings(lambda settings: replace(settings, filters={"ours": "name:prod/"}))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/tag:team=web")
        await pilot.press("ctrl+s")
        await see(pilot, "Save filter as")
        await types(pilot, "ours")
        await pilot.press("enter")
        await see(pilot, "name:prod/ → tag:team=web")
        change_settings(lambda settings: replace(settings, filters={"ours": "name:dev/"}))
        await pilot.press("tab", "enter")
        await see(pilot, "Another session has saved ours as name:dev/.")
        assert load_settings().filters == {"ours": "name:dev/"}
        await pilot.press("enter")
        await see(pilot, "name:dev/ → tag:team=web")


async def test_the_picker_of_filters(app: MakeApp, filled: Any) -> None:
    """Each filter has a letter, F8 removes it, and the command palette lists it."""
    filters = {f"filter {number:02}": f"name:prod/ w{number}" for number in range(12)}
    running = app(settings=change_settings(lambda settings: replace(settings, filters=filters)))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        titles = [str(hit.text) async for hit in Actions(running.screen).discover()]
        assert "Filter: filter 03" in titles
        await pilot.press("F")
        await until(pilot, lambda: isinstance(running.screen, SavedFilters))
        assert " a  filter 09" in screen_text(running)
        await pilot.press("down", "f8")
        await until(pilot, lambda: said(running) == ["filter 01 removed."])
        assert len(load_settings().filters) == 11
        await pilot.press("F", "a")
        await until(pilot, lambda: get_list_screen(running).filter.value == "name:prod/ w10")


async def test_no_filter_is_kept_yet(app: MakeApp, filled: Any) -> None:
    """The list says how to save one."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("F")
        await see(pilot, "No saved filters. Enter a filter first to save it.")
        await pilot.press("ctrl+s", "f8", "escape")
        await pilot.pause()

        assert running.screen is get_list_screen(running)


# smtui's own keys on a real vault.


async def test_what_the_service_has_no_filter_for(app: MakeApp, filled: Any, clock: Clock) -> None:
    """Filters by label, age and rotation are evaluated here, together with AWS's filters."""
    filled.put_secret_value(SecretId="shared/wifi", SecretString="new", VersionStages=["AWSPENDING"])
    clock.forward(days=100)
    filled.update_secret(SecretId="prod/payments/db", Description="changed")
    filled.get_secret_value(SecretId="prod/web/session")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        for text, names in (
            ("stage:AWSPENDING", ["shared/wifi"]),
            ("older:90d name:prod/", ["prod/payments/stripe", "prod/web/session"]),
            ("unused:90d name:prod/", ["prod/payments/db", "prod/payments/stripe"]),
            ("rotation:on", []),
            ("rotation:off wifi", ["shared/wifi"]),
        ):
            get_list_screen(running).filter.value = text
            secrets = get_list_screen(running).secrets
            await until(pilot, lambda names=names, secrets=secrets: list_names(running) == names and not secrets.busy)


# Work per key.


def record_calls(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """Returns a list that collects the last argument of each call of a function."""
    calls: list[Any] = []
    function = getattr(owner, name)

    def recorded(*args: Any, **how: Any) -> Any:
        calls.append(args[-1])
        return function(*args, **how)

    monkeypatch.setattr(owner, name, recorded)
    return calls


async def test_a_key_parses_the_filter_once_and_checks_no_action(
    app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suggestions are computed once per text, and once more after new names were read."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("slash")
        await until_still(pilot)
        parsed = record_calls(monkeypatch, query, "parse_filter")
        suggested = record_calls(monkeypatch, Vocabulary, "list_values")
        checked = record_calls(monkeypatch, SmtuiApp, "_check_action_state")
        await pilot.press("p")
        await until(pilot, lambda: get_list_screen(running).secrets.model.list_query.text == "p")
        await until_still(pilot)
        assert parsed == ["p"] and not checked
        for key in ("backspace", "n", "a", "m", "e", "colon", "p"):
            await pilot.press(key)
            await until_still(pilot)

        assert parsed == ["p", "", "n", "na", "nam", "name", "name:", "name:p"]
        assert suggested == ["name", "name"]


async def test_bindings_are_looked_up_once_for_a_key(
    app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This holds for keys that move the focus too, and the footer shows the new keys."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await see(pilot, "5 secrets")
        await until_still(pilot)
        looked_up = record_calls(monkeypatch, FooterKeys, "_list_keys")
        for key, words in (("slash", "Complete"), ("escape", "Open")):
            looked_up.clear()
            await pilot.press(key)
            await until(pilot, lambda words=words: words in screen_text(running).splitlines()[-1])
            await until_still(pilot)
            assert len(looked_up) == 1


async def test_a_step_lays_out_nothing_anew(app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a new layout only if the preview's text changes its number of lines."""
    vault.create_secrets([{"Name": f"a-{number}", "SecretString": "x"} for number in range(3)])
    vault.create_secrets([{"Name": "b", "SecretString": "x", "Description": "more to be said"}])
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await see(pilot, "4 secrets")
        await until_still(pilot)
        laid_out = record_calls(monkeypatch, Screen, "_refresh_layout")
        for name in ("a-1", "a-2"):
            await pilot.press("down")
            await until_still(pilot)
            preview = get_list_screen(running).preview.query_one(Static)
            assert str(preview.content).startswith(f"{name}\n") and not laid_out
        await pilot.press("down")
        await see(pilot, "more to be said")
        assert laid_out


async def test_a_long_filter_scrolls_in_its_line(app: MakeApp, filled: Any) -> None:
    """The end of the text with the cursor stays visible."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/" + "x" * 100 + "end")
        await see(pilot, "xxend")
        await pilot.press("home")
        await until(pilot, lambda: "xxend" not in screen_text(running))
