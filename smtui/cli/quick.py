"""The quick path of `get`, `ls`, `copy` and `exec` through an agent, which imports next to nothing.

It takes the plainest command lines only. Whatever is not plain takes the usual path: before a request is sent by
returning None, after that by handing the agent's answer to the code of the command.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

COMMANDS = ("get", "ls", "copy", "exec")
OTHER_SOURCES = ("SMTUI_PASSPHRASE_FILE", "SMTUI_AGENT", "SMTUI_CONTEXT")
"""Variables that choose another way to the secrets."""
OF_THE_CLIPBOARD = (
    "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "HOME", "PATH", "SMTUI_CONFIG", "SSH_CONNECTION", "SSH_TTY", "TMUX",
    "TMUX_TMPDIR", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE",
)
"""Variables that an agent compares with its own before it copies; a copy of `smtui.server.clipboard_copy.SHARED`."""
CHUNK = 65536
LISTED_AT_ONCE = 100
"""The maximum of ListSecrets; a copy, because the module of the limits takes long to import."""


def run(argv: list[str]) -> int | None:
    """Runs a command line through the agent. Returns its exit code, or None if it takes the usual path."""
    plain = _parse(argv)
    if plain is None or sys.platform == "win32" or any(name in os.environ for name in OTHER_SOURCES):
        return None
    command, words, vault = plain
    path = vault or find_default_vault(os.environ)
    if path is None:
        return None
    from smtui.system import agent_socket

    descriptor = agent_socket.connect_descriptor(path)
    if descriptor is None:
        return None
    from smtui.system.hardening import harden

    harden(with_threads=False)
    line = _Line(descriptor)
    try:
        if command == "exec":
            return _execute(line, *_split_command(words))
        word = "".join(words)
        if command == "copy":
            return _copy(line, word)
        return _get(line, word) if command == "get" else _list(line, word)
    except KeyboardInterrupt:
        return 130
    finally:
        os.close(descriptor)


def _parse(argv: list[str]) -> tuple[str, list[str], str] | None:
    """The command, its words and the vault of a plain command line."""
    words, vault = list(argv), ""
    if words and words[0].startswith("--vault="):
        vault = words.pop(0)[len("--vault=") :]
    elif len(words) > 1 and words[0] == "--vault":
        vault = words[1]
        del words[:2]
    if not words or words[0] not in COMMANDS or (not vault and words != argv):
        return None
    command, *words = words
    targets = _split_command(words)[0] if command == "exec" else words
    if not all(targets) or any(word.startswith("-") for word in (vault, *targets)):
        return None
    if command == "ls":
        return (command, words, _expand(vault)) if len(words) <= 1 else None
    is_complete = len(targets) < len(words) - 1 and targets if command == "exec" else len(words) == 1
    return (command, words, _expand(vault)) if is_complete and all(map(_is_plain_target, targets)) else None


def _split_command(words: list[str]) -> tuple[list[str], list[str]]:
    """The targets of `exec`, and the command behind `--`."""
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end + 1 :]


def _is_plain_target(word: str) -> bool:
    """Whether a word is NAME or NAME#KEY, perhaps behind VARIABLE=: no ARN and no version."""
    return not (":" in word or "~" in word or word.startswith("#") or word.endswith("#") or "=#" in word)


def _expand(path: str) -> str:
    return os.path.expanduser(path)  # noqa: PTH111


def find_default_vault(environ: Mapping[str, str]) -> str | None:
    """The vault that a command without --vault opens; None where that takes more than a look at files and variables.

    The folders are those of `platformdirs` on Linux.
    """
    if environ.get("SMTUI_VAULT"):
        return _expand(environ["SMTUI_VAULT"])
    if sys.platform != "linux":
        return None
    config = environ.get("SMTUI_CONFIG") or f"{_find_base(environ, 'XDG_CONFIG_HOME', '~/.config')}/smtui/config.toml"
    try:
        with open(config, "rb") as file:  # noqa: PTH123
            if b"vault" in file.read():
                return None
    except FileNotFoundError:
        pass
    except OSError:
        return None
    return f"{_find_base(environ, 'XDG_DATA_HOME', '~/.local/share')}/smtui/default.vault"


def _find_base(environ: Mapping[str, str], variable: str, default: str) -> str:
    given = environ.get(variable, "").strip()
    return given or _expand(default)


