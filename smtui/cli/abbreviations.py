"""Abbreviated options: `--sec` is `--secret-id` where no other option begins like it, as with the aws CLI."""

from __future__ import annotations

from collections.abc import Collection

from smtui.cli.exit_codes import UsageError


def expand_abbreviation(word: str, options: Collection[str], ours: Collection[str]) -> str:
    """The word with the one option that it abbreviates; unchanged if it is no abbreviation.

    Args:
        word: a word of the command line, perhaps with `=` and a value.
        options: the long options that are known.
        ours: those of them that the aws CLI does not have. They give way to the others, so that what abbreviates an
            option there means the same here.

    Raises:
        UsageError: several options begin like this.
    """
    name, equals, value = word.partition("=")
    if len(name) < 3 or not name.startswith("--") or name in options:
        return word
    found = sorted(option for option in options if option.startswith(name))
    found = [option for option in found if option not in ours] or found
    if len(found) > 1:
        raise UsageError(f"ambiguous option: {name} could match {', '.join(found)}")
    return f"{found[0]}{equals}{value}" if found else word
