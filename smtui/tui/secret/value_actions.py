"""What a user does with a value without seeing it: copy a key of it, get a one-time code, open its URL, show a QR code.

The list of secrets and the screen of a secret share these actions. Each reads the value when it needs it.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence

from smtui.rules.key_roles import USER_NAME, find_key
from smtui.rules.one_time_code import parse_seed
from smtui.rules.web_url import check_url
from smtui.system.browser import open_in_browser
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import gesture, must_be_on_top
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.reading_screen import Answer
from smtui.tui.secret.code_dialog import CodeDialog
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret.qr_screen import QrScreen
from smtui.tui.secret.value_list import WHOLE_VALUE
from smtui.tui.secret.value_parts import ReadTarget

CODE_ROW = SafeText("one-time code")


class ValueActions(SessionScreen[Answer]):
    """Adds the actions to a screen that knows which secret they are for."""

    @abstractmethod
    async def read_target(self, title: SafeText) -> ReadTarget | None:
        """Reads the value, which the audit log records; None if the user stops the read.

        Args:
            title: what the value is read for.

        Raises:
            SmtuiError: the value could not be read.
        """

    @abstractmethod
    def name_target(self) -> SafeText | None:
        """The name of the secret; None if there is none."""

    async def read_for(self, title: str) -> ReadTarget | None:
        """Reads the value for an action. `title` has a place for the name of the secret."""
        name = self.name_target()
        return None if name is None else await self.read_target(sanitize(title.format(name)))

    # Copying.

    async def copy_part(self, target: ReadTarget) -> None:
        """Copies a value that has no keys; else asks which key, with the cursor on the password."""
        members, seed = target.members, target.find_code_part() if target.members else None
        if not members:
            await self.app.copy(target.value, target.name)
            return
        rows = [*(sanitize(member.key) for member in members), WHOLE_VALUE, *([CODE_ROW] if seed else [])]
        title = sanitize(f"Copy which key of {target.name}?")
        picked = await self.app.push_screen_wait(CopyDialog(title, rows, target.find_password() or 0))
        if picked is None:
            return
        if picked > len(members):
            await self._show_code(target)
        elif picked == len(members):
            await self.app.copy(target.value, f"{target.name}, {WHOLE_VALUE}")
        else:
            words, part = target.get_part(picked)
            await self.app.copy(part, words)

    @gesture
    async def action_copy_password(self) -> None:
        """Copies the password: the value itself if it has no keys. Asks for the key if none looks like a password."""
        target = await self.read_for("Copy the password of {}")
        if target is not None:
            await self._copy_found(target, target.find_password())

    @gesture
    async def action_copy_user(self) -> None:
        """Copies the user name. Asks for the key if none looks like one."""
        target = await self.read_for("Copy the user name of {}")
        if target is None:
            return
        if not target.members:
            self.say("This value has no user name: it is not a JSON object with keys.", severity="warning")
            return
        await self._copy_found(target, find_key([key for key, _ in target.pairs], USER_NAME))

    async def _copy_found(self, target: ReadTarget, index: int | None) -> None:
        if index is None:
            await self.copy_part(target)
        else:
            words, part = target.get_part(index)
            await self.app.copy(part, words)

    # One-time codes.

    @gesture
    async def action_code(self) -> None:
        """Copies the one-time code, and shows it with the seconds for which it is valid."""
        target = await self.read_for("One-time code of {}")
        if target is not None:
            await self._show_code(target)

    async def _show_code(self, target: ReadTarget) -> None:
        words, text = target.find_code_part() or (target.name, b"")
        if isinstance(text, bytes):
            self.say("No key of this value holds a one-time code seed (an otpauth:// URI, or a key such as totp).",
                     severity="warning")
            return
        seed = parse_seed(text)
        await self.app.copy(seed.compute_code(self.session.now()).code, f"{words}, one-time code")
        await self.app.push_screen_wait(CodeDialog(words, seed, self.session.now))

    # URL and QR code.

    @gesture
    async def action_open_url(self) -> None:
        """Opens the URL in the browser, after it was shown in full."""
        target = await self.read_for("Open the URL of {}")
        if target is None:
            return
        part = target.find_url_part()
        if part is None or isinstance(part[1], bytes):
            self.say("No key of this value holds a URL.", severity="warning")
            return
        url = check_url(part[1])
        question = Confirm(sanitize(f"Open the URL of {target.name} in the browser?"), sanitize(url), "Open")
        if await self.app.push_screen_wait(question):
            await asyncio.to_thread(open_in_browser, url)
            self.say("Opened in the browser.")

    @gesture
    async def action_qr_code(self) -> None:
        """Shows a key or the entire value as a QR code, until the reveal time is over."""
        target = await self.read_for("QR code of {}")
        if target is None:
            return
        picked: int | None = None
        if target.members:
            rows: Sequence[SafeText] = [*(sanitize(member.key) for member in target.members), WHOLE_VALUE]
            title = sanitize(f"Show which key of {target.name} as a QR code?")
            picked = await self.app.push_screen_wait(CopyDialog(title, rows, target.find_password() or 0, "Show"))
            if picked is None:
                return
        index = picked if picked is not None and picked < len(target.members) else None
        words, part = target.get_part(index)
        must_be_on_top()
        await self.app.push_screen_wait(QrScreen(words, part))
