"""Tests of command selection and exit codes, and that no traceback is printed."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from smtui.api import errors
from smtui.api.errors import SmtuiError
from smtui.api.model import OPERATIONS
from smtui.cli import exit_codes
from smtui.cli.command_table import BY_NAME, COMMANDS, Group, format_command_list
from smtui.cli.exit_codes import Exit, get_exit_code
from smtui.cli.main import run, split
from tests.cli.conftest import CommandLine, Stream


def all_errors(root: type[SmtuiError] = SmtuiError) -> list[type[SmtuiError]]:
    below = [each for child in root.__subclasses__() for each in all_errors(child)]
    return [root, *below]


def test_every_error_of_the_contract_has_an_exit_code() -> None:
    """A wrong passphrase gives 3, other vault errors 4, invalid parameters 2, all other errors 1."""
    expected: dict[type[SmtuiError], Exit] = {errors.WrongPassphraseError: Exit.CANNOT_UNLOCK}
    for kind in all_errors(errors.VaultError):
        expected.setdefault(kind, Exit.VAULT)
    for kind in all_errors(errors.ClientError):
        expected[kind] = Exit.USAGE if issubclass(kind, errors.ParamValidationError) else Exit.REFUSED

    assert {kind: get_exit_code(kind("x")) for kind in expected} == expected


def test_exit_codes_do_not_change() -> None:
    assert [code.value for code in Exit] == [0, 1, 2, 3, 4, 126, 127, 130, 141]
    assert set(exit_codes.MEANING) == set(Exit)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_has_help_with_an_example(bare: CommandLine, name: str) -> None:
    """Help needs no vault."""
    answer = bare(name, "--help")

    assert (answer.code, answer.err) == (0, "")
    assert f"usage: smtui {name}" in answer.out
    assert "example:" in answer.out
    assert not bare.path.exists()


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_example_is_understood(name: str) -> None:
    import shlex

    from smtui.cli.command_table import BY_NAME

    parser = BY_NAME[name].make_parser()
    examples = str(parser.epilog).removeprefix("example:\n").replace("\\\n", " ")
    for example in examples.splitlines():
        mine = example[example.index("smtui") :]
        words = shlex.split(re.split(r" [|><&]+ ", mine)[0])
        assert words[:2] == ["smtui", name]
        parser.parse_words(words[2:])


def test_all_operations_are_commands() -> None:
    assert sum(command.group is Group.OPERATIONS for command in COMMANDS) == len(OPERATIONS)
    assert [name for name in BY_NAME if name not in {command.name for command in COMMANDS}] == ["trail"]


def test_the_list_of_commands_names_each_once() -> None:
    listed = re.findall(r"^\| `(\S+)` \|", format_command_list(), re.MULTILINE)

    assert listed == [command.name for command in COMMANDS]


def test_a_former_name_runs_the_command_unseen(stocked: CommandLine) -> None:
    """`trail` is an alias of `audit`, which no list, help or suggestion shows."""
    stocked.done("get", "prod/text")

    filtered = ("--operation", "GetSecretValue")
    assert stocked.done("trail", *filtered) == stocked.done("audit", *filtered)
    assert stocked.done("trail", "--help") == stocked.done("audit", "--help") == stocked.done("help", "trail")
    assert "trail" not in stocked.done("--help") + stocked.done("completion", "bash") + format_command_list()
    assert "trail" not in stocked("trial").err


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["help"], []])
def test_help_teaches(bare: CommandLine, argv: list[str]) -> None:
    """The help lists all commands, three examples, the vault's path and the exit codes, and creates nothing."""
    answer = bare(*argv)

    assert answer.code == 0
    assert all(f"  {command.name} " in answer.out for command in COMMANDS)
    assert "three examples:" in answer.out
    assert str(bare.path) in answer.out
    assert "3  the vault cannot be unlocked" in answer.out
    assert not bare.path.exists()


def test_help_survives_broken_settings(bare: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "broken.toml").write_text("= nonsense")
    monkeypatch.setenv("SMTUI_CONFIG", str(tmp_path / "broken.toml"))

    assert bare("--help").code == 0
    assert bare("ls").code != 0


