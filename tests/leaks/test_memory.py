"""Tests that the memory of the locked program contains no value, passphrase or key."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import smtui
from smtui.vault.kdf import FileKeys
from tests.e2e.terminal import Terminal
from tests.leaks.marker import spellings
from tests.leaks.memory import Found, search
from tests.prepared_vault import prepare_vault

PASSPHRASE = "Zq7-marked-passphrase-Wm4vKx"
TEXT, MEMBER, TYPED, OUTSIDE, IMPORTED, PLANTED = (
    "shown-Kq7wombatZx93fjord", "inner-Hn5Bc6pelicanTq81", "typed-Jw8LemurVb2crag", "outside-Rt5Gm8walrusYk20",
    "imported-Sd4Hy7gibbonLp66", "planted-Qx3Ostrich9Ndelta",
)
ENTER, ESCAPE, LOCK, STORE, SHOW, COPY, PALETTE = "\r", "\x1b", "\x0c", "\x13", "\x12", "\x19", "\x10"
PATIENCE = 300
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/PID/mem")
EDITOR = f"""#!/bin/sh
printf '{OUTSIDE[:10]}%s' '{OUTSIDE[10:]}' > "$1"
"""
XCLIP = """#!/bin/sh
held={held}
case "$*" in *-o*) cat $held ;; *) cat > $held.new; mv $held.new $held ;; esac
"""


def pasted(text: str) -> str:
    """Returns what a terminal sends for a pasted text."""
    return f"\x1b[200~{text}\x1b[201~"


def fill(vault: smtui.Vault) -> None:
    vault.client().create_secret(Name="a-text", SecretString=TEXT)
    vault.client().create_secret(Name="b-json", SecretString=json.dumps({"user": "someone", "password": MEMBER}))


class Person:
    """A user of the real program, with an editor and a clipboard program."""

    def __init__(self, home: Path, key_file: str = "", **settings: int) -> None:
        self._home = home
        self._script("editor", EDITOR)
        self._script("xclip", XCLIP.format(held=home / "held"))
        (home / "new.env").write_text(f"IMPORTED={IMPORTED}\n")
        (home / "config.toml").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        vault = home / "memory.vault"
        more = {"key_file": key_file} if key_file else {}
        self.keys = FileKeys.from_key(prepare_vault(vault, fill, passphrase=PASSPHRASE, **more).key)
        self.terminal = Terminal(
            "--vault", str(vault), "--allow-debug", home=home, SMTUI_CONFIG=str(home / "config.toml"),
            SMTUI_STATE=os.environ["SMTUI_STATE"], EDITOR=str(home / "editor"), DISPLAY=":99", PLANTED=PLANTED,
            SMTUI_KEY_FILE=key_file,
            PATH=f"{home}:{os.environ['PATH']}",
        )  # fmt: skip
        self.generated: list[str] = []

    def _script(self, name: str, text: str) -> None:
        (self._home / name).write_text(text)
        (self._home / name).chmod(0o755)

    @property
    def process(self) -> int:
        return self.terminal.child.pid

    @property
    def copied(self) -> str:
        held = self._home / "held"
        return held.read_text() if held.exists() else ""

    def press(self, *keys: str) -> None:
        self.terminal.press(*keys)

    def see(self, *words: str) -> None:
        self.terminal.see(*words)

    def until(self, is_so: Callable[[], object]) -> None:
        """Waits for a condition, and reads the program's output meanwhile so that the program can continue."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, f"it never came to be; the screen was:\n{self.terminal.text}"
            self.terminal._until_quiet()

    def unlock(self) -> None:
        self.see("Unlock")
        self.press(pasted(PASSPHRASE), ENTER)
        self.see("a-text", "b-json")

    def end(self) -> None:
        self.terminal.child.close(force=True)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Person]]:
    people: list[Person] = []

    def one(key_file: str = "", **settings: int) -> Person:
        people.append(Person(tmp_path, key_file, **settings))
        return people[-1]

    yield one
    for person in people:
        person.end()


def in_memory(person: Person, *markers: str) -> list[str]:
    """Returns the matches of the markers in the process's memory, in all encodings of `spellings`."""
    wanted = {f"{marker[:8]}… as {name}": form for marker in markers for name, form in spellings(marker).items()}
    return [str(found) for found in search(person.process, wanted)]


def keys_in_memory(person: Person) -> list[Found]:
    """Returns the matches of the master, page and root keys, as bytes and in hex as in SQL."""
    wanted = {}
    for name in ("master", "page", "root"):
        key = bytes(getattr(person.keys, name))
        wanted |= {name: key, f"{name} as hex": key.hex().encode(), f"{name} as HEX": key.hex().upper().encode()}
    return search(person.process, wanted)


def reveal(person: Person, value: str) -> None:
    person.press("g", ENTER)
    person.see("a-text", "History")
    person.press("r")
    person.see(value)


