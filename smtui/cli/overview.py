"""What `smtui --help` says: what this is, three things to do with it, where the vault is, and every command."""

from __future__ import annotations

from smtui.cli.command_table import COMMANDS, Group
from smtui.cli.exit_codes import MEANING, Exit

OPENING = """\
smtui: a secrets manager in one encrypted file, with AWS Secrets Manager's operations and rules.

usage: smtui                        open the screens
       smtui --demo                 the same, on a throw-away vault of sample secrets
       smtui COMMAND [OPTIONS]      one thing, without a screen

three examples:
  smtui init && smtui import .env --prefix dev/
      make a vault, and bring in what you have
  smtui copy prod/db#password
      put one key of a JSON secret on the clipboard; it is cleared after 30 seconds
  smtui get-secret-value --secret-id prod/db --query SecretString --output text
      as with the aws CLI, so that scripts move either way
"""


def overview() -> str:
    return "\n".join([OPENING, *_groups(), *_vault(_vault_path()), *_exit_codes(),
                      "More about one command: smtui COMMAND --help"])


def _vault_path() -> str:
    """Help is there even where the settings are broken."""
    from smtui.api.errors import SmtuiError
    from smtui.cli.unlocking import default_path

    try:
        return default_path()
    except SmtuiError as error:
        return str(error)


def _groups() -> list[str]:
    width = max(len(command.name) for command in COMMANDS) + 2
    lines = []
    for group in Group:
        lines += [f"{group}:{' (as aws secretsmanager takes them)' if group is Group.OPERATIONS else ''}"]
        lines += [f"  {each.name:<{width}}{each.help}" for each in COMMANDS if each.group is group]
        lines += [""]
    return lines


def _vault(path: str) -> list[str]:
    return [
        "the vault:",
        f"  {path}",
        "  Another one: --vault PATH or $SMTUI_VAULT.",
        "  The passphrase is asked for on the terminal. Without one: --passphrase-fd N, $SMTUI_PASSPHRASE_FILE,",
        "  the OS keyring (smtui keyring store), or, for tests and CI, $SMTUI_PASSPHRASE.",
        "",
    ]


def _exit_codes() -> list[str]:
    return ["exit codes:", *(f"  {code.value}  {MEANING[code]}" for code in Exit if code < Exit.INTERRUPTED), ""]
