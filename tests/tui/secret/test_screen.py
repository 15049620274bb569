"""Tests of the screen of a secret: hidden values, new versions, description, tags, deletion and confirmations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.system.settings import Settings
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.generator.choices import PasswordChoices
from smtui.tui.secret.header import SecretHeader
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tags import TagsForm
from smtui.tui.secret.value_form import ValueForm
from tests.conftest import PASSPHRASE
from tests.tui.conftest import DATABASE, FakeTool, MakeApp, said, screen_text, types, until, version_id
from tests.tui.driver import ID, get_screen, hear, open_secret, see
from tests.tui.secret.driver import LARGE, SECOND, SIZES, go_to_versions, open_first_secret, read_labels, screen

HOSTILE = "[@click=app.quit]x[/] \x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b2J user\u202egnp.exe\u202c \u200b"

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def readings(vault: smtui.Vault) -> int:
    return sum(event["eventName"] == "GetSecretValue" for event in vault.audit_log())


# The value.


@SIZES
async def test_looking_at_a_secret_reads_no_value(
    app: MakeApp, database: Any, vault: smtui.Vault, size: tuple[int, int]
) -> None:
    """The overview shows name, description, tags, dates and versions; the audit log contains no read of the value."""
    running = app()
    async with open_first_secret(running, size):
        text = screen_text(running)
        for words in ("prod/db", "Main database", "team=pay", "secret:prod/db-AbCdEf", "hidden (r to reveal)"):
            assert words in text
        assert ("AWSPREVIOUS" in text) == (size == LARGE)
        assert "second-word" not in text
        assert readings(vault) == 0


async def test_one_key_is_revealed_at_a_time(app: MakeApp, database: Any) -> None:
    """The first `r` shows the keys; on a key, it reveals only its value."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("r")
        await see(pilot, "password")
        assert "second-word" not in screen_text(running)
        await see(pilot, "r reveals a key")
        await pilot.press("r")
        await see(pilot, "second-word")
        assert "r reveals a key" not in screen_text(running)
        assert "5432" not in screen_text(running)
        await pilot.press("j", "r")
        await see(pilot, "5432")
        assert "second-word" not in screen_text(running)
        await pilot.press("r")
        await until(pilot, lambda: "5432" not in screen_text(running))
        await see(pilot, "r reveals a key")


async def reveal_password(pilot: Pilot[None]) -> None:
    await pilot.press("r")
    await see(pilot, "password")
    await pilot.press("r")
    await see(pilot, "second-word")


async def test_keys_that_were_read_are_known_when_one_comes_back(
    app: MakeApp, vault: smtui.Vault, database: Any
) -> None:
    """Without reading the value again, but not after others have stored another version."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("r")
        await see(pilot, "port ")
        await pilot.press("escape", "enter")
        await see(pilot, "port ")
        assert readings(vault) == 1
        await pilot.press("escape")
        database.put_secret_value(**ID, SecretString='{"other": "x"}')
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")

        assert "port " not in screen_text(running)


async def test_a_revealed_value_hides_when_another_session_replaces_it(
    app: MakeApp, vault: smtui.Vault, database: Any
) -> None:
    """The title names AWSCURRENT, so the value below it must be that of AWSCURRENT."""
    running = app()
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().put_secret_value(**ID, SecretString=DATABASE[1].replace("second", "third"))
        await screen(running).look_for_changes().wait()
        await hear(pilot, "AWSCURRENT moved to another version. Its value is hidden.")
        assert "second-word" not in screen_text(running)
        await pilot.press("r")
        await see(pilot, "third-word")


async def test_what_is_revealed_goes_away_by_itself(app: MakeApp, database: Any) -> None:
    """The value is hidden after the timeout, with a visible countdown."""
    running = app(settings=Settings(reveal_timeout=2))
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        await see(pilot, "Value of AWSCURRENT   hides in 1 s")
        await until(pilot, lambda: "second-word" not in screen_text(running))
        assert "hides in" not in screen_text(running)


@pytest.mark.parametrize("away", ["another window", "another screen", "help", "the list"])
async def test_what_is_revealed_hides_when_nobody_looks(app: MakeApp, database: Any, away: str) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        if away == "another window":
            running.app_focus = False
        else:
            await pilot.press({"another screen": "p", "help": "question_mark", "the list": "escape"}[away])
        await until(pilot, lambda: "second-word" not in screen_text(running))
        if away in ("another screen", "help"):
            await pilot.press("escape")
            await see(pilot, "Value of AWSCURRENT")
            assert "second-word" not in screen_text(running)


async def test_copying_one_key_unseen(app: MakeApp, database: Any, tool: FakeTool) -> None:
    """`y` lists the keys with the cursor on the password, and again copies it without showing it."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("y")
        await see(pilot, "Copy which key of prod/db?")
        assert tool.held == b""
        await pilot.press("y")
        await until(pilot, lambda: tool.held == b"second-word")
        await hear(pilot, "prod/db, password:")
        assert "second-word" not in screen_text(running)


