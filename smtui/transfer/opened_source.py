"""`OpenedSource`: a file that was recognised, decrypted and read once, to make secrets of it more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from smtui.transfer.dotenv import EnvOptions
from smtui.transfer.entry import Entry
from smtui.transfer.entry_limits import drop_reserved_tags
from smtui.transfer.errors import DuplicateNamesError
from smtui.transfer.item import LeftBehind, SourceContent
from smtui.transfer.mapping import MappingOptions, list_left_behind, map_items
from smtui.transfer.switches import NO_SWITCHES, Switch, list_item_switches, make_env_options, make_mapping_options

SEVERAL_VALUES = "has several values"


@dataclass(frozen=True, slots=True)
class FileContent:
    """The entries of a file, and what it is; `notes` are sentences about what it lacks.

    `refused` has the names of entries that cannot be imported as they are, each with the reason. `opened` makes other
    entries of the same file.
    """

    entries: list[Entry]
    notes: list[str]
    what: str = ""
    left_behind: list[LeftBehind] = field(default_factory=list)
    is_encrypted: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    opened: OpenedSource | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """What a source has read.

    Attributes:
        name: the name of the file in messages.
        content: what the source returned; of a `.env` file, read without any switch.
        origin: the value of the tag `imported-from`.
        read_variables: reads a `.env` file again with other options; None for every other source.
        around: what the file is that this was in, encrypted; empty if it was not.
    """

    name: str
    content: SourceContent = field(repr=False)
    origin: str
    read_variables: Callable[[EnvOptions], SourceContent] | None = None
    around: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether the file is encrypted, so that it may stay where it is."""
        return self.content.is_encrypted or bool(self.around)

    def make_entries(self, options: MappingOptions, content: SourceContent | None = None) -> FileContent:
        """Makes entries of the content, or of another one that was read from the same file."""
        content = content or self.content
        mapped = map_items(content.items, self.origin, options)
        reserved: Counter[str] = Counter()
        entries = [*(drop_reserved_tags(entry, reserved) for entry in content.entries), *mapped.entries]
        count = f"{len(entries):,} secret{'' if len(entries) == 1 else 's'}"
        around = f" It was encrypted: {self.around}." if self.around else ""
        left_behind = [*content.left_behind, *mapped.left_behind, *list_left_behind(reserved)]
        return FileContent(entries, content.notes, f"{self.name}: {content.what}, {count}.{around}",
                           left_behind, self.is_encrypted, opened=self)

    def apply_switches(self, switches: frozenset[Switch] = NO_SWITCHES) -> FileContent:
        """The entries with some switches on. Names with several values are refused, unless `LAST` is on.

        Raises:
            UnreadableFileError: if `EXPAND` is on, and a variable refers to one that is not there.
        """
        options = make_mapping_options(switches)
        if self.read_variables is None:
            return _take_last_values(self.make_entries(options), is_wanted=Switch.LAST in switches)
        env_options = make_env_options(switches)
        refused: Mapping[str, str] = {}
        try:
            content = self.read_variables(env_options)
        except DuplicateNamesError as error:
            content = self.read_variables(replace(env_options, last=True))
            names = (name.upper() if env_options.upper else name for name in error.names)
            refused = dict.fromkeys(names, SEVERAL_VALUES)
        return replace(self.make_entries(options, content), refused=refused)

    def list_switches(self) -> frozenset[Switch]:
        """The switches that change anything."""
        repeated = [Switch.LAST] if self.read_variables is None and self.apply_switches().refused else []
        return frozenset([*list_item_switches(self.content.items), *self._list_variable_switches(), *repeated])

    def _list_variable_switches(self) -> list[Switch]:
        if self.read_variables is None:
            return []
        entries = self.content.entries
        means = {
            Switch.LAST: bool(self.apply_switches().refused),
            Switch.UPPER: any(entry.name != entry.name.upper() for entry in entries),
            Switch.EXPAND: any("$" in entry.value for entry in entries if isinstance(entry.value, str)),
        }
        return [switch for switch, changes in means.items() if changes]


def _take_last_values(content: FileContent, *, is_wanted: bool) -> FileContent:
    """One entry for each name: the last one. If that is not wanted, those given several times are refused."""
    counts = Counter(entry.name for entry in content.entries)
    if len(counts) == len(content.entries):
        return content
    repeated = () if is_wanted else (name for name, count in counts.items() if count > 1)
    last = {entry.name: entry for entry in content.entries}
    return replace(content, entries=[*last.values()], refused=dict.fromkeys(repeated, SEVERAL_VALUES))
