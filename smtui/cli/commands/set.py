"""Gives a secret a value. A new name makes a secret; a known one gets a new version, labelled AWSCURRENT.

The value is asked for without echo, read with --file or from standard input (-), or made up with --generate; it is
never an argument. With #KEY one key of a JSON object changes and the others stay.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError, ResourceNotFoundException
from smtui.cli import diagnostics, inputs, output, terminal
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.parser import whole_number
from smtui.cli.target import Target
from smtui.cli.terminal import NoTerminalError
from smtui.cli.unlocking import opened
from smtui.compare_and_swap import read_labels
from smtui.labels import AWSCURRENT
from smtui.text.json_object import JsonObject, is_encodable

if TYPE_CHECKING:
    from smtui.api.types import Client

EXAMPLE = "smtui set prod/db#password\nsmtui set tls/key --file key.pem\nsmtui set prod/api --generate --length 40"
UNKNOWN = "?"
"""No VersionId: those have 32 characters at least."""
WAYS = "Use - for standard input, or --file."
LINE_BREAK = "the value ends with a line break, and keeps it; --chomp leaves it out."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[#KEY]", help="the secret (name or ARN), and a key of its JSON object")
    parser.add_argument("source", metavar="-", nargs="?", help="read the value from standard input")
    parser.add_argument("--file", metavar="PATH", help="read the value from a file")
    parser.add_argument("--binary", action="store_true", help="the value is bytes, not text (SecretBinary)")
    parser.add_argument("--chomp", action="store_true", help="leave out a line break at the end of the value")
    parser.add_argument("--generate", action="store_true", help="make a password; it is stored, not shown")
    parser.add_argument("--length", metavar="N", type=whole_number, default=32, help="its length (default: 32)")
    parser.add_argument("--no-punctuation", action="store_true", help="make it of letters and digits alone")
    parser.add_argument("--description", metavar="TEXT", help="the secret's description")


def run(args: argparse.Namespace) -> Exit:
    target = Target.of(args.target)
    _judge(args, target)
    with opened(args) as vault:
        client = vault.client(region_name=args.region)
        waits = args.file is None and not args.generate
        began = _current_version(client, target) if waits else UNKNOWN
        value = _generated(client, args) if args.generate else _typed(args)
        with vault.transaction():
            if began != UNKNOWN:
                _refuse_if_changed(client, target, began)
            done = _store(client, target, value, args.description)
    output.line(done)
    return Exit.DONE


def _current_version(client: Client, target: Target) -> str:
    """The version that is current; empty where there is none, UNKNOWN where this caller may not see it."""
    try:
        return read_labels(client, target.name).get(AWSCURRENT, "")
    except ResourceNotFoundException:
        return ""
    except ClientError:
        return UNKNOWN


def _refuse_if_changed(client: Client, target: Target, began: str) -> None:
    """Raises RefusedError where somebody stored what would be replaced while the value was being entered.

    With a key, only that key counts: the others are kept as they are by now.
    """
    now = _current_version(client, target)
    if now in (began, UNKNOWN):
        return
    if began and now and target.key is not None:
        before, after = (target.object_in(client.get_secret_value(SecretId=target.name, VersionId=version))
                         for version in (began, now))
        if _source(before, target.key) == _source(after, target.key):
            return
    what = f"{target.name}#{target.key}" if target.key else target.name
    raise RefusedError(f"{what} was changed by somebody else while the value was being entered. Nothing was stored.",
                  hint=f"AWSCURRENT is on version {now[:8]} now. Run the command again to replace it." if now else "")


def _source(held: JsonObject, key: str) -> str | None:
    member = held.find(key)
    return member.source if member else None


def _judge(args: argparse.Namespace, target: Target) -> None:
    if args.source not in (None, "-"):
        raise UsageError("A value is never an argument: others could see it.", hint="Left out, it is asked for.")
    if sum((args.source == "-", args.file is not None, args.generate)) > 1:
        raise UsageError("Choose one of -, --file and --generate.")
    if args.binary and (target.key or args.generate):
        raise UsageError("--binary goes with the whole value of -, --file or a prompt.")


def _typed(args: argparse.Namespace) -> str | bytes:
    """The value that was piped in, stands in a file, or is asked for."""
    if args.file is None and args.source is None:
        return _asked(args)
    name = "standard input" if args.file is None else args.file
    raw = inputs.standard_input(name) if args.file is None else inputs.file(args.file, "--file")
    if args.chomp:
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    elif raw.endswith(b"\n") and not args.binary and args.file is None:
        diagnostics.note(LINE_BREAK)
    return raw if args.binary else inputs.decoded(raw, name, hint="--binary stores it as bytes.")


def _asked(args: argparse.Namespace) -> str | bytes:
    try:
        value = terminal.ask_text(f"Value for {args.target}: ")
    except NoTerminalError:
        raise UsageError("There is no terminal to ask for the value.", hint=WAYS) from None
    if args.binary:
        return value.encode("utf-8", "surrogateescape")
    if not is_encodable(value):
        raise UsageError("What was typed is no UTF-8 text.", hint="--binary stores it as bytes.")
    return value


def _generated(client: Client, args: argparse.Namespace) -> str:
    return client.get_random_password(
        PasswordLength=args.length, ExcludePunctuation=args.no_punctuation
    )["RandomPassword"]


def _store(client: Client, target: Target, value: str | bytes, description: str | None) -> str:
    """Stores the value and answers with a line that says what was done."""
    if target.key is not None:
        value = _with_key(client, target, str(value))
    request: Any = {"SecretBinary": value} if isinstance(value, bytes) else {"SecretString": value}
    if description is not None:
        request["Description"] = description
    try:
        changed = client.update_secret(SecretId=target.name, **request)
    except ResourceNotFoundException:
        if target.name.startswith("arn:"):
            raise
        return f"{client.create_secret(Name=target.name, **request)['Name']}: made"
    return f"{changed['Name']}: new version {changed['VersionId']}"


def _with_key(client: Client, target: Target, value: str) -> str:
    """The JSON object with one key changed, and every other byte as it was; a new one where there was no value yet."""
    try:
        held = target.object_in(client.get_secret_value(SecretId=target.name))
    except ResourceNotFoundException:
        held = JsonObject("{}", ())
    return held.set_text(str(target.key), value)