@pytest.mark.parametrize(("stored", "shown_first", "held"), [
    ('{"user": "app", "password": "a longer one than before", "port": 5432}', "", b"a longer one than before"),
    ('{"new": 1, "user": "app", "password": "third", "port": 5432}', "new", b"third"),
    ("no JSON any more", "text, 16 bytes", b"no JSON any more"),
])
async def test_copying_the_key_under_the_cursor_after_others_stored(
    app: MakeApp, database: Any, tool: FakeTool, stored: str, shown_first: str, held: bytes
) -> None:
    """It copies the key that was chosen. If there are other keys now, it shows them first and copies nothing."""
    async with open_first_secret(app()) as pilot:
        await pilot.press("r")
        await see(pilot, "password")
        database.put_secret_value(**ID, SecretString=stored)
        if shown_first:
            await pilot.press("y")
            await see(pilot, shown_first)
            assert tool.held == b""
        await pilot.press("y")
        await until(pilot, lambda: tool.held)

        assert tool.held == held


async def test_copying_the_whole_value(app: MakeApp, database: Any, tool: FakeTool) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("r")
        await see(pilot, "entire value")
        await pilot.press("G", "y")
        await until(pilot, lambda: tool.held == DATABASE[1].encode())


async def test_copying_an_older_version(app: MakeApp, database: Any, tool: FakeTool) -> None:
    """On a version, `y` copies its whole value and names the version."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("j", "y")
        await until(pilot, lambda: tool.held == DATABASE[0].encode())
        await hear(pilot, "prod/db, version 00000001:")


async def test_an_older_version_is_looked_at(app: MakeApp, database: Any) -> None:
    """Enter on a version opens its hidden value, with the version in the title."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("j", "enter")
        await see(pilot, "Value of version 00000001")
        await pilot.press("r")
        await see(pilot, "password")
        await pilot.press("r")
        await see(pilot, "first-word")


async def test_the_first_reading_of_a_day_is_told(app: MakeApp, database: Any) -> None:
    """The first read of a day sets the access dates of the secret and of the version."""
    running = app()
    async with open_first_secret(running, LARGE) as pilot:
        await see(pilot, "read never")
        await go_to_versions(pilot)
        await pilot.press("j", "enter")
        await see(pilot, "Value of version 00000001")
        await pilot.press("r")
        await until(pilot, lambda: "read 2026-03-03" in screen_text(running))
        [read] = [each.id for each in get_screen(running, SecretScreen).versions.versions if each.accessed]
        assert read.startswith("00000001")


@SIZES
async def test_hostile_text_is_only_text(app: MakeApp, client: Any, size: tuple[int, int]) -> None:
    """Keys, values, tags, descriptions and labels are shown without effect on the terminal."""
    client.create_secret(Name="hostile", Description=HOSTILE, SecretString=json.dumps({HOSTILE: HOSTILE}),
                         Tags=[{"Key": "a", "Value": "[/red] @"}])
    client.update_secret_version_stage(
        SecretId="hostile", VersionStage=HOSTILE,
        MoveToVersionId=client.describe_secret(SecretId="hostile")["VersionIdsToStages"].popitem()[0],
    )
    running = app()
    async with open_first_secret(running, size) as pilot:
        await pilot.press("r")
        await see(pilot, "entire value")
        await pilot.press("r")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.press("escape")
        await go_to_versions(pilot)
        await pilot.press("minus")
        await pilot.pause()
        for _ in range(3):
            assert not set("\x1b\x07\x9b\u202e\u200b") & set(screen_text(running))
            await pilot.press("escape")
        assert running.is_running


