"""Tests that commands do not overwrite changes that another process makes meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.api.errors import ChangedMeanwhileError
from smtui.cli import inputs
from smtui.transfer.apply import apply_plan
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Action, make_plan
from smtui.transfer.target import ImportTarget
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

Act = Callable[[Any], object]


@contextmanager
def somebody(cli: CommandLine) -> Iterator[Any]:
    """Yields the client of another session with the same vault."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        yield vault.client()


@pytest.fixture
def meanwhile(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], None]:
    """Returns a function that runs an act of another session just before standard input is read."""
    def arrange(act: Act) -> None:
        read = inputs.read_stdin

        def slow(*words: Any) -> bytes:
            with somebody(cli) as client:
                act(client)
            return read(*words)

        monkeypatch.setattr(inputs, "read_stdin", slow)

    return arrange


def value(cli: CommandLine, name: str = "a") -> str:
    with somebody(cli) as client:
        return str(client.get_secret_value(SecretId=name)["SecretString"])


def test_a_whole_value_replaces_none_that_came_meanwhile(cli: CommandLine, meanwhile: Callable[[Act], None]) -> None:
    """The command fails with code 1; a second run of it replaces the value."""
    cli.done("set", "a", "-", stdin=b"first")
    meanwhile(lambda client: client.put_secret_value(SecretId="a", SecretString="theirs"))
    answer = cli("set", "a", "-", stdin=b"mine")

    assert answer.code == 1
    assert "a was changed by someone else while the value was being entered. Nothing was stored." in answer.err
    assert value(cli) == "theirs"


def test_a_secret_that_was_made_meanwhile(cli: CommandLine, meanwhile: Callable[[Act], None]) -> None:
    meanwhile(lambda client: client.create_secret(Name="a", SecretString="theirs"))

    assert cli("set", "a", "-", stdin=b"mine").code == 1
    assert value(cli) == "theirs"


@pytest.mark.parametrize(("theirs", "code", "after"), [
    ('{"user": "ann", "password": "theirs", "n": 1.10}', 0, '{"user": "mine", "password": "theirs", "n": 1.10}'),
    ('{"user": "bob", "password": "first", "n": 1.10}', 1, '{"user": "bob", "password": "first", "n": 1.10}'),
    ("no object", 1, "no object"),
], ids=["another key", "the same key", "no keys any more"])  # fmt: skip
def test_one_key(
    cli: CommandLine, meanwhile: Callable[[Act], None], theirs: str, code: int, after: str
) -> None:
    """The other changed keys are kept. If both changed the same key, the command is refused."""
    cli.done("set", "a", "-", stdin=b'{"user": "ann", "password": "first", "n": 1.10}')
    meanwhile(lambda client: client.put_secret_value(SecretId="a", SecretString=theirs))

    assert cli("set", "a#user", "-", stdin=b"mine").code == code
    assert value(cli) == after


def test_an_import_replaces_only_what_its_plan_saw(cli: CommandLine) -> None:
    """If a secret changed after the plan, the error names it and nothing is imported."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        for name in ("a", "b"):
            vault.client().create_secret(Name=name, SecretString="before")
        entries = [Entry("a", "mine", "here"), Entry("b", "mine", "here")]
        steps = make_plan(ImportTarget(vault), entries, Action.UPDATE)
        with somebody(cli) as client:
            client.put_secret_value(SecretId="b", SecretString="theirs")
        with pytest.raises(ChangedMeanwhileError, match="b was changed by someone else") as refused, \
                vault.transaction():
            apply_plan(ImportTarget(vault), steps)

    assert "Nothing was imported" in refused.value.hint
    assert (value(cli, "a"), value(cli, "b")) == ("before", "theirs")


def test_an_import_of_the_command_line_ends_with_code_1(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from smtui.cli.commands import import_files

    cli.done("set", "a", "-", stdin=b"before")
    (tmp_path / "new.json").write_text(json.dumps({"a": "mine"}))
    original = import_files.make_plan

    def planned(*words: Any) -> Any:
        steps = original(*words)
        with somebody(cli) as client:
            client.put_secret_value(SecretId="a", SecretString="theirs")
        return steps

    monkeypatch.setattr(import_files, "make_plan", planned)
    answer = cli("import", tmp_path / "new.json", "--update")  # type: ignore[arg-type]

    assert answer.code == 1
    assert "a was changed by someone else" in answer.err
    assert value(cli) == "theirs"
