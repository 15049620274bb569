"""The list of secrets under the fingers: `python -m benchmarks.screens [SIZE...]`.

The real app on a real vault, typed into by Textual's pilot: CPU milliseconds from the unlocked vault to the first list
on the screen, for a key in the filter until its best matches stand there (without the pause in which more may be typed,
which costs nothing), and for a step down in the list; then the same in the tree. All with what the pilot itself
costs. Keys in the filter are measured once all names are read, which begins when the filter gets the focus.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from statistics import median
from time import process_time
from typing import Any

from textual.pilot import Pilot

import smtui
from benchmarks.harness import PASSPHRASE, WORDS, memory, percentile, tell, vault_of
from smtui.tui.app import SmtuiApp
from smtui.tui.jobs import verifier
from smtui.tui.secret_list.list_widget import SecretList

TYPED = ("prod", WORDS[11], "zzzz", "name:dev/", WORDS[40])
STEPS = 60
LONGEST = 600.0


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST):
        while not true():
            await pilot.pause()


def shown(app: SmtuiApp) -> SecretList | None:
    found = app.screen.query(SecretList)
    return found.first() if found else None


def at_rest(app: SmtuiApp) -> bool:
    return all(worker.is_finished for worker in app.workers if worker.group == "pages")


async def first_list(app: SmtuiApp, pilot: Pilot[Any], vault: smtui.Vault) -> float:
    started = process_time()
    await app.enter(vault)
    await until(pilot, lambda: (held := shown(app)) is not None and held.count > 0)
    return (process_time() - started) * 1000


def is_found(app: SmtuiApp, text: str) -> bool:
    """Whether the list shows what a text finds, and no better match can come."""
    held = shown(app)
    return held is not None and held.model.list_query.text == text and held.pending is None


async def keystrokes(app: SmtuiApp, pilot: Pilot[Any]) -> list[float]:
    taken = []
    for word in TYPED:
        await pilot.press("slash")
        await until(pilot, lambda: at_rest(app))
        for typed in accumulate(word):
            started = process_time()
            await pilot.press({":": "colon", "/": "slash"}.get(typed[-1], typed[-1]))
            await until(pilot, partial(is_found, app, typed))
            taken.append((process_time() - started) * 1000)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: at_rest(app))
    return taken


async def steps(app: SmtuiApp, pilot: Pilot[Any]) -> list[float]:
    taken = []
    for _ in range(STEPS):
        started = process_time()
        await pilot.press("down")
        taken.append((process_time() - started) * 1000)
    return taken


async def steps_during_verification(app: SmtuiApp, pilot: Pilot[Any]) -> list[float]:
    assert app.session is not None
    verified = asyncio.create_task(app.session.verifier.verify())
    await asyncio.sleep(0.1)
    taken = await steps(app, pilot)
    await app.session.verifier.stop()
    await verified
    return taken


async def tree_figures(app: SmtuiApp, pilot: Pilot[Any]) -> dict[str, float]:
    held = shown(app)
    assert held is not None
    started = process_time()
    await pilot.press("T")
    await until(pilot, lambda: held.model.tree is not None)
    first = (process_time() - started) * 1000
    await until(pilot, lambda: at_rest(app))
    whole = (process_time() - started) * 1000
    await pilot.press("home")
    expanded = []
    for key in ("right", "right", "right", "left", "left") * 4:
        started = process_time()
        await pilot.press(key)
        expanded.append((process_time() - started) * 1000)
    typed = await keystrokes(app, pilot)
    return {
        "the tree after T, first rows": first,
        "the tree after T, all counts": whole,
        "expanding or collapsing, 95th percentile": percentile(expanded, 0.95),
        "a key in the filter of the tree, median": median(typed),
        "a key in the filter of the tree, 95th percentile": percentile(typed, 0.95),
    }


async def of_size(size: int) -> dict[str, float]:
    path = vault_of(size)
    app = SmtuiApp(path)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = await first_list(app, pilot, smtui.open_vault(path, PASSPHRASE))
        await until(pilot, lambda: at_rest(app))
        moved, typed = await steps(app, pilot), await keystrokes(app, pilot)
        moved_during = await steps_during_verification(app, pilot)
        figures = {
            "first list after the vault is open": first,
            "a key in the filter, median": median(typed),
            "a key in the filter, 95th percentile": percentile(typed, 0.95),
            "a step down, median": median(moved),
            "a step down, 95th percentile": percentile(moved, 0.95),
            "a step down during the verification, median": median(moved_during),
            "a step down during the verification, 95th percentile": percentile(moved_during, 0.95),
            "a step down during the verification, longest": max(moved_during),
            "memory, MiB": memory(),
        }
        figures |= await tree_figures(app, pilot)
        await app.lock()
    return figures


def main(sizes: list[int]) -> None:
    verifier.DELAY = 3600.0  # the verification after the unlock begins when it is measured
    columns = [asyncio.run(of_size(size)) for size in (sizes[0], *sizes)][1:]  # the first one loads everything
    tell(__file__, ["CPU ms", *(f"{size:,}" for size in sizes)],
         [[case, *(column[case] for column in columns)] for case in columns[0]])


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100_000, 500_000])