# A new version.


async def test_a_new_version_of_one_key(app: MakeApp, database: Any) -> None:
    """The form starts at the selected key; the preview names the changed keys without values."""
    running = app()
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await types(pilot, "third")
        assert "third" not in screen_text(running)
        await pilot.press("ctrl+s")
        await see(pilot, "~ password changed")
        assert "third" not in screen_text(running)
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT.")

        value = database.get_secret_value(**ID)["SecretString"]
        assert value == DATABASE[1].replace("second-word", "third")
        assert read_labels(database)["AWSPREVIOUS"] == SECOND


async def test_nothing_typed_stores_nothing(app: MakeApp, database: Any) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.press("ctrl+s")
        await see(pilot, "No changes yet.")
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is screen(running))

        assert len(read_labels(database)) == 2


async def test_what_was_typed_is_not_lost_by_one_key(app: MakeApp, database: Any) -> None:
    """Esc asks first, and its default answer returns to the form."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        form = running.screen
        await types(pilot, "typed")
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is form)


async def test_a_generated_password_becomes_the_value(app: MakeApp, database: Any) -> None:
    """Ctrl+G opens the generator, Ctrl+S accepts its password, and Ctrl+S stores the form."""
    running = app()
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.press("ctrl+g")
        await see(pilot, " bits")
        made = running.screen.query_one(PasswordChoices).selected
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.press("ctrl+s")
        await see(pilot, "~ password changed")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")

        assert json.loads(database.get_secret_value(**ID)["SecretString"])["password"] == made


async def test_bytes_are_not_edited_as_text(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="bytes", SecretBinary=b"\x00\xff")
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: said(running))

        assert said(running) == ["This value is binary: f stores a file."]


# Versions, description, tags, deletion.


async def test_deprecated_versions_are_shown_on_demand(app: MakeApp, database: Any) -> None:
    database.put_secret_value(**ID, SecretString="third", ClientRequestToken=version_id(3))
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        assert "00000001" not in screen_text(running)
        await pilot.press("full_stop")
        await see(pilot, "○ deprecated")
        assert "00000001" in screen_text(running)


async def test_the_description(app: MakeApp, database: Any) -> None:
    """The cursor is at the end of the text."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("i")
        await see(pilot, "Description of prod/db")
        await types(pilot, " 2")
        await pilot.press("enter")
        await hear(pilot, "Description changed.")

        assert database.describe_secret(**ID)["Description"] == "Main database 2"


