"""The details of KMS keys that are read as the rows of the keys come into sight."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import getters
from textual.content import Content

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call, reading
from smtui.tui.kms.attributes import KeyAttributesScreen
from smtui.tui.kms.key_list import KeyList
from smtui.tui.kms.keys import KmsKey, read_details
from smtui.tui.notifications import explain_error
from smtui.tui.widgets.read_state import make_failed_state
from smtui.tui.widgets.table import Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

COUNTING = Content.styled("…", "$text-muted")
UNKNOWN = Content.styled("?", "$text-muted")
DETAILS_AT_ONCE = 4
"""How many keys are described at the same time, where each call waits for the network."""


class KeyDetailsScreen(KeyAttributesScreen):
    """A screen with a table of KMS keys, of which only the names may be known."""

    table = getters.query_one(Table)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.listed = KeyList()
        self._reading_details = False

    @property
    def current(self) -> KmsKey | None:
        key: KmsKey | None = self.table.current
        return key

    def on_mount(self) -> None:
        """In addition to `on_mount` of the base class, which Textual calls too."""
        self.watch(self.table, "scroll_y", self._notice_rows, init=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._notice_rows)

    def _notice_rows(self) -> None:
        """Other rows have come into sight."""
        self.read_details_in_sight()

    @reading
    async def read_details_in_sight(self) -> None:
        """Reads the details of the keys whose rows are visible, that under the cursor first, unless this runs."""
        if self._reading_details:
            return
        self._reading_details = True
        try:
            while wanted := self._list_lacking_in_sight():
                await asyncio.gather(*map(self._read_details, wanted[:DETAILS_AT_ONCE]))
                if self.vault.locked or not self.is_attached:
                    return
                self.table.put(self.listed.keys)
        finally:
            self._reading_details = False

    def _list_lacking_in_sight(self) -> list[KmsKey]:
        wanted = self.listed.list_lacking(self.table.things_in_sight)
        return sorted(wanted, key=lambda key: key is not self.current)

    async def read_details_of_current(self) -> None:
        """Reads the details of the key under the cursor, if they are not known."""
        key = self.current
        if key is not None and self.listed.list_lacking([key]):
            await self._read_details(key)
            self.table.put(self.listed.keys)

    async def _read_details(self, key: KmsKey) -> None:
        try:
            self.listed.add_details(await call(read_details, self.reader, key))
        except SmtuiError as error:
            self.listed.add_failure(key, make_failed_state(explain_error(error)).format_text(self.retry_key))

    def find_lacking_details(self, key: KmsKey) -> SafeText:
        if key.has_details:
            return SafeText("")
        return self.listed.find_failure(key) or super().find_lacking_details(key)

    def format_missing(self, key: KmsKey) -> Content:
        """The text of a cell whose content is not read."""
        return UNKNOWN if self.listed.find_failure(key) else COUNTING
