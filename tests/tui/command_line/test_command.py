"""Tests of the command line's grammar: names, prefixes, arguments, completion, and what a wrong line is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.command_line.command import (
    Command,
    CommandError,
    list_completions,
    list_matches,
    parse_command,
    suggest_command,
)
from smtui.tui.command_line.general_commands import REASONS, REGION, find_region_problem
from smtui.tui.command_line.vault_names import find_vault_problem, find_vaults, list_vault_names
from smtui.tui.help.places import PLACES


def make(*names: str, argument: str = "", needs_argument: bool = False) -> Command:
    return Command(names, SafeText("words"), print, argument, needs_argument)


COMMANDS = (make("health"), make("help", "h"), make("region", argument="REGION"), make("regions"),
            make("secret", argument="NAME", needs_argument=True), make("quit", "q"))
VAULTS = (Path("/a/team.vault"), Path("/b/team.vault"), Path("/b/own.vault"))


def parse(line: str) -> tuple[str, str]:
    command, argument = parse_command(line, COMMANDS, lambda name: f"Unknown. {suggest_command(name, COMMANDS)}")
    return command.name, argument


@pytest.mark.parametrize(("line", "name", "argument"), [
    ("health", "health", ""), (":health", "health", ""), ("hea", "health", ""), ("q", "quit", ""), ("h", "help", ""),
    ("region eu-west-1", "region", "eu-west-1"), ("region", "region", ""), ("regions", "regions", ""),
    ("secret a b ", "secret", "a b"), ("  quit  ", "quit", ""),
])
def test_what_a_line_means(line: str, name: str, argument: str) -> None:
    assert parse(line) == (name, argument)


@pytest.mark.parametrize(("line", "sentence"), [
    ("he", "“he” could be “health” or “help”."),
    ("reg eu", "“reg” could be “region” or “regions”."),
    ("helth", "Unknown. Did you mean “health”?"),
    ("zzz", "Unknown. Tab on an empty line lists the commands."),
    ("quit now", "“quit” takes no argument."),
    ("secret", "Usage: secret NAME"),
])
def test_what_a_wrong_line_is_told(line: str, sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        parse(line)
    assert str(error.value) == sentence


@pytest.mark.parametrize(("line", "completions"), [
    ("he", ["health", "help"]),
    ("re", ["region ", "regions"]),
    ("region eu-w", ["region eu-west-1", "region eu-west-2"]),
    ("region eu-west-1", []),
    ("quit x", []),
    ("xyz", []),
])
def test_completions(line: str, completions: list[str]) -> None:
    regions = ("eu-west-1", "eu-west-2", "us-east-1")
    assert list_completions(line, COMMANDS, lambda command: regions if command.argument else ()) == completions


def test_words_inside_of_a_name_match_where_no_name_begins_so() -> None:
    assert [each.name for each in list_matches("gion", COMMANDS)] == ["region", "regions"]
    assert [each.name for each in list_matches("reg", COMMANDS)] == ["region", "regions"]
    assert list_matches("", COMMANDS) == list(COMMANDS)


def test_a_general_command_has_its_name_alone() -> None:
    """An action with the name of a place would make `:name` mean two things, depending on the screen."""
    general = {REGION, *REASONS, "vault", "secret", *(name for place in PLACES for name in place.command.split())}
    actions = {name for each in keys.list_commands() for name in each.command_names if name != "rw"}

    assert general & actions == set()


def test_vaults_by_name_and_path() -> None:
    assert list_vault_names(VAULTS) == ["team", "own"]
    assert find_vaults("own", VAULTS) == find_vaults("own.vault", VAULTS) == [VAULTS[2]]
    assert find_vaults("/x/new.vault", VAULTS) == [Path("/x/new.vault")]
    assert find_vault_problem("own", VAULTS, VAULTS[0]) == ""
    assert find_vault_problem("own", VAULTS, VAULTS[2]) == "This vault is already open."
    assert find_vault_problem("team", VAULTS, None).startswith("2 recent vaults are called “team”")
    assert find_vault_problem("owm", VAULTS, None) == "No recent vault is called “owm”. Did you mean “own”?"
    assert "Enter the path" in find_vault_problem("zzz", VAULTS, None)


def test_names_that_cannot_be_typed_are_not_suggested() -> None:
    assert list_vault_names([Path("/x/a\x1b[2J.vault"), Path("/x/b.vault")]) == ["b"]


def test_regions() -> None:
    assert find_region_problem("eu-west-1") == ""
    assert find_region_problem("eu-wst-1x") == "“eu-wst-1x” is not a Region. Did you mean eu-west-1?"
