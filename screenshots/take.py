"""Takes the pictures of the README: drives the program over sample secrets and saves what is on its screen.

    pip install -e '.[pictures]' && python screenshots/take.py

Writes NAME.svg and NAME.png beside this file. The sample secrets are those of `smtui --demo`.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from contextlib import chdir
from pathlib import Path
from typing import cast

import resvg_py
from film import Frame, film
from textual._context import visible_screen_stack
from textual.pilot import Pilot

from smtui.backends.demo import open_demo
from smtui.tui.app import SmtuiApp
from smtui.tui.help.places import COMPARE, PLACES, SECRETS
from smtui.tui.secret.tabs import POLICY, TABS
from smtui.tui.shell import Place

HERE = Path(__file__).parent
WIDTH_IN_PIXELS = 1600
SETTINGS = "/home/you/.config/smtui/config.toml"
"""The path that screens show. There is no such file, so the settings are the defaults."""
FONT = "DejaVu Sans Mono"
"""Has every glyph of the screens; Debian's fonts-dejavu-core."""
Steps = Callable[[Pilot[None]], Awaitable[None]]


async def seen(pilot: Pilot[None], words: str) -> None:
    """Waits until the words stand on the screen."""
    async with asyncio.timeout(20):
        while words not in _read_screen(cast("SmtuiApp", pilot.app)):
            await pilot.pause()
    await pilot.pause()


def _read_screen(app: SmtuiApp) -> str:
    """What the next frame would show; with what is behind a dialog, which keeps what it drew there."""
    visible_screen_stack.set(app._background_screens)
    return "".join(segment.text for line in app.screen._compositor.render_strips() for segment in line)


async def unlock(pilot: Pilot[None]) -> None:
    await seen(pilot, "assphrase")
    await pilot.press(*"opensesame")


async def listed(pilot: Pilot[None]) -> None:
    await seen(pilot, "10 secrets")
    await pilot.press("j", "j", "j")
    await settled(pilot)


async def filtered(pilot: Pilot[None]) -> None:
    await seen(pilot, "10 secrets")
    await pilot.press("slash", *"tag:team=payments", "enter", "space", "space")
    await seen(pilot, "marked")


async def planned(pilot: Pilot[None]) -> None:
    await filtered(pilot)
    await pilot.press("d")
    await seen(pilot, "Delete 2 secrets?")


async def opened(pilot: Pilot[None]) -> None:
    await seen(pilot, "10 secrets")
    await pilot.press("j", "j", "enter")
    await seen(pilot, "r to reveal")


async def secret(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await pilot.press("r")
    await seen(pilot, "username")
    await pilot.press("g", "j", "r")
    await seen(pilot, "db.payments.example")


async def carried(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await pilot.press("2", "j", "m", "j", "enter")
    await seen(pilot, "Cancel")


async def compared(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await pilot.press("2", "j", "equals_sign")
    await seen(pilot, "newer)")


async def generator(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await pilot.press("p")
    await seen(pilot, " bits")


async def shown_help(pilot: Pilot[None]) -> None:
    await seen(pilot, "10 secrets")
    await pilot.press("question_mark")
    await seen(pilot, "Keys of this screen")


SECRET_OF_PART = {"Rotation": "staging/mail/smtp", "Replication": "prod/web/tls"}
"""The secret that shows most in a part, if that is not the main database's."""


def part(number: int) -> Steps:
    """A part of a secret."""

    async def steps(pilot: Pilot[None]) -> None:
        if name := SECRET_OF_PART.get(TABS[number - 1]):
            await seen(pilot, "10 secrets")
            await pilot.press("slash", *f"name:{name}", "enter")
            await seen(pilot, "1 of 10")
            await pilot.press("enter")
            await seen(pilot, "r to reveal")
        else:
            await opened(pilot)
        await pilot.press(str(number))
        await settled(pilot)

    return steps


async def policy(pilot: Pilot[None]) -> None:
    """A template, before it is attached."""
    await part(POLICY)(pilot)
    await pilot.press("B")
    await settled(pilot)
    await pilot.press("enter")
    await settled(pilot)


def place(where: Place) -> Steps:
    async def steps(pilot: Pilot[None]) -> None:
        await seen(pilot, "10 secrets")
        await cast("SmtuiApp", pilot.app).go_to(where)
        await settled(pilot)

    return steps


async def compare(pilot: Pilot[None]) -> None:
    """The staging secrets beside the production secrets of the same Region."""
    await place(COMPARE)(pilot)
    await pilot.press("f5")
    await seen(pilot, "Compare with")
    await pilot.press(*"other", "enter")
    await seen(pilot, "Names on the left")
    await pilot.press(*"staging/=prod/", "enter")
    await seen(pilot, "payments/db")
    await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    """What a screen reads when it is shown has had its time."""
    for _ in range(30):
        await pilot.pause()


PICTURES: dict[str, Steps] = {
    "unlock": unlock, "list": listed, "filter": filtered, "deletion": planned, "secret": secret, "label-move": carried,
    "compared": compared,
    **{TABS[number - 1].lower(): part(number) for number in range(3, len(TABS) + 1)},
    "policy": policy,
    **{where.words.lower().replace(" ", "-"): place(where) for where in PLACES if where is not SECRETS},
    "compare": compare, "generator": generator, "help": shown_help,
}  # fmt: skip


async def take(name: str, steps: Steps) -> None:
    with open_demo() as sample, chdir(sample.vault.path.parent):
        locked = name == "unlock"
        app = SmtuiApp(Path(sample.vault.path.name), vault=None if locked else sample.vault)
        async with app.run_test(size=(110, 30)) as pilot:
            await steps(pilot)
            save(name, app.export_screenshot(title="smtui"))


def save(name: str, svg: str) -> None:
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    local = re.sub(r"@font-face\s*{[^}]*}", "", svg).replace("Fira Code", FONT)
    (HERE / f"{name}.png").write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=local, width=WIDTH_IN_PIXELS)))


# What is pressed, what is then seen, and for how many seconds it stands.
LABEL_MOVE = (
    ((), "10 secrets", 1.5, "List of secrets"), (("j", "j", "enter"), "r to reveal", 1.5, "Enter opens one"),
    (("2",), "Versions", 2.0, "2 shows the versions and their labels"),
    (("j", "m"), "◂ AWSCURRENT ▸", 1.5, "m picks up a label"), (("j",), "◂ AWSCURRENT ▸", 1.5, "j carries it on"),
    (("enter",), "Cancel", 3.5, "Enter drops it and shows a preview"),
    (("enter",), "AWSCURRENT 2026-q1", 2.5, "Enter confirms"), (("u",), "Undo?", 2.5, "u previews the undo"),
    (("enter",), "AWSPREVIOUS 2026-q1", 2.0, "Enter undoes the move"),
)


async def shoot() -> None:
    """A label is carried to another version, and back."""
    frames = []
    with open_demo() as sample, chdir(sample.vault.path.parent):
        app = SmtuiApp(Path(sample.vault.path.name), vault=sample.vault)
        async with app.run_test(size=(80, 24)) as pilot:
            for pressed, words, seconds, caption in LABEL_MOVE:
                await pilot.press(*pressed)
                await seen(pilot, words)
                frames.append(Frame(app.export_screenshot(title="smtui"), seconds, caption))
    (HERE / "label-move-film.svg").write_text(film(frames), encoding="utf-8")


async def main() -> None:
    os.environ["SMTUI_CONFIG"] = SETTINGS
    for name, steps in PICTURES.items():
        await take(name, steps)
    await shoot()


if __name__ == "__main__":
    asyncio.run(main())
