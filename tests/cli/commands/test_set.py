"""Tests of `set` with one key of a JSON object: which type its new value has."""

from __future__ import annotations

import pytest

from smtui.text.json_object import read_object
from smtui.tui.secret.values import Pair, rewrite_object
from tests.cli.conftest import CommandLine

VALUE = '{"port": 5432, "on": true, "none": null, "list": [1, 2], "map": {"a": 1}, "text": "5432"}'
CASES = [
    ("port", "5433", "5433"), ("port", "-1.50e3", "-1.50e3"), ("port", " 5433\n", "5433"), ("port", "abc", '"abc"'),
    ("port", "05", '"05"'), ("port", "true", '"true"'), ("port", "", '""'), ("on", "false", "false"),
    ("on", "False", '"False"'), ("on", "1", '"1"'), ("none", "null", "null"), ("none", "x", '"x"'),
    ("list", "[3]", "[3]"), ("list", "3", '"3"'), ("map", '{"b": 2}', '{"b": 2}'), ("text", "5433", '"5433"'),
    ("text", "true", '"true"'), ("new", "5433", '"5433"'),
]


def get_source(value: str, key: str) -> str:
    held = read_object(value)
    member = held.find(key) if held else None
    assert member is not None
    return member.source


@pytest.mark.parametrize(("key", "typed", "source"), CASES)
def test_a_value_keeps_its_type_if_the_new_one_has_it(cli: CommandLine, key: str, typed: str, source: str) -> None:
    cli.done("set", "x", "-", stdin=VALUE.encode())
    answer = cli("set", f"x#{key}", "-", stdin=typed.encode())

    assert answer.code == 0
    assert get_source(cli.done("get", "x"), key) == source
    is_other_type = source.startswith('"') and key not in ("text", "new")
    assert ("JSON type" in answer.err) == is_other_type
    assert ("line break" in answer.err) == (typed.endswith("\n") and source.startswith('"'))


@pytest.mark.parametrize(("key", "typed", "source"), CASES)
def test_the_form_follows_the_same_rule(key: str, typed: str, source: str) -> None:
    held = read_object(VALUE)
    assert held is not None
    pairs = [Pair(index, each.key, typed if each.key == key else each.text) for index, each in enumerate(held.members)]
    if key not in held.keys:
        pairs.append(Pair(None, key, typed))

    assert get_source(rewrite_object(VALUE, pairs), key) == source


def test_a_generated_password_is_text(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    from smtui.cli.commands import set as command

    monkeypatch.setattr(command, "_generate", lambda client, args: "12345678")
    cli.done("set", "x", "-", stdin=VALUE.encode())
    cli.done("set", "x#port", "--generate")

    assert get_source(cli.done("get", "x"), "port") == '"12345678"'
