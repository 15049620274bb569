"""Tests of passphrase sources, and of creating a vault, changing the passphrase and recovering."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.cli.terminal import LineBuffer
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

WriteFile = Callable[[str, str | bytes], str]


def pipe(content: bytes) -> str:
    """Returns a file descriptor from which `content` can be read."""
    read, write = os.pipe()
    os.write(write, content)
    os.close(write)
    return str(read)


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_by_descriptor(stocked: CommandLine, ending: bytes) -> None:
    answer = stocked("get", "prod/text", "--passphrase-fd", pipe(PASSPHRASE.encode() + ending), unlock=False)

    assert answer.code == 0


def test_a_descriptor_gives_one_line_and_keeps_the_rest(stocked: CommandLine) -> None:
    descriptor = pipe(PASSPHRASE.encode() + b"\nthe rest")

    stocked("ls", "--passphrase-fd", descriptor, unlock=False)

    assert os.read(int(descriptor), 100) == b"the rest"


def test_by_file(stocked: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", file("pass", PASSPHRASE + "\n"))
    assert stocked("ls", unlock=False).code == 0

    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", file("pass", PASSPHRASE + "\nmore\n"))
    assert stocked("ls", unlock=False).code == 3

    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", "/no/such/file")
    assert stocked("ls", unlock=False).code == 3


def test_what_is_given_for_the_call_comes_first(
    stocked: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file descriptor has precedence over a file, and a file over the variable."""
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", file("pass", "wrong"))

    assert stocked("ls", "--passphrase-fd", pipe(PASSPHRASE.encode())).code == 0
    assert stocked("ls").code == 3


def test_spaces_belong_to_a_passphrase(stocked: CommandLine) -> None:
    assert stocked("ls", "--passphrase-fd", pipe(PASSPHRASE.encode() + b" \n"), unlock=False).code == 3


def test_by_asking_with_three_tries(stocked: CommandLine) -> None:
    stocked.person.present = True
    stocked.person.answers = ["wrong", "wrong again", PASSPHRASE]

    answer = stocked("ls", unlock=False)

    assert answer.code == 0
    assert answer.err.count("Wrong passphrase") == 2
    assert stocked.person.asked == [f"Passphrase for {stocked.path}: "] * 3

    stocked.person.answers = ["wrong"] * 4
    assert stocked("ls", unlock=False).code == 3
    assert stocked.person.answers == ["wrong"]


def test_an_empty_passphrase_opens_nothing(stocked: CommandLine) -> None:
    stocked.person.present = True
    stocked.person.answers = [""]

    assert stocked("ls", passphrase="").code == 3
    assert stocked("ls", unlock=False).code == 3


def test_with_nobody_to_ask_it_says_the_ways(stocked: CommandLine) -> None:
    answer = stocked("ls", unlock=False)

    assert (answer.code, answer.raw) == (3, b"")
    assert "--passphrase-fd N or $SMTUI_PASSPHRASE_FILE" in answer.err


@pytest.mark.parametrize(
    ("content", "code"), [(None, 4), (b"", 4), (b"no vault at all", 4), (b"\x01" * 4095, 4)],
)
def test_a_file_that_is_no_vault_is_refused_before_the_passphrase(
    bare: CommandLine, content: bytes | None, code: int
) -> None:
    """The program does not ask for the passphrase, and the file is not changed."""
    bare.person.present = True
    if content is not None:
        bare.path.write_bytes(content)

    answer = bare("get", "a", unlock=False)

    assert (answer.code, bare.person.asked) == (code, [])
    assert answer.err.startswith("smtui: ")
    assert content is None or bare.path.read_bytes() == content


def test_a_folder_is_no_vault(bare: CommandLine, tmp_path: Path) -> None:
    assert bare("ls", "--vault", str(tmp_path)).code == 4


def test_a_missing_vault_says_how_to_make_one(bare: CommandLine) -> None:
    assert "smtui init" in bare("ls").err


def test_a_vault_others_can_read_is_warned_of(stocked: CommandLine) -> None:
    stocked.path.chmod(0o644)

    answer = stocked("get", "prod/text")

    assert answer.code == 0
    assert "chmod 600" in answer.err


def test_read_only_reads_and_changes_nothing(stocked: CommandLine) -> None:
    answer = stocked("--read-only", "get", "prod/text")

    assert answer.raw == b"plain text\n"
    assert "not be recorded" in answer.err
    assert stocked("--read-only", "set", "a", "-", stdin=b"x").code == 4
    assert stocked("import", "-", "--dry-run", "--read-only", stdin=b"A=1\n").code == 0


def test_the_variable_goes_no_further(stocked: CommandLine) -> None:
    stocked("ls")

    assert "SMTUI_PASSPHRASE" not in os.environ


def code_in(text: str) -> str:
    return next(line.strip() for line in text.splitlines() if line.strip().count("-") > 5)


def test_init_by_asking(bare: CommandLine) -> None:
    """The program asks for the passphrase twice, and shows the recovery code only on the terminal."""
    bare.person.present = True
    bare.person.answers = ["correct horse battery staple"] * 2

    answer = bare("init", "--account-id", "123456789012", "--region", "eu-west-1", unlock=False)

    assert answer.code == 0
    assert bare.person.asked == ["New passphrase: ", "Repeat passphrase: "]
    assert answer.out == f"{bare.path}: created for account 123456789012 in eu-west-1\n"
    assert code_in(bare.person.saw[0]) not in answer.out + answer.err
    assert bare.path.stat().st_mode & 0o777 == 0o600
    bare.done("set", "a", "-", stdin=b"x")
    assert ":eu-west-1:123456789012:" in bare.done("describe-secret", "--secret-id", "a")


