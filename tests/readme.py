"""The README's tables, as the program declares them. `python -m tests.readme` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def declared() -> dict[str, str]:
    from smtui.cli.command_table import command_list
    from smtui.system.settings import format_setting_table
    from smtui.tui.keys import key_table
    from smtui.tui.secret_list.filter_text import filter_table

    return {
        "commands": command_list(),
        "filters": filter_table(),
        "keys": key_table(),
        "settings": format_setting_table(),
    }


def with_tables(text: str) -> str:
    for name, table in declared().items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda found, table=table: f"{found[1]}{table}{found[2]}", text)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