async def test_tags(app: MakeApp, database: Any) -> None:
    """One table adds, changes and removes tags, and shows the differences."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(running.screen, TagsForm))
        running.screen.query(Input).last().value = "web"
        await see(pilot, "~ team: pay → web")
        await pilot.press("ctrl+n")
        await types(pilot, "env")
        await pilot.press("tab")
        await types(pilot, "prod")
        await see(pilot, "+ env = prod")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: running.screen is screen(running))
        tags = {"team": "web", "env": "prod"}
        await until(
            pilot, lambda: {tag["Key"]: tag["Value"] for tag in database.describe_secret(**ID)["Tags"]} == tags
        )

        await pilot.press("t")
        await until(pilot, lambda: isinstance(running.screen, TagsForm))
        await pilot.press("f8")
        await see(pilot, "- team")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: database.describe_secret(**ID)["Tags"] == [{"Key": "env", "Value": "prod"}])
        await until(pilot, lambda: said(running) == ["Tags of prod/db changed:\n- team"])


async def test_delete_with_seven_days_and_restore(app: MakeApp, database: Any) -> None:
    """The secret then is in the list of planned deletions with its date, and `U` restores it."""
    running = app()
    async with open_first_secret(running) as pilot:
        await pilot.press("d")
        await see(pilot, "Delete prod/db?")
        await pilot.press(*["down"] * 23, "tab", "tab")
        running.screen.query_one("#go").focus()
        await pilot.press("enter")
        await until(pilot, lambda: said(running))
        assert said(running) == ["prod/db will be deleted on 2026-03-10."]
        await pilot.press("x")
        await see(pilot, "▲ deleted in 7 d")
        await pilot.press("enter")
        await see(pilot, "▲ deleted in 7 d, on 2026-03-10")
        await pilot.press("r")
        await until(pilot, lambda: any("Restore it (U)" in each for each in said(running)))
        await pilot.press("U")
        await until(pilot, lambda: "prod/db restored." in said(running))

        assert "DeletedDate" not in database.describe_secret(**ID)


# Several sessions.


@pytest.mark.parametrize("key", ["e", "i", "t", "d", "U"])
async def test_reading_only(app: MakeApp, database: Any, key: str) -> None:
    running = app(read_only=True)
    async with open_first_secret(running) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: said(running))

        assert said(running) == [READ_ONLY]


async def test_what_another_program_changes_appears(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    running = app()
    async with open_first_secret(running, LARGE) as pilot:
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().update_secret(**ID, Description="by somebody else")
        await screen(running).look_for_changes().wait()
        await see(pilot, "by somebody else")


async def test_a_secret_that_is_gone_says_so(app: MakeApp, database: Any) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        database.delete_secret(**ID, ForceDeleteWithoutRecovery=True)
        await screen(running).reload()
        await until(pilot, lambda: "This secret no longer exists." in said(running))
        await until(pilot, lambda: len(running.screen_stack) == 2)


async def test_the_lock_leaves_no_screen_with_a_value(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    """Ctrl+L above a form with a value removes all screens."""
    running = app()
    async with open_first_secret(running) as pilot:
        await reveal_password(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.press("ctrl+r")
        await see(pilot, "second-word")
        await pilot.press("ctrl+l")
        await see(pilot, "assphrase")

        assert vault.locked
        assert "second-word" not in screen_text(running)
        assert len(running.screen_stack) == 2


async def test_a_short_terminal_leaves_room_for_what_one_came_for(app: MakeApp, database: Any) -> None:
    """The header shrinks; both versions are visible at 60x16."""
    running = app()
    async with running.run_test(size=(60, 16)) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("2")

        await until(pilot, lambda: "AWSCURRENT" in screen_text(running) and "AWSPREVIOUS" in screen_text(running))
        assert "prod/db" in screen_text(running)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 36)])
@pytest.mark.parametrize("state", ["long", "deleted", "bare"])
async def test_the_header_leaves_room_for_the_work(
    app: MakeApp, client: Any, size: tuple[int, int], state: str
) -> None:
    """At 80x24 it takes three rows at most, whatever it has to say. The name and a scheduled deletion are in sight."""
    more: Any = {} if state == "bare" else {
        "Description": "what it is for " * 20,
        "Tags": [{"Key": f"key{number}", "Value": "value"} for number in range(20)],
    }  # fmt: skip
    client.create_secret(Name="prod/payments/db", SecretString="x", **more)
    if state == "deleted":
        client.delete_secret(SecretId="prod/payments/db")
    running = app()
    async with running.run_test(size=size) as pilot:
        if state == "deleted":
            await pilot.press("x")
        await see(pilot, "prod/payments/db")
        await pilot.press("enter")
        await see(pilot, "read never")
        header = running.screen.query_one(SecretHeader)

        assert header.region.y == 2 and header.region.height <= (3 if size[1] < 30 else 10)
        text = "\n".join(screen_text(running).splitlines()[2:2 + header.region.height])
        assert "prod/payments/db" in text and ("▲ deleted in 30 d" in text) == (state == "deleted")
        assert "created" in text and ("ARN" in text or state == "deleted")
