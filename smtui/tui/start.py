"""Starts the user interface: checks the terminal, restarts the process so that freed memory is overwritten, hardens it.

The restart imports again what is imported before it, so most imports are inside functions. Textual comes last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smtui.system.freed_memory import overwrite_freed_memory

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from smtui.backends.local import Vault
    from smtui.system.context_settings import ContextSettings
    from smtui.system.settings import Settings

USAGE = 2
DEMO_HINT = "Demo vault. Passphrase: {}"


def start(arguments: Sequence[str]) -> int:
    """Runs the user interface.

    Args:
        arguments: the command line without the program's name.

    Returns:
        The exit code: 2 if the interface cannot start, otherwise that of the app.
    """
    refusal = refuse(os.environ, all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)))
    if refusal:
        print(f"smtui: {refusal}", file=sys.stderr)
        return USAGE
    overwrite_freed_memory()
    from smtui.api.errors import SmtuiError
    from smtui.system.hardening import harden
    from smtui.system.settings import SettingsError, load_settings
    from smtui.system.terminal_end import TERMINAL

    options = _make_parser().parse_args(arguments)
    harden(allow_debug=options.allow_debug)
    try:
        account = _find_account(options)
    except SmtuiError as error:
        print(f"smtui: {error}", file=sys.stderr)
        return USAGE
    if options.vault == "":
        print("smtui: --vault needs the path of a file.", file=sys.stderr)
        return USAGE
    TERMINAL.watch(sys.stdin.fileno())
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"smtui: {error}", file=sys.stderr)
        return USAGE
    with _open_path(options, settings) as (path, vault, hint):
        from smtui.tui.app import SmtuiApp
        from smtui.tui.garbage_collection import COLLECTION
        from smtui.tui.plain_glyphs import needs_plain

        app = SmtuiApp(path, settings, vault=vault, account=account, read_only=options.read_only, hint=hint,
                       plain=needs_plain(os.environ))
        COLLECTION.put_off()
        app.key_file = _find_key_file(options)
        app.run()
    TERMINAL.exit_if_ending(app.return_code or 0)
    return app.return_code or 0


def _find_key_file(options: argparse.Namespace) -> str:
    """The key file that the options or $SMTUI_KEY_FILE name. No child of this process gets the variable."""
    return options.key_file or os.environ.get("SMTUI_KEY_FILE", "")


def refuse(environ: Mapping[str, str], terminal: bool) -> str:
    """Returns why the user interface cannot run here; empty if it can.

    Args:
        environ: the environment variables.
        terminal: whether stdin, stdout and stderr are terminals.
    """
    if not terminal:
        return "the screens need a terminal. For scripts, see smtui --help"
    if environ.get("TERM", "dumb") == "dumb":
        return "this terminal cannot show screens (TERM is dumb or not set). For commands, see smtui --help"
    return ""


def _make_parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser("smtui", add_help=False, allow_abbrev=False)
    parser.add_argument("--vault")
    parser.add_argument("--context")
    parser.add_argument("--key-file", "--vault-key-file", dest="key_file")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--allow-debug", action="store_true")
    return parser


def _find_account(options: argparse.Namespace) -> tuple[ContextSettings, str | None] | None:
    """The AWS account that the options or $SMTUI_CONTEXT select, and its Region. The path of a vault becomes an option.

    Raises:
        SmtuiError: there is no such context.
    """
    name = options.context or ("" if options.vault is not None or options.demo else os.environ.get("SMTUI_CONTEXT"))
    if not name:
        return None
    from smtui.api.errors import ContextMissingError
    from smtui.backends.contexts import find_context
    from smtui.system.context_settings import split_region

    try:
        name, region = split_region(name)
    except ValueError as error:
        raise ContextMissingError(f"{error}.") from None
    found = find_context(name)
    if found.is_aws:
        return found, region
    options.vault = found.vault
    options.read_only = options.read_only or found.protection == "read"
    return None


@contextmanager
def _open_path(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[Path, Vault | None, str]]:
    """Yields the path to open and, for the demo, its open vault and the hint for its passphrase."""
    from smtui.system.settings import get_vault_path

    if not options.demo:
        yield get_vault_path(options.vault, settings), None, ""
        return
    from smtui.backends.demo import open_demo

    with open_demo() as sample:
        yield sample.vault.path, sample.vault, DEMO_HINT.format(sample.passphrase)
