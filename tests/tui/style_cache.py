"""A cache for Textual's styles that lasts longer than one update of one app.

Finding the rules that apply to a widget takes a third of the time of a screen test, and each app, each opened dialog
and each change of the focus repeats it for widgets in the same state. The cache returns the same styles, because its
key is everything the rules can depend on: the rules themselves, and the type, id, classes and pseudo-classes of the
widget and of its ancestors. `test_style_cache.py` compares the styles with those that Textual finds without the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

State = tuple[Any, ...]
"""What rules can depend on in one node: type, id, classes, and the values of its pseudo-classes."""
Styles = dict[str, Any] | None
FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""Attributes of a node that `Stylesheet.apply` sets besides its styles."""
DEPEND_ON_SIBLINGS = Stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE
SAME_IN_THE_WHOLE_APP = frozenset({"dark", "light", "inline", "ansi", "nocolor"})
"""Pseudo-classes of the app, the first ancestor of each node."""
OPPOSITES = {"blur": "focus", "enabled": "disabled"}
OF_THE_NODE_ALONE: dict[str, Callable[[Any], bool]] = {"disabled": lambda node: node.disabled}
"""Checks without the ancestors, whose states are known anyway."""

_apply = Stylesheet.apply
_replace_rules: Callable[..., None] = Stylesheet.replace_rules
_sheets: dict[tuple[int, ...], SheetRules] = {}
"""By the ids of their rules, which no other rule can get while the rules are here."""
_numbers: dict[Any, int] = {}
"""Short names of long keys."""
_styles: dict[tuple[int, int], Found] = {}
"""By the number of the rules that may apply to a node, and the number of its path."""


class Selected(NamedTuple):
    """The rules that may apply to a node."""

    number: int
    depend_on_siblings: bool


class Found(NamedTuple):
    """What `Stylesheet.apply` found for a node: its styles, as given to it and as kept in it, and its flags."""

    styles: Styles
    in_node: dict[str, Any]
    flags: tuple[bool, ...]


class SheetRules:
    """The rules of a stylesheet.

    Args:
        sheet: The stylesheet.
    """

    def __init__(self, sheet: Stylesheet) -> None:
        self._rules, self._rules_map = sheet.rules, sheet.rules_map
        self._pseudo_classes = self._find_pseudo_classes()
        self._checks: dict[type, tuple[int, tuple[Callable[[Any], bool], ...]]] = {}
        self._by_path: dict[int, Selected] = {}
        self._by_names: dict[frozenset[str], Selected] = {}

    def _find_pseudo_classes(self) -> set[str]:
        """Returns the pseudo-classes that the rules name, with `focus` for `blur` and `disabled` for `enabled`."""
        named = set().union(*(rule.pseudo_classes for rule in self._rules))
        return {OPPOSITES.get(name, name) for name in named} - DEPEND_ON_SIBLINGS

    def select_for(self, node: DOMNode, path: int) -> Selected:
        """Returns the rules that may apply to a node. Nodes with the same path have the same type, id and classes."""
        if path not in self._by_path:
            self._by_path[path] = self.select(node._selector_names)
        return self._by_path[path]

    def select(self, names: Iterable[str]) -> Selected:
        """Returns the rules for a node with these selector names."""
        key = frozenset(names)
        if key not in self._by_names:
            limit = {id(rule) for name in self._rules_map.keys() & key for rule in self._rules_map[name]}
            rules = [rule for rule in self._rules if id(rule) in limit]
            depend = any(not rule.pseudo_classes.isdisjoint(DEPEND_ON_SIBLINGS) for rule in rules)
            self._by_names[key] = Selected(get_number(tuple(map(id, rules))), depend)
        return self._by_names[key]

    def find_path(self, node: Any, known: dict[Any, Any]) -> int:
        """Returns the number of the states of the node and its ancestors. `known` keeps those of ancestors."""
        above, parent = -1, node._parent
        if isinstance(parent, DOMNode):
            if parent not in known:
                known[parent] = self.find_path(parent, known)
            above = known[parent]
        return get_number((above, self._describe(node)))

    def _describe(self, node: DOMNode) -> State:
        kind = type(node)
        if kind not in self._checks:
            names = self._pseudo_classes if issubclass(kind, App) else self._pseudo_classes - SAME_IN_THE_WHOLE_APP
            named = sorted(names & kind._PSEUDO_CLASSES.keys())
            checks = tuple(OF_THE_NODE_ALONE.get(name, kind._PSEUDO_CLASSES[name]) for name in named)
            self._checks[kind] = get_number((kind, *named)), checks
        number, checks = self._checks[kind]
        return number, node._id, frozenset(node._classes), *[bool(check(node)) for check in checks]


def get_number(key: Any) -> int:
    return _numbers.setdefault(key, len(_numbers))


def find_sheet_rules(sheet: Any) -> SheetRules:
    """Returns the rules of a stylesheet. Sheets with the same rules, such as those of two apps, share them."""
    rules_map, found = sheet.rules_map, getattr(sheet, "_sheet_rules", None)
    if found is None or found[0] is not rules_map:
        key = tuple(map(id, sheet.rules))
        if key not in _sheets:
            _sheets[key] = SheetRules(sheet)
        found = sheet._sheet_rules = rules_map, _sheets[key]
    return cast("SheetRules", found[1])


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
        cache: Keeps the paths of nodes during one update.
    """
    rules, known = find_sheet_rules(sheet), {} if cache is None else cache
    path = rules.find_path(node, known)
    selected = rules.select_for(node, path)
    if selected.depend_on_siblings:
        _apply(sheet, node, animate=animate)
        return
    key = selected.number, path
    if key not in _styles:
        node._applied = None, 0
        _apply(sheet, node, animate=animate)
        flags = tuple(getattr(node, flag) for flag in FLAGS)
        _styles[key] = Found(node._applied[0], node.styles.base.get_rules(), flags)
        return
    found = _styles[key]
    for flag, value in zip(FLAGS, found.flags, strict=True):
        setattr(node, flag, value)
    if found.styles is not None:
        _apply_styles(node, found.styles, found.in_node, animate)
    _apply_component_styles(sheet, node, path)


def _apply_styles(node: Any, styles: dict[str, Any], in_node: dict[str, Any], animate: bool) -> None:
    base = node.styles.base
    if not base._rules and not node._is_mounted:  # a new node: nothing is replaced or drawn again
        base._rules.update(in_node)
        base._updates += 1
        node._applied = styles, base._updates
        node.notify_style_update()
    elif getattr(node, "_applied", None) != (styles, base._updates):
        replace_rules(node, styles, animate)
    elif not animate:
        node.notify_style_update()


def _apply_component_styles(sheet: Any, node: Any, path: int) -> None:
    """Applies the styles of component classes, unless nothing they depend on has changed.

    As `Stylesheet._process_component_classes`, which finds the path of the node again for each class.
    """
    names, rules = node._get_component_classes(), find_sheet_rules(sheet)
    depend = any(rules.select({"*", "DOMNode", f".{name}"}).depend_on_siblings for name in names)
    if not names or (not depend and getattr(node, "_applied_components", None) == (rules, path)):
        return
    before, known = node._component_styles.copy(), {node: path}
    node._component_styles.clear()
    for name in sorted(names):
        virtual = DOMNode(classes=name)
        virtual._attach(node)
        apply_from_cache(sheet, virtual, cache=known)
        node._component_styles[name] = virtual.styles
    if before != node._component_styles:
        node.refresh()
    node._applied_components = rules, path
