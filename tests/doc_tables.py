"""The tables in `docs/`, as the program declares them. `python -m tests.doc_tables` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def declared() -> dict[str, str]:
    """The name of each table, which is also the name of its page, and its Markdown."""
    from smtui.api.boto_client import format_left_out_table
    from smtui.cli.command_table import format_command_list
    from smtui.system.settings import format_setting_table
    from smtui.transfer.formats import format_source_table
    from smtui.tui.keys import format_key_table
    from smtui.tui.secret_list.filter_text import format_filter_table

    return {
        "boto3": format_left_out_table(),
        "commands": format_command_list(),
        "filters": format_filter_table(),
        "import": format_source_table(),
        "keys": format_key_table(),
        "settings": format_setting_table(),
    }


def replace_table(text: str, name: str, table: str) -> str:
    """The page `text` with the table between its two comments replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{table}{found[2]}", text)


def write_tables() -> None:
    """Writes every page that has a table."""
    for name, table in declared().items():
        page = DOCS / f"{name}.md"
        page.write_text(replace_table(page.read_text(encoding="utf-8"), name, table), encoding="utf-8")


if __name__ == "__main__":
    write_tables()
