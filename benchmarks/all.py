"""Every figure that smtui wants to hold, in one table: `python -m benchmarks.all [--size N] [--short] [--kept]`.

Runs the benchmarks that measure them, each in a process of its own, and reads what they keep as JSON; what fails is not
in the table. `--size` is the number of secrets of the large vault (500,000; the figures are wanted at that size).
`--short` is for continuous integration: 1,000 secrets, and without the tests, which it runs anyway. `--kept` runs
nothing and reads what earlier runs kept. Needs `pip install -e '.[test,bench]'`. It takes about an hour at full size,
ten minutes with 10,000 secrets, three in the short form.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SIZE = 500_000
SHORT_SIZE = 1_000


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, the most (or least) that is wanted, how it is read, and why it may be missed."""

    what: str
    wanted: float
    read: Callable[[], float]
    unit: str = ""
    is_least: bool = False
    why: str = ""

    def is_reached(self, found: float) -> bool:
        return found >= self.wanted if self.is_least else found <= self.wanted


def read_cell(module: str, row: str, column: str) -> float:
    """A cell of the table that a benchmark kept: the first row whose name begins with `row`."""
    rows: list[dict[str, Any]] = json.loads((HERE / f"{module}.json").read_text(encoding="utf-8"))
    for each in rows:
        if str(next(iter(each.values()))).startswith(row):
            return float(each[column])
    raise KeyError(f"{module}: {row}")


def list_figures(size: int) -> list[Figure]:
    large = f"{size:,}"

    def scale(row: str) -> Callable[[], float]:
        return lambda: read_cell("scale", row, large)

    def screens(row: str) -> Callable[[], float]:
        return lambda: read_cell("screens", row, large)

    def times(module: str, row: str, column: str) -> Callable[[], float]:
        return lambda: read_cell(module, row, column)

    def bulk(done: str, bare: str) -> Callable[[], float]:
        return lambda: ((read_cell("bulk", done, "CPU s") - read_cell("bulk", "smtui, opening", "CPU s"))
                        / read_cell("bulk", bare, "CPU s"))

    pilot = "the pilot that presses the keys is part of the figure"
    return [
        *(Figure(f"{large} secrets: {row}", 5, scale(row), "ms")
          for row in ("open", "get by name", "first page", "page of a prefix")),
        Figure(f"{large} secrets: memory without the TUI", 60, scale("memory"), "MiB"),
        Figure(f"{large} secrets: first list", 100, screens("first list"), "ms", why=pilot),
        Figure(f"{large} secrets: a key in the filter (p95)", 50, screens("a key in the filter, 95"), "ms", why=pilot),
        Figure(f"{large} secrets: a step down (p95)", 16, screens("a step down, 95"), "ms", why=pilot),
        Figure("get_secret_value, times faster than boto3 on moto", 6,
               times("against_moto", "get_secret_value", "times faster"), is_least=True,
               why="a commit that encrypts a page, for the event of each read; moto records nothing"),
        Figure("get_secret_value in a batch of reads, times faster than boto3 on moto", 15,
               times("against_moto", "get_secret_value, in", "times faster"), is_least=True,
               why="checking the request, two queries, the event and its digest are Python for each value"),
        *(Figure(f"{operation}, times faster than boto3 on moto", 2, times("against_moto", operation, "times faster"),
                 is_least=True, why="about ten encrypted pages and a wait for the disk; moto writes nothing")
          for operation in ("put_secret_value", "update_secret_version_stage")),
        Figure("smtui get beyond key derivation, bare interpreter starts", 6,
               times("start", "smtui get a, derivation aside", "times a bare interpreter"),
               why="loading cryptography and SQLite takes two; on a busy machine imports slow down more than a start"),
        Figure("smtui get through the agent, bare interpreter starts", 3,
               times("start", "smtui get a, with an agent", "times a bare interpreter")),
        Figure("smtui --help, bare interpreter starts", 5, times("start", "smtui --help", "times a bare interpreter")),
        Figure("first frame, times that of a minimal Textual app", 1.2,
               lambda: read_cell("start", "first frame of the unlock", "CPU ms")
               / read_cell("start", "first frame of a minimal", "CPU ms"),
               why="the program starts twice: once more with the allocator that overwrites freed memory"),
        Figure("import, times a bare load that seals", 2, bulk("smtui import", "bare load, sealed"),
               why="each secret is an operation with a checked request, an event in a chain and digests"),
        Figure("export, times a bare read that unseals", 5, bulk("smtui export", "bare read, unsealed"),
               why="each value is read as get reads it, with its event; the first of a day stores the day twice"),
        Figure("signed GetSecretValue over the endpoint, part of moto_server's", 0.45,
               times("endpoint", "signed GetSecretValue", "ratio")),
    ]


def list_tests() -> list[Figure]:
    """What is wanted and tested rather than measured."""
    return [
        Figure("AWS account, thirty gestures after a full list: failed tests of the calls made", 0, lambda: run_tests(
            "tests/backends/aws/test_list_index.py", "thirty_gestures or a_minute_later or once_a_minute")),
        Figure("kill -9, four writers, full disk: failed tests", 0, lambda: run_tests("tests/durability", "")),
    ]


def run_tests(path: str, chosen: str) -> float:
    """0 if the tests pass, else 1."""
    words = [sys.executable, "-m", "pytest", "-q", path, *(["-k", chosen] if chosen else [])]
    return float(subprocess.run(words, cwd=HERE.parent, check=False, stdout=subprocess.DEVNULL).returncode != 0)


def run_benchmarks(size: int) -> None:
    """Runs each benchmark. One that fails keeps no figures, nor those of an earlier run."""
    for words in (["harness", str(size)], ["scale", str(size)], ["screens", str(size)], ["against_moto"], ["start"],
                  ["bulk", str(size)], ["endpoint"]):
        print(f"python -m benchmarks.{' '.join(words)}", file=sys.stderr, flush=True)
        (HERE / words[0]).with_suffix(".json").unlink(missing_ok=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{words[0]}", *words[1:]], cwd=HERE.parent, check=False,
                       stdout=subprocess.DEVNULL)


def print_row(figure: Figure) -> None:
    """Measures a figure, or reads it, and prints what was found, and why if it is missed."""
    bound = f"{'at least' if figure.is_least else 'at most'} {figure.wanted:g} {figure.unit}".strip()
    try:
        found = figure.read()
    except (OSError, KeyError, ZeroDivisionError) as error:
        print(f"| {figure.what} | {bound} | not measured | {error} |", flush=True)
        return
    verdict = "reached" if figure.is_reached(found) else f"missed{': ' if figure.why else ''}{figure.why}"
    print(f"| {figure.what} | {bound} | {f'{found:,.3g} {figure.unit}'.strip()} | {verdict} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.all")
    parser.add_argument("--size", type=int)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--kept", action="store_true")
    options = parser.parse_args()
    size = options.size or (SHORT_SIZE if options.short else SIZE)
    if not options.kept:
        run_benchmarks(size)
    print("| figure | wanted | found | |\n| --- | --- | --- | --- |")
    for figure in [*list_figures(size), *([] if options.short else list_tests())]:
        print_row(figure)


if __name__ == "__main__":
    main()
