"""Stores a value. A new name creates a secret; an existing secret gets a new version labelled AWSCURRENT.

The value is typed at a prompt without echo, read with --file or from standard input (-), or generated with --generate;
it is never an argument. With #KEY, only that key of a JSON object changes. A number,
true or false keeps its JSON type if the new value fits it (5433, false); anything else is stored as text.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from smtui.api.arn import is_arn
from smtui.api.errors import AccessDeniedException, ClientError, ResourceNotFoundException
from smtui.cli import diagnostics, inputs, output, terminal
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.parser import parse_count
from smtui.cli.target import Target, parse_name
from smtui.cli.terminal import NoTerminalError
from smtui.cli.unlocking import open_context_for
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.json_object import JsonMember, JsonObject, is_encodable, read_object

if TYPE_CHECKING:
    from smtui.api.types import Client

EXAMPLE = "smtui set prod/db#password\nsmtui set tls/key --file key.pem\nsmtui set prod/api --generate --length 40"
UNKNOWN = "?"
"""Not a VersionId: those have at least 32 characters."""
TERMINAL_HINT = "Use - for standard input, or --file."
TYPE_NOTE = "the JSON type of {key} was {before} and is now {after}."
LINE_BREAK_NOTE = "the value ends with a line break, which is stored; --chomp omits it."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[#KEY]", help="secret (name or ARN), and a key of its JSON object")
    parser.add_argument("source", metavar="-", nargs="?", help="read the value from standard input")
    parser.add_argument("--file", metavar="PATH", help="read the value from a file")
    parser.add_argument("--binary", action="store_true", help="the value is bytes, not text (SecretBinary)")
    parser.add_argument("--chomp", action="store_true", help="omit a line break at the end of the value")
    parser.add_argument("--generate", action="store_true", help="generate a password; it is stored, not shown")
    parser.add_argument("--length", metavar="N", type=parse_count, default=32,
                        help="length of the password (default: 32)")
    parser.add_argument("--no-punctuation", action="store_true", help="generate only letters and digits")
    parser.add_argument("--description", metavar="TEXT", help="description of the secret")


def run(args: argparse.Namespace) -> Exit:
    target = Target.parse(args.target)
    _validate(args, target)
    with open_context_for(args) as vault:
        client = vault.client(region_name=args.region)
        takes_time = args.file is None and not args.generate
        seen = _read_current_version(client, target) if takes_time else UNKNOWN
        value = _generate(client, args) if args.generate else _read_value(args)
        with vault.transaction():
            if seen != UNKNOWN:
                _refuse_if_changed(client, target, seen)
            done = _store(client, args, target, value)
    output.write_line(done)
    return Exit.DONE


def _read_current_version(client: Client, target: Target) -> str:
    """The current version's ID, empty if there is none, UNKNOWN if this caller may not see it."""
    try:
        return read_labels(client, target.name).get(AWSCURRENT, "")
    except ResourceNotFoundException:
        return ""
    except ClientError:
        return UNKNOWN


def _refuse_if_changed(client: Client, target: Target, seen: str) -> None:
    """Raises RefusedError if the value that would be replaced has changed since version `seen`.

    With a key, only that key counts: the others keep their newest values.
    """
    now = _read_current_version(client, target)
    if now in (seen, UNKNOWN):
        return
    if seen and now and target.key is not None:
        before, after = (target.get_object(client.get_secret_value(SecretId=target.name, VersionId=version))
                         for version in (seen, now))
        if _get_source(before, target.key) == _get_source(after, target.key):
            return
    what = f"{target.name}#{target.key}" if target.key else target.name
    hint = f"AWSCURRENT is now on version {now[:8]}. Run the command again to replace it." if now else ""
    raise RefusedError(
        f"{what} was changed by someone else while the value was being entered. Nothing was stored.", hint=hint
    )


def _get_source(held: JsonObject, key: str) -> str | None:
    member = held.find(key)
    return member.source if member else None


