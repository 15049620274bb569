"""A session as a text that reads like one.

    # a remark                      says what happens and why
    file NAME:                      the lines below it, indented, are its content
    passphrase: TEXT                given with each call from now on; `none` for nobody giving one
    types: TEXT                     what the person at the terminal answers to the next question
    later: 8 days                   time passes
    $ smtui WORDS < NAME            a call; its standard input may come from a file of the story
      output                        what it prints, line by line; `...` stands for anything
    ! words on standard error       which must be there
    exit 3                          how it leaves, where that is not 0

What a story cannot know beforehand stands in braces: `{AWSPREVIOUS:NAME}` is the id of the version with that label,
`{code}` the recovery code that was shown last.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.conftest import Answer, CommandLine
from tests.conftest import Clock

CODE = "{code}"


@dataclass
class Expected:
    """What stands below a call."""

    line: int
    call: str
    output: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    code: int = 0

    def compare(self, answer: Answer) -> None:
        report = f"line {self.line}: $ {self.call}\nprinted:\n{answer.out}\nand on standard error:\n{answer.err}"
        assert answer.code == self.code, f"exit {answer.code}, not {self.code}\n{report}"
        pattern = "\n".join(_pattern(line) for line in self.output)
        assert re.fullmatch(pattern, answer.out.rstrip("\n"), re.DOTALL), f"other output than expected\n{report}"
        for words in self.errors:
            assert words in answer.err, f"missing on standard error: {words}\n{report}"
        assert self.errors or not answer.err, f"unexpected words on standard error\n{report}"


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("..."))


class Story:
    """Tells a text line by line, in a folder of its own."""

    def __init__(self, smtui: CommandLine, clock: Clock, folder: Path) -> None:
        self._smtui = smtui
        self._clock = clock
        self._folder = folder
        self._passphrase: str | None = None
        self._file: Path | None = None
        self._expected: Expected | None = None

    def tell(self, text: str) -> None:
        for number, line in enumerate(text.splitlines(), 1):
            if self._file is not None and line.startswith("    "):
                with self._file.open("a") as file:
                    file.write(line[4:] + "\n")
                continue
            self._file = None
            self._line(number, line)
        self._finish()

    def _line(self, number: int, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "" if not line.startswith("  "):
                return
            case "#":
                self._finish()
            case "":
                self._current(number).output.append(line[2:])
            case "!":
                self._current(number).errors.append(rest)
            case "exit":
                self._current(number).code = int(rest)
            case "$":
                self._finish()
                self._expected = Expected(number, rest)
            case _:
                self._finish()
                self._set(number, word, rest)

    def _set(self, number: int, word: str, rest: str) -> None:
        match word:
            case "file":
                self._file = self._folder / rest.removesuffix(":")
                self._file.write_text("")
            case "passphrase:":
                self._passphrase = None if rest == "none" else rest
            case "types:":
                self._smtui.person.present = True
                self._smtui.person.answers.append(self._recovery_code() if rest == CODE else rest)
            case "later:":
                count, unit = rest.split()
                self._clock.forward(**{unit if unit.endswith("s") else f"{unit}s": int(count)})
            case _:
                raise AssertionError(f"line {number}: a story has no such line: {word}")

    def _current(self, number: int) -> Expected:
        assert self._expected is not None, f"line {number}: nothing was called yet"
        return self._expected

    def _finish(self) -> None:
        """Makes the call whose expectations are complete."""
        expected, self._expected = self._expected, None
        if expected is None:
            return
        call, _, source = expected.call.partition(" < ")
        words = [self._fill_in(word) for word in shlex.split(call)[1:]]
        stdin = (self._folder / source).read_bytes() if source else b""
        answer = self._call(*words, stdin=stdin)
        expected.compare(answer)
        if not self._smtui.person.answers:
            self._smtui.person.present = False

    def _call(self, *words: str, stdin: bytes = b"") -> Answer:
        if self._passphrase is None:
            return self._smtui(*words, stdin=stdin, unlock=False)
        return self._smtui(*words, stdin=stdin, passphrase=self._passphrase)

    def _fill_in(self, word: str) -> str:
        """A word with what the story cannot know beforehand in its place."""
        return re.sub(r"\{([A-Z]+):(\S+?)\}", lambda match: self._version(match[1], match[2]), word)

    def _version(self, stage: str, name: str) -> str:
        argv = ["get-secret-value", "--secret-id", name, "--version-stage", stage]
        return self._call(*argv, "--query", "VersionId", "--output", "text").out.strip()

    def _recovery_code(self) -> str:
        return next(line.strip() for line in self._smtui.person.saw[-1].splitlines() if line.count("-") > 5)