def test_init_with_two_different_passphrases_makes_nothing(bare: CommandLine) -> None:
    bare.person.present = True
    bare.person.answers = ["one", "another"]

    assert bare("init", unlock=False).code == 2
    assert not bare.path.exists()


def test_init_with_words_shows_them_once(bare: CommandLine) -> None:
    bare.person.present = True

    answer = bare("init", "--words", unlock=False)
    words = bare.person.saw[0].split("\n\n")[1].strip()

    assert (answer.code, len(words.split())) == (0, 6)
    assert words not in answer.out + answer.err
    assert bare("ls", passphrase=words).code == 0


def test_init_without_a_terminal(bare: CommandLine) -> None:
    """A message says that the recovery code was not shown, unless an option prints it on standard error."""
    quiet = bare("init")
    loud = bare("init", "--vault", str(bare.path.with_name("b")), "--print-recovery-code")

    assert (quiet.code, loud.code) == (0, 0)
    assert "was not shown" in quiet.err
    assert code_in(loud.err)
    assert code_in(loud.err) not in loud.out


def test_init_never_touches_a_file_that_is_there(bare: CommandLine) -> None:
    bare.path.write_text("mine")
    bare.person.present = True

    answer = bare("init", unlock=False)

    assert (answer.code, bare.person.asked, bare.path.read_text()) == (4, [], "mine")


def test_init_says_how_weak_a_passphrase_is(bare: CommandLine) -> None:
    answer = bare("init", passphrase="password1")

    assert answer.code == 0
    assert "this passphrase is weak" in answer.err
    assert "password1" not in answer.err


def test_an_empty_passphrase_is_none(bare: CommandLine) -> None:
    bare.person.present = True
    bare.person.answers = ["", ""]

    assert bare("init", unlock=False).code == 2
    assert bare("init", passphrase="").code == 2
    assert not bare.path.exists()


def test_passwd_and_recover(stocked: CommandLine) -> None:
    """Each change invalidates the old passphrase and the old recovery code."""
    stocked.person.present = True
    stocked.person.answers = ["the second passphrase"] * 2
    assert stocked("passwd").code == 0
    code = code_in(stocked.person.saw[-1])
    assert stocked("ls").code == 3
    assert stocked("ls", passphrase="the second passphrase").code == 0

    stocked.person.answers = [code.lower().replace("-", " "), "the third passphrase", "the third passphrase"]
    recovered = stocked("recover", unlock=False)
    newer = code_in(stocked.person.saw[-1])
    assert recovered.code == 0
    assert newer != code
    assert stocked("get", "prod/text", passphrase="the third passphrase").raw == b"plain text\n"

    stocked.person.answers = [code] * 3
    assert stocked("recover", unlock=False).code == 3
    stocked.person.answers = ["mistyped"] * 3
    assert stocked("recover", unlock=False).code == 3


def test_a_mistyped_recovery_code_is_prompted_for_again(stocked: CommandLine) -> None:
    """Up to three times, like a passphrase; each refusal says what is wrong."""
    stocked.person.present = True
    stocked.person.answers = ["the second passphrase"] * 2
    assert stocked("passwd").code == 0
    code = code_in(stocked.person.saw[-1])

    stocked.person.answers = [code[:-1], f"9{code[1:]}", code, *["the third passphrase"] * 2]
    recovered = stocked("recover", unlock=False)

    assert recovered.code == 0
    assert "83 of 84 letters and digits" in recovered.err
    assert "Group 1 of the recovery code is mistyped: no code has a 9." in recovered.err


def test_passwd_by_descriptors(stocked: CommandLine) -> None:
    answer = stocked("passwd", "--new-passphrase-fd", pipe(b"from a program, long enough\n"))

    assert answer.code == 0
    assert stocked("ls", passphrase="from a program, long enough").code == 0


def test_passwd_that_is_broken_off_changes_nothing(stocked: CommandLine) -> None:
    stocked.person.present = True
    stocked.person.answers = ["a", "b"]

    assert stocked("passwd").code == 2
    assert stocked("ls").code == 0


def test_passwd_waits_for_no_other_program(stocked: CommandLine) -> None:
    """If the vault is open elsewhere, the passphrase is not changed and the exit code is 4."""
    with smtui.open_vault(stocked.path, PASSPHRASE):
        answer = stocked("passwd", "--new-passphrase-fd", pipe(b"a long new passphrase"))

    assert answer.code == 4
    assert stocked("ls").code == 0


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (b"abc\r", b"abc"), (b"abc\n", b"abc"), (b"abd\x7fc\n", b"abc"), (b"xyz\x15abc\n", b"abc"),
        ("a\u00fc\u6f22\x7f\x7fb\n".encode(), b"ab"), (b"\x7f\x08a\n", b"a"), (b"ab\x04", b"ab"), (b" a \n", b" a "),
        (b"x" * 5000 + b"\n", b"x" * 5000),
    ],
)
def test_a_line_is_edited_while_it_is_typed(keys: bytes, line: bytes) -> None:
    """Backspace removes a character, Ctrl+U the line; long lines are not truncated at 4,095 bytes."""
    typed = LineBuffer()

    complete = [typed.add(key) for key in keys]

    assert complete == [False] * (len(keys) - 1) + [True]
    assert typed.take_line() == line