@pytest.mark.parametrize("argv", [["help", "get"], ["get", "-h"], ["get-secret-value", "help"]])
def test_help_for_one_command_in_every_spelling(bare: CommandLine, argv: list[str]) -> None:
    assert bare(*argv).out.startswith("usage: smtui get")


def test_version(bare: CommandLine) -> None:
    import smtui

    assert bare("--version").out == f"smtui {smtui.__version__}\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("gte", "get"), ("get-secret-valeu", "get-secret-value"), ("pasword", "passwd"), ("list", "ls or list-secrets")],
)
def test_near_misses_are_suggested(bare: CommandLine, typed: str, meant: str) -> None:
    answer = bare(typed)

    assert answer.code == 2
    assert any(f"{name}" in answer.err.partition("Did you mean")[2] for name in meant.split(" or ")), answer.err


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (["get", "a"], ([], "get", ["a"])),
        (["--vault", "v", "--read-only", "get", "a"], (["--vault", "v", "--read-only"], "get", ["a"])),
        (["--vault=v", "--region=eu-west-1", "ls"], (["--vault=v", "--region=eu-west-1"], "ls", [])),
        (["--vault", "v"], (["--vault", "v"], None, [])),
        (["--output", "text", "list-secrets"], (["--output", "text"], "list-secrets", [])),
    ],
)
def test_global_options_may_stand_first(argv: list[str], parts: object) -> None:
    assert split(argv) == parts


def test_an_option_without_a_command(bare: CommandLine) -> None:
    answer = bare("--vault", "v")

    assert answer.code == 2
    assert "Which command?" in answer.err


def test_an_unknown_option_comes_with_the_nearest(stocked: CommandLine) -> None:
    answer = stocked("list-secrets", "--fliters", "x")

    assert answer.code == 2
    assert "Did you mean --filters" in answer.err


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns `breaking(error)`, which makes `smtui ls` raise this error."""
    from smtui.cli.commands import ls

    def set_up(error: BaseException) -> None:
        def run_into_it(_: object) -> None:
            raise error

        monkeypatch.setattr(ls, "run", run_into_it)

    return set_up


def test_nobody_ever_sees_a_traceback(cli: CommandLine, breaking: Any) -> None:
    """An unexpected error gives one line with a number, without the message of the error."""
    breaking(RuntimeError("the value is hunter2"))

    answer = cli("ls")

    assert answer.code == 1
    assert "RuntimeError-" in answer.err
    assert "hunter2" not in answer.err
    assert "Traceback" not in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130)])
def test_interruption_is_quiet(cli: CommandLine, breaking: Any, error: BaseException, code: int) -> None:
    breaking(error)

    answer = cli("ls")

    assert (answer.code, answer.raw, answer.err) == (code, b"", "")


@pytest.mark.parametrize("argv", [["get\x1b]0;\x07"], ["get", "prod/db#\x1b]0;\x07"], ["get", "a", "--\x1b]0"]])
def test_an_error_cannot_drive_the_terminal(stocked: CommandLine, argv: list[str]) -> None:
    """Error messages show control characters as symbols."""
    answer = stocked(*argv)

    assert answer.code in (1, 2)
    assert "␛]0" in answer.err
    assert "\x1b" not in answer.err


def test_an_answer_that_was_lost_is_no_success(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command fails if standard output is a full disk."""

    class Full(Stream):
        def flush(self) -> None:
            if not self.emptied:
                raise OSError(28, "No space left on device")

        emptied = False

    full, errors = Full(), Stream()
    monkeypatch.setattr(sys, "stdout", full)
    monkeypatch.setattr(sys, "stderr", errors)

    assert run(["--version"]) == 1
    assert errors.taken() == b"smtui: No space left on device.\n"
    full.emptied = True
    full.close()


def test_a_notice_is_given_once_a_call_and_in_each_call(stocked: CommandLine) -> None:
    stocked.path.chmod(0o644)

    for _ in range(2):
        assert stocked("ls").err.count("chmod 600") == 1
