"""The switches of an import: what else of a file becomes secrets, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum

from smtui.transfer.dotenv import EnvOptions
from smtui.transfer.item import Item, ItemState
from smtui.transfer.mapping import MappingOptions


class Switch(StrEnum):
    """One switch; its value is the word of the option on the command line, without dashes."""

    HISTORY = "history"
    ATTACHMENTS = "attachments"
    TRASH = "trash"
    SPLIT = "split"
    LAST = "last"
    UPPER = "upper"
    EXPAND = "expand"


NO_SWITCHES: frozenset[Switch] = frozenset()


def make_mapping_options(switches: Collection[Switch]) -> MappingOptions:
    """What they mean for the items of a source."""
    return MappingOptions(*(switch in switches for switch in
                            (Switch.HISTORY, Switch.ATTACHMENTS, Switch.TRASH, Switch.SPLIT)))


def make_env_options(switches: Collection[Switch]) -> EnvOptions:
    """What they mean for a `.env` file."""
    return EnvOptions(Switch.LAST in switches, Switch.EXPAND in switches, Switch.UPPER in switches)


def list_item_switches(items: Collection[Item]) -> Iterator[Switch]:
    """The switches that change what becomes of items."""
    if any(item.history for item in items):
        yield Switch.HISTORY
    if any(item.attachments for item in items):
        yield Switch.ATTACHMENTS
    if any(item.state is not ItemState.ACTIVE for item in items):
        yield Switch.TRASH
    if any(item.value is None and sum(map(bool, item.fields.values())) > 1 for item in items):
        yield Switch.SPLIT
