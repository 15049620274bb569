"""Environment variables from secrets.

Each key of a JSON object becomes a variable of that name; any other value becomes one variable named after the secret.
A name that is legal stays as it is: `prod/API_key` is API_key without the prefix `prod/`. Any other gets capitals, and
`_` for characters that variable names cannot have: `prod/api-key` is PROD_API_KEY. Two values cannot have the same
name, and no name may decide what programs do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from smtui.text.json_object import JsonMember, LoneSurrogateError, read_object
from smtui.transfer.errors import InvalidVariableError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
DANGEROUS = tuple((re.compile(names, re.IGNORECASE), effect) for names, effect in (
    (r"PATH|PATHEXT|COMSPEC", "decides which programs run"),
    (r"LD_.*|DYLD_.*|LIBPATH|SHLIB_PATH|GCONV_PATH|GLIBC_TUNABLES|OPENSSL_(CONF|MODULES|ENGINES)",
     "decides which code programs load"),
    (r"PYTHON(PATH|HOME|STARTUP|USERBASE|BREAKPOINT|PLATLIBDIR)|PERL5(OPT|LIB|DB)|PERLLIB|RUBY(OPT|LIB)|GEM_(HOME|PATH)"
     r"|BUNDLE_GEMFILE|NODE_(OPTIONS|PATH)|(JAVA_TOOL|JDK_JAVA|_JAVA)_OPTIONS|CLASSPATH|LUA_(PATH|CPATH|INIT).*|PHPRC"
     r"|PHP_INI_SCAN_DIR|DOTNET_STARTUP_HOOKS|(COR|CORECLR)_(ENABLE_PROFILING|PROFILER.*)",
     "decides which code interpreters load"),
    (r"IFS|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|FPATH|CDPATH|GLOBIGNORE",
     "decides what shells do"),
    (r"GIT_.*", "decides what git does"),
    (r"EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|LESSOPEN|LESSCLOSE|(SSH|SUDO)_ASKPASS", "decides which programs run"),
    (r"(HTTPS?|ALL|FTP|NO|WSS?|RSYNC)_PROXY", "decides where network traffic goes"),
    (r"SSL_CERT_(FILE|DIR)|(REQUESTS|CURL|AWS)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED",
     "decides which servers are trusted"),
    (r"SMTUI_.*", "decides what smtui does"),
))
"""Variables that loaders, shells and programs obey: the name of a key or a secret must not be enough to set one."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How variables are named.

    Attributes:
        upper: in capitals, also where a name is legal.
        qualified: after the secret and the key, so that equal keys of several secrets differ.
        skip: names of variables, or of secrets, that are not wanted.
    """

    upper: bool = False
    qualified: bool = False
    skip: frozenset[str] = frozenset()

    def is_skipped(self, *names: str) -> bool:
        """Whether something with these names is not wanted."""
        return not self.skip.isdisjoint(names)


DEFAULT_NAMING = Naming()


@dataclass(frozen=True, slots=True)
class VariableTarget:
    """`[VARIABLE=]NAME[#KEY]`, as a user wrote it. `source` is everything behind the `=`, `name` is without the key."""

    chosen_name: str | None
    source: str
    name: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; `source` is the secret, or `NAME#KEY`, of its value. `is_derived` if its name had to be changed."""

    name: str
    value: str = field(repr=False)
    source: str
    is_derived: bool = False


def make_variables(
    name: str, value: str | bytes, prefix: str = "", *, source: str = "", naming: Naming = DEFAULT_NAMING
) -> Iterator[Variable]:
    """The variables of one secret, whose names omit `prefix`. Raises InvalidVariableError.

    `source` is the secret as the user wrote it, with its version; by default its name.
    """
    source = source or name
    if naming.is_skipped(name, source):
        return
    for variable in _list_variables(name, value, prefix, source, naming):
        if not naming.is_skipped(variable.name, variable.source):
            check_name(variable.name, variable.source)
            yield variable


def _list_variables(name: str, value: str | bytes, prefix: str, source: str, naming: Naming) -> Iterator[Variable]:
    text = _to_text(value, source)
    held = read_object(text)
    cut = name.removeprefix(prefix) or name
    if held is None:
        named = name_variable(cut, source, naming, is_secret=True)
        yield Variable(named, text, source, is_derived=named != cut)
        return
    for member in held.members:
        of_key = f"{source}#{member.key}"
        named = f"{cut}/{member.key}" if naming.qualified else member.key
        yield Variable(name_variable(named, of_key, naming, is_secret=naming.qualified),
                       _to_text(_get_member_text(member, of_key), of_key), of_key)


