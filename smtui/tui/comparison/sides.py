"""The other side of a comparison: a Region of an open context, and how the user chooses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.comparison.names import NameRules, parse_rules
from smtui.comparison.plan import PlannedSide
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

QUESTION = SafeText("Compare with")
NAMES = SafeText("Names here=names there, such as dev/=prod/ (empty: the same names)")
PREFIXES = SafeText("Names on the left=names on the right, such as dev/=prod/")
OTHER_PREFIX = "other names in this Region"
LONGEST_RULE = 1_100


@dataclass(frozen=True, slots=True)
class OtherSide:
    """A Region of an open context, and the names that are compared."""

    session: Session
    region: str
    rules: NameRules = field(default_factory=NameRules)

    @property
    def title(self) -> SafeText:
        return format_side(self.session, self.region)

    def plan(self) -> PlannedSide:
        return plan_side(self.session, self.region)

    @contextmanager
    def open(self, own: Session, vault: Vault) -> Iterator[Vault]:
        """The vault of this side for the thread of a job, whose own vault is that of session `own`."""
        if self.session is own:
            yield vault
        else:
            with self.session.vault.reopen() as other:
                yield other


def format_side(session: Session, region: str) -> SafeText:
    """The name of the context and the Region."""
    name = session.vault.path.name if session.vault.can.has_file else session.vault.title
    return sanitize(f"{name} {region}")


def plan_side(session: Session, region: str) -> PlannedSide:
    """A side as the file of a plan names it."""
    name = str(session.vault.path.absolute()) if session.vault.can.has_file else session.vault.title
    return PlannedSide(f"{name}@{region}", session.vault.account_id, region)


async def choose_side(app: Shell, session: Session) -> OtherSide | None:
    """Asks for the other side and the names. None if the user cancels. Raises SmtuiError."""
    sides = [OtherSide(each, each.region) for each in app.sessions if each is not session]
    counts: Mapping[str, int | None] = await call(session.vault.regions)
    sides += [OtherSide(session, region) for region, count in sorted(counts.items())
              if region != session.region and count != 0]
    items = [*(side.title for side in sides), SafeText(OTHER_PREFIX)]
    chosen = await app.push_screen_wait(Pick(QUESTION, items))
    if chosen is None:
        return None
    return await ask_names(app, sides[chosen] if chosen < len(sides) else OtherSide(session, session.region), session)


async def ask_names(app: Shell, side: OtherSide, session: Session) -> OtherSide | None:
    """Asks which names belong together. None if the user cancels."""
    is_here = side.session is session and side.region == session.region
    typed = await app.push_screen_wait(OneLine(
        PREFIXES if is_here else NAMES, longest=LONGEST_RULE, noun="FROM=TO" if is_here else "",
        find_problem=_find_problem))
    return None if typed is None else OtherSide(side.session, side.region, _parse_rules(typed))


def _find_problem(line: str) -> str:
    try:
        _parse_rules(line)
    except SmtuiError as error:
        return str(error)
    return ""


def _parse_rules(line: str) -> NameRules:
    """The rules of a line, separated by spaces. Raises InvalidRuleError."""
    return parse_rules(line.split())
