"""A cache for Textual's styles that lasts longer than one update of one app.

Finding the rules that apply to a widget takes a third of the time of a screen test, and each app, each opened dialog
and each change of the focus repeats it for widgets in the same state. The cache returns the same styles, because its
key is everything the rules can depend on: the rules themselves, and the type, id, classes and pseudo-classes of the
widget and of its ancestors. `test_style_cache.py` compares the styles with those that Textual finds without the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

State = tuple[Any, ...]
"""What rules can depend on in one node: type, id, classes, and the values of its pseudo-classes."""
Styles = dict[str, Any] | None
FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""Attributes of a node that `Stylesheet.apply` sets besides its styles."""
DEPEND_ON_SIBLINGS = Stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE

_apply = Stylesheet.apply
_replace_rules: Callable[..., None] = Stylesheet.replace_rules
_known_rules: dict[tuple[int, ...], list[RuleSet]] = {}
"""The rules behind the ids in the keys of `_styles`. While they are here, no other rule can get their ids."""
_styles: dict[State, tuple[Styles, tuple[bool, ...]]] = {}


class Selected(NamedTuple):
    """The rules that may apply to a node."""

    ids: tuple[int, ...]
    depend_on_siblings: bool


class SheetRules:
    """The rules of a stylesheet between two changes of it."""

    def __init__(self, sheet: Stylesheet) -> None:
        self.rules_map = sheet.rules_map
        self._rules = sheet.rules
        self._selected: dict[frozenset[str], Selected] = {}
        self._checks: dict[type, tuple[Callable[[Any], bool], ...]] = {}
        self._pseudo_classes = set().union(*(rule.pseudo_classes for rule in self._rules)) - DEPEND_ON_SIBLINGS

    def select(self, names: Iterable[str]) -> Selected:
        """Returns the rules for a node with these selector names."""
        key = frozenset(names)
        if key not in self._selected:
            limit = {id(rule) for name in self.rules_map.keys() & key for rule in self.rules_map[name]}
            rules = [rule for rule in self._rules if id(rule) in limit]
            depend = any(not rule.pseudo_classes.isdisjoint(DEPEND_ON_SIBLINGS) for rule in rules)
            ids = tuple(map(id, rules))
            _known_rules[ids] = rules
            self._selected[key] = Selected(ids, depend)
        return self._selected[key]

    def describe(self, node: DOMNode) -> State:
        kind = type(node)
        if kind not in self._checks:
            self._checks[kind] = tuple(
                check for name, check in sorted(kind._PSEUDO_CLASSES.items()) if name in self._pseudo_classes
            )
        return kind, node._id, frozenset(node._classes), *[bool(check(node)) for check in self._checks[kind]]


def cache_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "apply", apply_from_cache)
    monkeypatch.setattr(Stylesheet, "replace_rules", staticmethod(replace_rules))


def replace_rules(node: Any, rules: dict[str, Any], animate: bool = False) -> None:
    """Replaces `Stylesheet.replace_rules`: notes in the node what was applied."""
    _replace_rules(node, rules, animate=animate)
    node._applied = rules, node.styles.base._updates


def apply_from_cache(
    sheet: Any, node: Any, *, animate: bool = False, cache: dict[Any, Any] | None = None
) -> None:
    """Replaces `Stylesheet.apply`.

    Args:
        sheet: The app's stylesheet.
        node: The node to which to apply it.
        animate: Whether to animate changes.
        cache: Keeps the states of nodes during one update.
    """
    rules_map, rules = sheet.rules_map, getattr(sheet, "_sheet_rules", None)
    if rules is None or rules.rules_map is not rules_map:
        rules = sheet._sheet_rules = SheetRules(sheet)
    selected = rules.select(node._selector_names)
    if selected.depend_on_siblings:
        _apply(sheet, node, animate=animate)
        return
    states = _describe_path(rules, node, {} if cache is None else cache)
    key = (selected.ids, states)
    if key not in _styles:
        node._applied = None, 0
        _apply(sheet, node, animate=animate)
        _styles[key] = node._applied[0], tuple(getattr(node, flag) for flag in FLAGS)
        return
    styles, flags = _styles[key]
    for flag, value in zip(FLAGS, flags, strict=True):
        setattr(node, flag, value)
    if styles is not None:
        _apply_styles(node, styles, animate)
    _apply_component_styles(sheet, rules, node, states)


def _describe_path(rules: SheetRules, node: Any, known: dict[Any, Any]) -> tuple[State, ...]:
    """Returns the states of the node and its ancestors; those of the ancestors are found once per update."""
    path: list[State] = [rules.describe(node)]
    parent = node._parent
    if isinstance(parent, DOMNode):
        if parent not in known:
            known[parent] = _describe_path(rules, parent, known)
        return *known[parent], path[0]
    return tuple(path)


def _apply_styles(node: Any, styles: dict[str, Any], animate: bool) -> None:
    if getattr(node, "_applied", None) != (styles, node.styles.base._updates):
        replace_rules(node, styles, animate)
    elif not animate:
        node.notify_style_update()


def _apply_component_styles(sheet: Any, rules: SheetRules, node: Any, states: tuple[State, ...]) -> None:
    """Applies the styles of component classes, unless nothing they depend on has changed."""
    names = node._get_component_classes()
    if not names:
        return
    now = rules, states
    depend = any(rules.select({"*", "DOMNode", f".{name}"}).depend_on_siblings for name in names)
    if depend or getattr(node, "_applied_components", None) != now:
        sheet._process_component_classes(node)
        node._applied_components = now