def split_target(word: str) -> tuple[str | None, str]:
    """The variable in `VARIABLE=NAME`, or None, and the target behind it."""
    before, equals, after = word.partition("=")
    return (before, after) if equals and NAME.fullmatch(before) else (None, word)


def make_target_variables(
    target: VariableTarget, secret: str, value: str | bytes, naming: Naming = DEFAULT_NAMING
) -> Iterator[Variable]:
    """The variables of a target that was read: one for a key or a chosen name, else those of the whole secret.

    Args:
        target: what the user wrote.
        secret: the name of the secret.
        value: the value of the target.
        naming: how variables are named.

    Raises:
        InvalidVariableError: a name or a value that no variable can have.
    """
    if target.key is None and target.chosen_name is None:
        yield from make_variables(secret, value, source=target.name, naming=naming)
        return
    named = f"{secret}/{target.key}" if naming.qualified else str(target.key)
    name = target.chosen_name or name_variable(named, target.source, naming, is_secret=naming.qualified)
    yield make_variable(name, value, target.source, is_chosen=target.chosen_name is not None)


def name_variable(text: str, source: str, naming: Naming, *, is_secret: bool) -> str:
    """The name of a variable: the text where that is legal. Raises InvalidVariableError if no letter is left.

    Args:
        text: the name of a secret, or a key.
        is_secret: whether it is the name of a secret, which gets capitals where it has to be changed.
    """
    is_changed = NAME.fullmatch(text) is None
    name = clean_name(text, source) if is_changed else text
    return name.upper() if naming.upper or (is_changed and is_secret) else name


def make_variable(name: str, value: str | bytes, source: str, *, is_chosen: bool = False) -> Variable:
    """One variable; `is_chosen` if the user chose its name. Raises InvalidVariableError."""
    if not is_chosen:
        check_name(name, source)
    return Variable(name, _to_text(value, source), source)


def check_name(name: str, source: str) -> None:
    """Raises InvalidVariableError if programs obey a variable of this name."""
    for names, effect in DANGEROUS:
        if names.fullmatch(name):
            raise InvalidVariableError(
                f"{source} would set {name}, which {effect}.",
                hint=f"To leave it out: --skip {name}. To set it on purpose, with exec: {name}={source}")


def _get_member_text(member: JsonMember, source: str) -> str:
    """A decoded string, any other JSON value in its spelling. Raises InvalidVariableError."""
    try:
        return member.get_encodable_text()
    except LoneSurrogateError as error:
        raise InvalidVariableError(f"{source} cannot be a variable. {error}", hint=error.hint) from None


class VariableNames:
    """The names that are in use, and the source of each. Derived names differ from all others in more than capitals."""

    def __init__(self, *, ignore_case: bool = False) -> None:
        self._variables: dict[str, Variable] = {}
        self._capitals: dict[str, Variable] = {}
        self._derived: dict[str, Variable] = {}
        self._ignore_case = ignore_case

    def add(self, variable: Variable) -> None:
        """Reserves the variable's name. Raises InvalidVariableError if another value has it."""
        capitals, own = variable.name.upper(), variable.source
        near = self._capitals if self._ignore_case or variable.is_derived else self._derived
        for other in (self._variables.get(variable.name), near.get(capitals)):
            if other is not None and other.source != own:
                name = other.name if other.is_derived else variable.name
                raise InvalidVariableError(f"{name} would come both from {other.source} and from {own}.",
                                           hint=f"Choose another name for one of them, with exec: OTHER_NAME={own}; "
                                                "or use --qualified, or --skip NAME.")
        self._variables[variable.name] = self._capitals[capitals] = variable
        if variable.is_derived:
            self._derived[capitals] = variable


def clean_name(text: str, source: str) -> str:
    """Turns text into a variable's name. Raises InvalidVariableError if no letter or digit is left."""
    name = _OTHER.sub("_", text)
    if not name.strip("_"):
        raise InvalidVariableError(
            f"{source} has no letter or digit for a variable name.", hint=f"Choose a name: NAME={source}"
        )
    return f"_{name}" if name[0].isdigit() else name


def _to_text(value: str | bytes, source: str) -> str:
    if isinstance(value, bytes):
        raise InvalidVariableError(f"The value of {source} is binary; a variable must be text.")
    if "\0" in value:
        raise InvalidVariableError(f"The value of {source} has a NUL character, which a variable cannot have.")
    return value