class _Line:
    """The connection: a line of JSON in each direction."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.received = bytearray()

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to a call; None if the agent is locked, or does not answer."""
        return self.exchange({"operation": operation, "params": params})

    def exchange(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to a request; None if the agent is locked, or does not answer."""
        import json

        line = json.dumps(request).encode() + b"\n"
        self.received = bytearray()
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
            while not self.received.endswith(b"\n"):
                chunk = os.read(self._descriptor, CHUNK)
                if not chunk:
                    return None
                self.received += chunk
        except OSError:
            return None
        answer: dict[str, Any] = json.loads(self.received)
        if answer.get("error", {}).get("Code") == "VaultLockedError":
            return None
        return answer


# get


def _get(line: _Line, word: str) -> int | None:
    name, hash_sign, key = word.partition("#")
    answer = line.call("GetSecretValue", {"SecretId": name})
    if answer is None:
        return None
    result = answer.get("result", {})
    value = result.get("SecretString")
    if value is not None and hash_sign:
        value = _find_plain_member(value, key)
    if not isinstance(value, str) or not _is_encodable(value) or sys.stdout is None or sys.stdout.isatty():
        return _finish(line, "GetSecretValue", lambda found: _write_value(found, word))
    return _write(value)


def _find_plain_member(value: str, key: str) -> str | None:
    """A string of a JSON object; None if there is anything that makes it less than plain."""
    import json

    def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) != len(pairs):
            raise ValueError
        return found

    try:
        found = json.loads(value, object_pairs_hook=refuse_duplicates)
    except (ValueError, RecursionError):
        return None
    member = found.get(key) if isinstance(found, dict) else None
    return member if isinstance(member, str) else None


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _write_value(result: dict[str, Any], word: str) -> None:
    """Writes the value of an answer as `smtui get` does. Raises SmtuiError."""
    from smtui.cli import output
    from smtui.cli.target import Target

    output.write_value(Target.parse(word).get_value(result))


# ls


def _list(line: _Line, prefix: str) -> int | None:
    request: dict[str, Any] = {"SortBy": "name", "SortOrder": "asc", "MaxResults": LISTED_AT_ONCE}
    if prefix:
        request["Filters"] = [{"Key": "name", "Values": [prefix]}]
    names: list[str] = []
    while True:
        answer = line.call("ListSecrets", request)
        if answer is None:
            return None
        if "result" not in answer:
            return _finish(line, "ListSecrets", lambda _: None)
        names += [each["Name"] for each in answer["result"]["SecretList"]]
        if "NextToken" not in answer["result"]:
            return _write("".join(f"{name}\n" for name in names))
        request["NextToken"] = answer["result"]["NextToken"]


# copy


def _copy(line: _Line, word: str) -> int | None:
    """Lets the agent copy. Where it does not, the usual path does, or finds out why not."""
    environ = {name: os.environ[name] for name in OF_THE_CLIPBOARD if name in os.environ}
    answer = line.exchange({"control": "copy", "target": word, "environ": environ})
    if answer is None or "result" not in answer:
        return None
    return _write(answer["result"]["sentence"] + "\n")


# exec


def _execute(line: _Line, targets: list[str], words: list[str]) -> int | None:
    """Replaces this process by a command with secrets in its environment.

    Where the agent refuses, the usual path finds out why, and says so.
    """
    from smtui.system import inheritance

    environment = inheritance.build_command_environment()
    program = _find_program(words[0], environment.get("PATH", ""))
    if program is None:
        return None
    answer = line.exchange({"control": "variables", "targets": targets})
    variables = None if answer is None else answer.get("result")
    if variables is None or not all(map(_is_encodable, variables.values())):
        return None
    values = {name: os.fsencode(value) for name, value in environment.items()}
    values |= {name: value.encode() for name, value in variables.items()}
    from smtui.system.hardening import restore_inherited_state

    restore_inherited_state()
    try:
        inheritance.replace_process(program, words, values)
    except OSError as error:
        failure = error
    from smtui.cli.exit_codes import CommandNotExecutableError
    from smtui.cli.main import run_step

    return run_step(lambda: _raise(CommandNotExecutableError(f"{words[0]} cannot be run: {failure.strerror}.")))


def _find_program(word: str, path: str) -> str | None:
    """The program that a command runs; None where that takes a closer look, as for one that is not there."""
    folders = [""] if "/" in word else path.split(":") if word and path else []
    for folder in folders:
        program = f"{folder}/{word}" if folder else word
        if (folder or "/" in word) and os.access(program, os.X_OK) and not os.path.isdir(program):  # noqa: PTH112
            return program
        if not folder and "/" not in word:
            return None  # the current folder, in the way of the system
    return None


# The end


def _finish(line: _Line, operation: str, write: Callable[[dict[str, Any]], None]) -> int:
    """Lets the usual code report the error in an answer, or write its result."""
    from smtui.backends.socket_client import read_answer
    from smtui.cli.main import run_step

    return run_step(lambda: write(read_answer(bytes(line.received), operation)))


def _write(text: str) -> int:
    """Writes to standard output exactly."""
    failure = _write_all(text.encode())
    if failure is None:
        return 0
    from smtui.cli.main import run_step

    return run_step(lambda: _raise(failure))


def _write_all(content: bytes) -> OSError | None:
    """Writes to standard output. Returns the error that stopped it."""
    try:
        while content:
            content = content[os.write(1, content) :]
    except OSError as error:
        return error
    return None


def _raise(failure: Exception) -> None:
    raise failure