def _validate(args: argparse.Namespace, target: Target) -> None:
    parse_name(target.name)
    if args.source not in (None, "-"):
        raise UsageError("A value cannot be an argument: others could see it.", hint="Omit it to type it at a prompt.")
    if sum((args.source == "-", args.file is not None, args.generate)) > 1:
        raise UsageError("Choose one of -, --file and --generate.")
    if args.binary and (target.key or args.generate):
        raise UsageError("--binary needs an entire value from -, --file or the prompt.")


def _read_value(args: argparse.Namespace) -> str | bytes:
    """The value from standard input, a file, or the prompt."""
    if args.file is None and args.source is None:
        return _ask_value(args)
    name = "standard input" if args.file is None else args.file
    raw = inputs.read_stdin("the value") if args.file is None else inputs.read_file(args.file, "--file")
    if args.chomp:
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    return raw if args.binary else inputs.decode(raw, name, hint="--binary stores it as bytes.")


def _ask_value(args: argparse.Namespace) -> str | bytes:
    try:
        value = terminal.ask_text(f"Value for {args.target}: ")
    except NoTerminalError:
        raise UsageError("There is no terminal to prompt for the value.", hint=TERMINAL_HINT) from None
    if args.binary:
        return value.encode("utf-8", "surrogateescape")
    if not is_encodable(value):
        raise UsageError("The input is not valid UTF-8.", hint="--binary stores it as bytes.")
    return value


def _generate(client: Client, args: argparse.Namespace) -> str:
    return client.get_random_password(
        PasswordLength=args.length, ExcludePunctuation=args.no_punctuation
    )["RandomPassword"]


def _store(client: Client, args: argparse.Namespace, target: Target, value: str | bytes) -> str:
    """Stores the value. Returns a line that says what was done."""
    stored = value if target.key is None else _replace_key(client, args, target, str(value))
    if args.source and isinstance(value, str) and value.endswith("\n") and _has_line_break(target, stored):
        diagnostics.note(LINE_BREAK_NOTE)
    request: Any = {"SecretBinary": stored} if isinstance(stored, bytes) else {"SecretString": stored}
    if args.description is not None:
        request["Description"] = args.description
    try:
        changed = _update(client, target.name, request)
    except ResourceNotFoundException:
        if is_arn(target.name):
            raise
        return f"{client.create_secret(Name=target.name, **request)['Name']}: created"
    return f"{changed['Name']}: new version {changed['VersionId']}"


def _update(client: Client, name: str, request: Any) -> Any:
    """Calls UpdateSecret; where only PutSecretValue is allowed, that, unless the description changes too."""
    try:
        return client.update_secret(SecretId=name, **request)
    except AccessDeniedException:
        if "Description" in request:
            raise
        return client.put_secret_value(SecretId=name, **request)


def _replace_key(client: Client, args: argparse.Namespace, target: Target, value: str) -> str:
    """The JSON object with one key set and every other byte unchanged; a new object if there is no value yet."""
    try:
        held = target.get_object(client.get_secret_value(SecretId=target.name))
    except ResourceNotFoundException:
        held = JsonObject("{}", ())
    key = str(target.key)
    stored = held.set_text(key, value) if args.generate else held.set_value(key, value)
    before, after = held.find(key), _find_member(stored, key)
    if before and after and before.kind is not after.kind:
        diagnostics.note(TYPE_NOTE.format(key=key, before=before.kind.value, after=after.kind.value))
    return stored


def _find_member(text: str, key: str) -> JsonMember | None:
    held = read_object(text)
    return held.find(key) if held else None


def _has_line_break(target: Target, stored: str | bytes) -> bool:
    """Whether the line break at the end of the value was stored too; a number in a JSON object has none."""
    if target.key is None:
        return True
    member = _find_member(str(stored), target.key)
    return member is not None and member.text.endswith("\n")