def everything(person: Person) -> None:
    """Uses values in every way: shows, copies, edits, compares, generates, searches, imports, undoes."""
    reveal(person, TEXT)
    person.press("y")
    person.until(lambda: person.copied == TEXT)
    person.press("e")
    person.see("New value of a-text")
    person.press(SHOW)
    person.see(TEXT)
    person.press(*TYPED)
    person.see(TYPED)
    person.press(STORE)
    person.see("AWSPREVIOUS")
    person.press(ENTER)
    person.see("stored as AWSCURRENT")
    person.press("E")
    person.see("editor")
    person.press(ENTER)
    person.see("Store")
    person.press(ENTER)
    person.terminal.see_no("Store a new version?")
    for part in "23456":
        person.press(part)
    person.press("2", "j", "=")
    person.see("differs")
    person.press("r")
    person.see(f"{TEXT[:6]}")
    person.press(ESCAPE, "p")
    person.see("Password generator", "›")
    person.generated = re.findall(r"│ {3}[› ] (\S{32})\s", person.terminal.text)
    assert person.generated
    person.press(COPY)
    person.until(lambda: person.copied in person.generated)
    person.press(ESCAPE, ESCAPE, ESCAPE)
    person.press("/", "json", ENTER)
    person.see("b-json", "History")
    person.press("r", "G", "r")
    person.see(MEMBER)
    person.press(ESCAPE, ESCAPE, ":", "import", ENTER)
    person.see("File")
    person.press(str(person._home / "new.env"), STORE)
    person.see("IMPORTED")
    person.press(ESCAPE)
    person.press(ESCAPE, "u")
    person.press(ESCAPE, ESCAPE)


def nothing_is_left(person: Person) -> None:
    """Waits until the locked program's memory contains no marker and no key."""
    markers = (PASSPHRASE, TEXT, MEMBER, TYPED, OUTSIDE, IMPORTED, *person.generated)
    person.see("Unlock")
    person.until(lambda: not in_memory(person, *markers) and not keys_in_memory(person))


def test_after_the_lock_nothing_is_left(start: Callable[..., Person]) -> None:
    """Before the lock, the search finds the value and the keys; after it, only a planted marker."""
    person = start()
    person.unlock()
    everything(person)
    reveal(person, OUTSIDE)
    assert in_memory(person, OUTSIDE)
    assert {found.what for found in keys_in_memory(person)} == {"master", "page", "root"}  # only as bytes, not as text
    person.press(LOCK)

    nothing_is_left(person)
    assert in_memory(person, PLANTED)


def test_after_the_lock_nothing_of_the_key_file_is_left(start: Callable[..., Person], tmp_path: Path) -> None:
    """Neither its content nor its SHA-256, which is in memory while the vault is open."""
    content = b"a key file-Xw8Jt3marmotQp55" * 20
    path = tmp_path / "team.key"
    path.write_bytes(content)
    path.chmod(0o600)
    wanted = {"content": content[:27], "digest": hashlib.sha256(content).digest()}
    person = start(str(path))
    person.unlock()
    assert "digest" in {found.what for found in search(person.process, wanted)}
    person.press(LOCK)
    person.see("Unlock")

    person.until(lambda: not search(person.process, wanted) and not keys_in_memory(person))


def test_after_the_idle_lock_nothing_is_left(start: Callable[..., Person]) -> None:
    """The idle lock clears the memory too. If it comes before the value is shown, the test tries again."""
    person = start(idle_lock=5)
    for _ in range(20):
        person.unlock()
        person.press("g", ENTER, "r")
        if TEXT in person.terminal.text:
            break
        person.see("Unlock")

    person.see("Locked: no key was pressed for 5 seconds.")
    nothing_is_left(person)


UNSTORED, PASTED, SEARCHED = "unstored-Bv6Ny2okapiGh47s", "pasted-Mc9Xw4tapirZd38k", "searched-Tf5Pz1ibexRw62j"


def test_after_the_lock_nothing_is_left_of_what_was_open(start: Callable[..., Person]) -> None:
    """What is on the screen at the lock is gone after it, and so are its widgets: forms with typed, pasted and searched
    text, and a QR code.
    """
    person = start()
    person.unlock()
    person.press("g", "Q")
    person.see("hides in")
    person.press(LOCK)
    person.see("Unlock")
    person.until(lambda: not in_memory(person, TEXT))
    for how in ("typed", "searched", "command", "pasted"):
        person.unlock()
        marker = enter_text(person, how)
        assert in_memory(person, marker)
        person.press(LOCK, LOCK)

        person.see("Unlock")
        person.until(lambda marker=marker: not in_memory(person, marker))


def enter_text(person: Person, how: str) -> str:
    """Opens a form and enters a text. Returns the text."""
    if how in ("searched", "command"):
        person.press(":" if how == "command" else PALETTE, *SEARCHED)
        marker = SEARCHED
    else:
        person.press("a" if how == "typed" else "g")
        if how == "pasted":
            person.press(ENTER)
            person.see("History")
            person.press("e")
            person.see("New value of a-text")
        marker = UNSTORED if how == "typed" else PASTED
        person.press(*(UNSTORED if how == "typed" else [SHOW, "\x01", pasted(PASTED)]))
    person.see(marker)
    return marker
