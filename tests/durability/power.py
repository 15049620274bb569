"""Computes what a disk may contain after a power loss: everything that was synced, and any part of the rest.

File names are part of the folder, and are durable after the folder is synced.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.durability.disk import Disk, Said, Step

SECTOR = 512
Taken = Callable[[Step], Iterator[slice]]
"""Yields the parts of a write that reached the disk."""


@dataclass(frozen=True, slots=True)
class Left:
    """The files after a number of steps, and the last acknowledgement before the power loss."""

    files: tuple[tuple[str, bytes], ...]
    said: int
    after: str

    def put(self, folder: Path) -> None:
        """Creates the folder with these files."""
        folder.mkdir()
        for name, content in self.files:
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)


class _Platter:
    """The durable and the pending changes of the folder and of each file in it."""

    def __init__(self, disk: Disk) -> None:
        self._names = {name: number for name, (number, _) in disk.before.items()}
        self._content = {number: bytearray(content) for number, content in disk.before.values()}
        self._renaming: list[dict[str, int | None]] = []
        self._writing: dict[int, list[Step]] = {number: [] for number in self._content}
        self._unknown: set[int] = set()

    def take(self, step: Step) -> None:
        name = Path(step.path).name
        match step.kind:
            case "make":
                self._content[step.file], self._writing[step.file] = bytearray(), []
                self._renaming.append({name: step.file})
                # SQLite syncs the folder when it first syncs a new log or journal.
                if name.endswith(("-wal", "-journal")):
                    self._unknown.add(step.file)
            case "write" | "cut":
                self._writing[step.file].append(step)
            case "sync":
                _write(self._content[step.file], self._writing[step.file], whole)
                self._writing[step.file] = []
                if step.file in self._unknown:
                    self._unknown.remove(step.file)
                    self._sync_folder()
            case "remove":
                self._renaming.append({name: None})
            case "rename":
                self._renaming.append({Path(step.target).name: step.file, name: None})
            case "sync folder":
                self._sync_folder()

    def _sync_folder(self) -> None:
        self._names = self._named(len(self._renaming))
        self._renaming = []

    def _named(self, arrived: int) -> dict[str, int]:
        names: dict[str, int | None] = dict(self._names)
        for change in self._renaming[:arrived]:
            names |= change
        return {name: number for name, number in names.items() if number is not None}

    def left(self, taken: Taken, arrived: int) -> tuple[tuple[str, bytes], ...]:
        """Returns the files after the first `arrived` folder changes, with the write parts that `taken` yields."""
        files = []
        for name, number in sorted(self._named(arrived).items()):
            content = bytearray(self._content[number])
            _write(content, self._writing[number], taken)
            files.append((name, bytes(content)))
        return tuple(files)

    def outcomes(self, chance: random.Random) -> Iterator[tuple[tuple[str, bytes], ...]]:
        """Yields five outcomes: no change, all changes, only names, only content, and a random mixture."""
        every = len(self._renaming)
        yield self.left(nothing, 0)
        yield self.left(whole, every)
        yield self.left(nothing, every)
        yield self.left(whole, 0)
        yield self.left(lambda step: some(step, chance), chance.randint(0, every))


def whole(step: Step) -> Iterator[slice]:
    yield slice(0, len(step.data))


def nothing(step: Step) -> Iterator[slice]:
    yield from ()


def some(step: Step, chance: random.Random) -> Iterator[slice]:
    """Yields all sectors of a write, none, or a random half."""
    share = chance.choice((0, 0.5, 1))
    for start in range(0, len(step.data), SECTOR):
        if chance.random() < share:
            yield slice(start, start + SECTOR)


def _write(content: bytearray, steps: list[Step], taken: Taken) -> None:
    for step in steps:
        if step.kind == "cut":
            if any(True for _ in taken(Step("write", step.path, data=b"cut"))):
                del content[step.size :]
            continue
        for part in taken(step):
            data, start = step.data[part], step.size + part.start
            content.extend(bytes(max(0, start - len(content))))
            content[start : start + len(data)] = data


def losses(disk: Disk, chance: random.Random, share: float = 1) -> Iterator[Left]:
    """Yields what may remain after a power loss before the first step, after each step, and at the end.

    Args:
        disk: The recorded steps.
        chance: The source of randomness.
        share: The share of the steps after which a power loss is tried.
    """
    platter, said, seen = _Platter(disk), 0, set()
    for number, noted in enumerate([None, *disk.noted]):
        if isinstance(noted, Said):
            said = noted.what
        elif noted is not None:
            platter.take(noted)
        for files in platter.outcomes(chance) if chance.random() < share else ():
            if (said, files) not in seen:
                seen.add((said, files))
                yield Left(files, said, f"step {number}, {noted and noted.description}")
