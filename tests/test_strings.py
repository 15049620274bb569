"""Tests of the texts that users meet: plain technical English, without turns of phrase that no manual uses."""

from __future__ import annotations

import ast
import re

import pytest

from tests import strings
from tests.strings import AREAS, Literal, format_help, list_literals

ODD_ENGLISH = re.compile(
    r"\b(is|are) no (JSON|text|number|key|file|condition|vault)\b|\b(is|are) wanted\b|\bthere twice\b"
    r"|\bwhoever\b|\banybody\b|\bnobody\b|\bails?\b|\b(goes|go) from\b|\bis put on\b|\btaken away from\b"
    r"|\bplanned deletion"
    r"|\bdeletion is planned\b|\bby itself\b|\bthe same again\b|\bends too early\b"
    r"|\bours?\b|\bbrings? (it|them) back\b|\bsay (either|where)\b",
    re.IGNORECASE,
)
"""Turns of phrase that read translated, or have a standard term: see `wording` in the reference of the project."""
ERROR_PACKAGES = ("api", "backends", "clipboard", "health", "rules", "text", "transfer")
"""Packages whose texts the command line prints, apart from `smtui/cli` itself."""


def list_odd_texts(literals: list[Literal]) -> list[str]:
    return [f"{each.path}:{each.line}: {each.text}" for each in literals if ODD_ENGLISH.search(each.text)]


def test_the_command_line_speaks_plain_english() -> None:
    literals = [*list_literals("cli"), *(each for each in list_literals("errors")
                                         if each.path.split("/")[1] in ERROR_PACKAGES)]

    assert list_odd_texts(literals) == []
    assert ODD_ENGLISH.search(format_help()) is None


@pytest.mark.parametrize(("source", "texts"), [
    ('"""A docstring of a module."""\nx = "a text to read"', ["a text to read"]),
    ('raise UsageError(f"Expected {name}, or {other!r}.")', ["Expected {name}, or {other}."]),
    ('line("done")\nid = "done"', ["done"]),
    ('query = "SELECT a FROM b WHERE c"', []),
    ('raise AssertionError("this cannot be read")', []),
    ('x = "one " "text in two parts"', ["one text in two parts"]),
])
def test_what_is_collected(source: str, texts: list[str], tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    ast.parse(source)
    (tmp_path / "module.py").write_text(source)
    monkeypatch.setattr(strings, "ROOT", tmp_path)

    assert [each.text for each in strings.find_literals(tmp_path / "module.py")] == texts


def test_every_area_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert strings.main([]) == 0
    printed = capsys.readouterr().out

    assert all(f"===== {area} =====" in printed for area in (*strings.PRINTERS, *AREAS))
    assert "smtui/cli/commands/get.py:1: Prints a secret's value" in printed
    assert "usage: smtui rotate-due" in printed
    assert strings.main(["nothing"]) == 2
