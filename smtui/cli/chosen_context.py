"""The context that a command works on: `--context NAME[@REGION]`, or `$SMTUI_CONTEXT` where no vault is named."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smtui.api.context import Feature
from smtui.api.errors import NotAvailableError
from smtui.backends import rotation_session
from smtui.cli import terminal
from smtui.cli.exit_codes import CannotUnlockError, RefusedError, UsageError
from smtui.cli.terminal import NoTerminalError
from smtui.system.context_settings import ContextSettings, split_region

if TYPE_CHECKING:
    from smtui.backends.aws.context import AwsContext

VARIABLE = "SMTUI_CONTEXT"
YES = "yes"


def find_context(args: argparse.Namespace) -> ContextSettings | None:
    """The chosen context, or None: then the command works on a vault file. Its Region becomes that of the command.

    A rotation function works on the vault that started it.

    Raises:
        UsageError: the word is not NAME or NAME@REGION, or both a context and a vault are chosen.
        ContextMissingError: there is no such context.
    """
    if rotation_session.is_rotation_function():
        return None
    words = [word for word in args.context if "=" not in word]
    if len(words) < len(args.context) and args.command != "policy":
        raise UsageError("--context takes the name of a context.")
    if words and args.vault is not None:
        raise UsageError("Choose either --context or --vault.")
    word = words[-1] if words else os.environ.get(VARIABLE, "") if args.vault is None else ""
    if not word and not words:
        return None
    from smtui.backends import contexts

    try:
        name, region = split_region(word)
    except ValueError as error:
        raise UsageError(f"{'--context' if words else f'${VARIABLE}'}: {error}.") from None
    if region is not None and args.region is None:
        args.region = region
    return contexts.find_context(name)


def require_file(context: ContextSettings | None) -> None:
    """Raises NotAvailableError if the context is no vault file."""
    if context is not None and context.is_aws:
        from smtui.backends.aws.capabilities import CAPABILITIES

        raise NotAvailableError(f"{context.name}: {CAPABILITIES.explain(Feature.FILE)}",
                                hint="This command works only on vaults: --vault PATH selects one.")


def is_read_only(args: argparse.Namespace, context: ContextSettings | None) -> bool:
    """Whether a vault is opened without writing. Raises UsageError."""
    if args.read_only and args.rw:
        raise UsageError("Choose either --read-only or --rw.")
    return bool(args.read_only or (context is not None and context.protection == "read" and not args.rw))


@contextmanager
def open_account(settings: ContextSettings, args: argparse.Namespace) -> Iterator[AwsContext]:
    """The account of a context, for the length of the block. Raises ContextError, UsageError."""
    from smtui.backends.aws.context import AwsContext

    os.environ.pop("SMTUI_PASSPHRASE", None)  # a credential_process would inherit it
    is_read_only(args, None)

    def confirm(operation: str) -> None:
        _confirm_change(context, args.region or context.region_name, operation)

    context = AwsContext(settings, region_name=args.region, read_only=args.read_only, ask_code=_ask_code,
                         confirm=confirm)
    with context:
        if args.rw:
            context.allow_changes()
        yield context


def _confirm_change(context: AwsContext, region: str, operation: str) -> None:
    """Asks before the first change of a command. Raises RefusedError, UsageError."""
    where = f"{context.title} (account {context.account_id}, {region})"
    try:
        answer = terminal.ask_text(f"{operation} in {where}? Type {YES} to allow the changes of this command: ")
    except NoTerminalError:
        raise UsageError(f"{context.title} asks before changes, and there is no terminal. {operation} was not sent.",
                         hint="--rw allows the changes of one command.") from None
    if answer.strip().lower() != YES:
        raise RefusedError(f"Not confirmed. {operation} was not sent.")


def _ask_code(question: str) -> str:
    """Asks for an MFA code. Raises CannotUnlockError."""
    try:
        return terminal.ask_text(question).strip()
    except NoTerminalError:
        raise CannotUnlockError("The profile needs an MFA code, and there is no terminal to ask for one.") from None
