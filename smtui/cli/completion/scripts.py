"""Writes the completion script of a shell: its template, with the table of all commands in it."""

from __future__ import annotations

from importlib.resources import files

from smtui.cli.completion.table import Row, list_common_rows, make_tables

COMMON, TABLES = "@COMMON@", "@TABLES@"
"""Where the rows of every command, and the tables of all commands, stand in a template."""


def write_script(shell: str) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    template = files(__package__).joinpath(f"template_{shell}.sh").read_text()
    write_case, quote = (_write_fish_case, _quote_for_fish) if shell == "fish" else (_write_case, _quote)
    cases = [write_case(name, quote(rows)) for name, rows in make_tables().items()]
    return template.replace(COMMON, quote(list_common_rows())).replace(TABLES, "\n".join(cases))


def _write_case(name: str, rows: str) -> str:
    return f"    '{name}') rows={rows} ;;"


def _write_fish_case(name: str, rows: str) -> str:
    return f"        case '{name}'\n            set rows {rows}"


def _quote(rows: list[Row]) -> str:
    """The rows, a line for each, as one word of bash and zsh."""
    return "'" + "\n".join(map(str, rows)).replace("'", "'\\''") + "'"


def _quote_for_fish(rows: list[Row]) -> str:
    return "'" + "\n".join(map(str, rows)).replace("\\", "\\\\").replace("'", "\\'") + "'"
