"""Tests of the texts that users meet: plain technical English, without turns of phrase that no manual uses."""

from __future__ import annotations

import ast
import re

import pytest

from tests import strings
from tests.strings import AREAS, ROOT, Literal, format_help, list_literals

ODD_ENGLISH = re.compile(
    r"\b(is|are) no (JSON|text|number|key|file|condition|vault)\b|\b(is|are) wanted\b|\bthere twice\b"
    r"|\bwhoever\b|\bsomebody\b|\banybody\b|\bnobody\b|\beverybody\b|\bwhom that\b|\bails?\b|\b(goes|go) from\b"
    r"|\bis put on\b|\bput (on each|aside|out of use|back into use)\b|\btak(e|es|en) (away|back|out)\b"
    r"|\bplan(s|ned)? (the |a |its |of the )?deletions?\b|\bdeletion (is|was) planned\b|\bplanned (already|anew)\b"
    r"|\b(is|are|was|were) made\b|\bmade by\b|\bmake (a|one|it|this) (new|secret|of)\b|\banew\b"
    r"|\b(is|are|was|be) sealed\b|\bseals\b|\bsealed under\b|\b(is|are) forgotten\b|\bforget (it|what|the)\b"
    r"|\bbeside\b|\bfor (good|ever)\b|\blong work\b|\bunder way\b|\b(go|goes|gone) on (with|beside)\b|\bat work\b"
    r"|\bno longer there\b|\bany more\b|\bon its way\b|\bof (its|your) own\b|\bon your clock\b|\bthat rests\b"
    r"|\bbegins? so\b|\bas they are spelled\b|\bis not so\b|\bso long\b|\bsays nothing\b|\bas it comes\b"
    r"|\bturn (the order|alias)\b|\bleads? (to|elsewhere|nowhere)\b|\battach unless\b|\bThere is none\b"
    r"|\bNothing (is )?wrong\b|\bopened lately\b|\bchanged meanwhile\b|\bleft (alone|out|as it is)\b"
    r"|\bstays (as|where) it is\b|\bnarrows? the list\b|\bscreenful\b|\bthe whole (value|text)\b|\bDo it\b"
    r"|\bby itself\b|\bthe same again\b|\bends too early\b|\bours?\b|\bbrings? (it|them) back\b|\bsay (either|where)\b",
    re.IGNORECASE,
)
"""Turns of phrase that read translated, or have a standard term: see `wording` in the reference of the project."""
PAGES = ("README.md", *(f"docs/{name}" for name in (
    "boto3.md", "commands.md", "compare.md", "contexts.md", "filters.md", "keys.md", "rotation.md", "security.md",
    "semantics.md", "settings.md", "vault-file.md")))


def list_odd_texts(literals: list[Literal]) -> list[str]:
    return [f"{each.path}:{each.line}: {each.text}" for each in literals if ODD_ENGLISH.search(each.text)]


@pytest.mark.parametrize("area", AREAS)
def test_every_text_is_plain_english(area: str) -> None:
    assert list_odd_texts(list_literals(area)) == []


def test_help_and_pages_are_plain_english() -> None:
    pages = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}

    for name, text in {"help": format_help(), **pages}.items():
        assert ODD_ENGLISH.search(" ".join(text.split())) is None, name


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
