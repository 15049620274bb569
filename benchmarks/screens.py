"""The list of secrets under the fingers: `python -m benchmarks.screens [SIZE...]`.

The real app on a real vault, typed into by Textual's pilot: CPU milliseconds from the unlocked vault to the first list
on the screen, and for a step down in the list, with what the pilot itself costs; then the same in the tree. A key in
the filter goes to the app without the pilot: CPU milliseconds of the screen's thread until its best matches are drawn,
and of all threads until every match is counted, which the next key would end. Keys in the filter are measured once all
names are read, which begins when the filter gets the focus.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from itertools import accumulate
from statistics import median
from time import process_time, thread_time
from typing import Any

from textual import events
from textual.pilot import Pilot

import smtui
from benchmarks.harness import PASSPHRASE, WORDS, memory, percentile, tell, vault_of
from smtui.tui.app import SmtuiApp
from smtui.tui.garbage_collection import COLLECTION
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


async def keystroke(app: SmtuiApp, character: str, typed: str) -> tuple[float, float]:
    """Types a character, and returns the milliseconds until its matches are drawn, and until all are counted."""
    drawn, display = asyncio.Event(), app._display
    ended: list[float] = []

    def note_drawn(*args: Any) -> None:
        display(*args)
        if is_found(app, typed) and not drawn.is_set():
            ended.append(thread_time())
            drawn.set()

    app._display = note_drawn  # type: ignore[method-assign]
    key = events.Key({":": "colon", "/": "slash"}.get(character, character), character)
    key.set_sender(app)
    started, began = thread_time(), process_time()
    app.post_message(key)
    async with asyncio.timeout(LONGEST):
        await drawn.wait()
        while not at_rest(app):
            await asyncio.sleep(0.01)
    app._display = display  # type: ignore[method-assign]
    return (ended[0] - started) * 1000, (process_time() - began) * 1000


async def keystrokes(app: SmtuiApp, pilot: Pilot[Any]) -> tuple[list[float], list[float]]:
    taken = []
    for word in TYPED:
        await pilot.press("slash")
        await until(pilot, lambda: at_rest(app))
        for typed in accumulate(word):
            taken.append(await keystroke(app, typed[-1], typed))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: at_rest(app))
    return [drawn for drawn, _ in taken], [whole for _, whole in taken]


def describe_keystrokes(where: str, drawn: list[float], whole: list[float]) -> dict[str, float]:
    return {
        f"a key in the filter{where}, median": median(drawn),
        f"a key in the filter{where}, 95th percentile": percentile(drawn, 0.95),
        f"a key in the filter{where}, longest": max(drawn),
        f"until all its matches are counted{where}, median": median(whole),
        f"until all its matches are counted{where}, 95th percentile": percentile(whole, 0.95),
    }


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
        **describe_keystrokes(" of the tree", *typed),
    }


async def of_size(size: int) -> dict[str, float]:
    gc.unfreeze()
    gc.collect()  # what the app of another size has left
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
            **describe_keystrokes("", *typed),
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
    COLLECTION.put_off()
    verifier.DELAY = 3600.0  # the verification after the unlock begins when it is measured
    columns = [asyncio.run(of_size(size)) for size in (sizes[0], *sizes)][1:]  # the first one loads everything
    tell(__file__, ["CPU ms", *(f"{size:,}" for size in sizes)],
         [[case, *(column[case] for column in columns)] for case in columns[0]])


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100_000, 500_000])
