"""Reading `.env` files: the value of each line, and a clear sentence for a line that has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.transfer import dotenv
from smtui.transfer.errors import UnreadableFileError


def env(text: str) -> dict[str, str | bytes]:
    return {entry.name: entry.value for entry in dotenv.parse(text, ".env")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("A=1\n", "1"),
        ("  A = 1  \n", "1"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("A=", ""),
        ("A=   # nothing", ""),
        ("A=''", ""),
        ("A=a b  c", "a b  c"),
        ("A=a # comment", "a"),
        ("A=a#b", "a#b"),
        ("A=#fff", "#fff"),
        ("A=it's", "it's"),
        ("A=a=b==", "a=b=="),
        ("A=$HOME and ${X}", "$HOME and ${X}"),
        ("A=a\\nb", "a\\nb"),
        ("A='a # b'", "a # b"),
        ("A='a\\nb' # comment", "a\\nb"),
        ("A='line 1\nline 2'", "line 1\nline 2"),
        ('A="a\\nb\\t\\"c\\" \\$x \\\\ \\z"', 'a\nb\t"c" $x \\ \\z'),
        ('A="-----BEGIN KEY-----\nabc\n-----END KEY-----"\n', "-----BEGIN KEY-----\nabc\n-----END KEY-----"),
        ('A="line 1\r\nline 2"\r\n', "line 1\nline 2"),
        ("A=`it's \"both\"`", "it's \"both\""),
        ('A="it\'s"', "it's"),
        ("A=ü 漢 🔑", "ü 漢 🔑"),
        ("# c\n\n \t\n#\nA=1\n#", "1"),
    ],
)
def test_one_variable(text: str, value: str) -> None:
    assert env(text) == {"A": value}


def test_a_real_file() -> None:
    text = (
        "# database\r\nexport DB_HOST=localhost\r\nDB_PASS='p#ss w0rd'   # quoted\r\n\r\n"
        'DB_KEY="-----BEGIN\r\nabc\r\n-----END"\r\nDB.URL=postgres://u:p@h/db?x=y\r\nEMPTY=\r\n'
    )

    assert env(text) == {
        "DB_HOST": "localhost", "DB_PASS": "p#ss w0rd", "DB_KEY": "-----BEGIN\nabc\n-----END",
        "DB.URL": "postgres://u:p@h/db?x=y", "EMPTY": "",
    }


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("A=1\nhunter2", 2, "expected NAME=value"),
        ("A=1\n=hunter2", 2, "expected NAME=value"),
        ("A=1\nB: hunter2", 2, "expected NAME=value"),
        ("A=1\nexport hunter2", 2, "expected NAME=value"),
        ('A=1\n\nB="hunter2\n\n', 3, "never closed"),
        ("B='hunter2", 1, "never closed"),
        ("B='hunter'2", 1, "something follows"),
        ('A="1\n2"\nB="hunter" 2 # x', 3, "something follows"),
        ("ü=hunter2", 1, "expected NAME=value"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """And never with what stands on it."""
    with pytest.raises(UnreadableFileError) as caught:
        dotenv.parse(text, ".env")

    assert f".env, line {line}" in str(caught.value)
    assert reason in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_places_are_lines() -> None:
    entries = dotenv.parse('A="1\n2"\n# x\nB=3\n', "f")

    assert [entry.place for entry in entries] == ["f, line 1", "f, line 4"]


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(st.dictionaries(NAMES, TEXTS))
def test_what_is_written_between_double_quotes_comes_back(values: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    assert env("\n".join(f"{name}={quoted(value)}" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, TEXTS.filter(lambda text: "'" not in text)))
def test_what_is_written_between_single_quotes_comes_back(values: dict[str, str]) -> None:
    assert env("\n".join(f"{name}='{value}' # c" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_what_an_export_writes_comes_back(values: dict[str, str]) -> None:
    assert env("".join(dotenv.format_line(name, value) for name, value in values.items())) == values


@given(st.text(alphabet="A=\n\r\t '\"`#\\x"))
def test_no_text_does_worse_than_a_sentence(text: str) -> None:
    try:
        entries = dotenv.parse(text, "f")
    except UnreadableFileError as error:
        assert str(error).startswith("f, line ")
    else:
        assert all(entry.name for entry in entries)


def test_an_entry_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(dotenv.parse("A=hunter2", "f"))
