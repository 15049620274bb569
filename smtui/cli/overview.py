"""The text of `smtui --help`: purpose, three examples, every command, the vault's path and the exit codes."""

from __future__ import annotations

from smtui.cli.command_table import COMMANDS, Group
from smtui.cli.exit_codes import MEANING, Exit

OPENING = """\
smtui: a secrets manager in one encrypted file, with AWS Secrets Manager's operations and rules.

usage: smtui                        open the TUI
       smtui --demo                 open the TUI on a temporary vault with sample secrets
       smtui COMMAND [OPTIONS]      run one command

three examples:
  smtui init && smtui import .env --prefix dev/
      create a vault and import a .env file
  smtui copy prod/db#password
      copy one key of a JSON secret to the clipboard, which is cleared after 30 seconds
  smtui get-secret-value --secret-id prod/db --query SecretString --output text
      the same options as aws secretsmanager, so scripts work with both
"""


def format_overview() -> str:
    """The whole text."""
    return "\n".join([OPENING, *_list_commands(), *_describe_vault(_find_vault_path()), *_list_exit_codes(),
                      "Help for one command: smtui COMMAND --help"])


def _find_vault_path() -> str:
    """The default vault's path, or what is wrong with the settings: help works with broken settings too."""
    from smtui.api.errors import SmtuiError
    from smtui.cli.unlocking import get_default_path

    try:
        return get_default_path()
    except SmtuiError as error:
        return str(error)


def _list_commands() -> list[str]:
    width = max(len(command.name) for command in COMMANDS) + 2
    lines = []
    for group in Group:
        lines += [f"{group}{' (with the options of aws secretsmanager)' if group is Group.OPERATIONS else ''}:"]
        lines += [f"  {each.name:<{width}}{each.help}" for each in COMMANDS if each.group is group]
        lines += [""]
    return lines


def _describe_vault(path: str) -> list[str]:
    return [
        "Vault:",
        f"  {path}",
        "  --vault PATH or $SMTUI_VAULT selects another one, --context NAME an AWS account (smtui contexts).",
        "  smtui prompts for the passphrase on the terminal. For use without a terminal: --passphrase-fd N,",
        "  $SMTUI_PASSPHRASE_FILE, the OS keyring (smtui keyring store), or, for tests and CI, $SMTUI_PASSPHRASE.",
        "",
    ]


def _list_exit_codes() -> list[str]:
    return ["Exit codes:", *(f"  {code.value}  {MEANING[code]}" for code in Exit if code < Exit.INTERRUPTED), ""]
