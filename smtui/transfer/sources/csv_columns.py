"""The CSV exports of password managers and browsers: how each is recognised by its header, and what a column means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CsvKind:
    """An export: its name as an origin, what it is, and the columns that it has, in small letters.

    `names_by_host` if a row is best named after the host of its URL and its user name. `root` if the first group is
    that of the database itself. `encodes_html` if it writes HTML entities for `&`, `<` and `>`, as some versions do.
    """

    origin: str
    what: str
    columns: frozenset[str]
    names_by_host: bool = False
    root: bool = False
    encodes_html: bool = False


def _declare(
    origin: str, what: str, columns: str, *, names_by_host: bool = False, root: bool = False, encodes_html: bool = False
) -> CsvKind:
    return CsvKind(origin, what, frozenset(columns.split(",")), names_by_host, root, encodes_html)


KINDS = (
    _declare("firefox", "Firefox", "url,username,password,httprealm,formactionorigin,guid", names_by_host=True),
    _declare("bitwarden", "Bitwarden", "type,name,login_uri,login_username,login_password"),
    _declare("lastpass", "LastPass", "url,username,password,extra,name,grouping", encodes_html=True),
    _declare("1password", "1Password", "title,url,username,password,otpauth,favorite,archived"),
    _declare("apple-passwords", "Apple Passwords", "title,url,username,password,notes,otpauth"),
    _declare("dashlane", "Dashlane", "username,title,password,note,url,category"),
    _declare("keepassxc", "KeePassXC", "group,title,username,password,url,notes", root=True),
    _declare("nordpass", "NordPass", "name,url,username,password,note,cardholdername"),
    _declare("keeper", "Keeper", "folder,title,login,password,website address,notes"),
    _declare("proton-pass", "Proton Pass", "type,name,url,username,password,note,totp"),
    _declare("roboform", "RoboForm", "name,url,login,pwd,note,folder"),
    _declare("keepass-1", "KeePass 1", "account,login name,password,web site,comments"),
    _declare("chrome", "Chrome or Edge", "name,url,username,password", names_by_host=True),
)
"""Every kind. Where the columns of one include those of another, it comes first."""
TITLES = ("title", "name", "account")
ROLES = {
    "url": "url", "login_uri": "url", "website address": "url", "web site": "url", "website": "url", "uri": "url",
    "username": "username", "login_username": "username", "login": "username", "login name": "username",
    "user name": "username", "user": "username", "password": "password", "login_password": "password",
    "pwd": "password", "notes": "notes", "note": "notes", "extra": "notes", "comments": "notes", "totp": "otp",
    "login_totp": "otp", "otpauth": "otp", "otpsecret": "otp", "otpurl": "otp", "otp": "otp",
}  # fmt: skip
"""The columns of standard fields, and ours for them. Other columns keep their names."""
FOLDERS = ("group", "grouping", "folder", "category", "collections", "vault")
ID = "guid"
TAGS = "tags"
ARCHIVED = "archived"
FIELDS = "fields"
"""Bitwarden's column of further fields: a line `NAME: VALUE` for each."""
IGNORED = frozenset({
    "icon", "last modified", "created", "favorite", "fav", "type", "reprompt", "timecreated", "timelastused",
    "timepasswordchanged", "createtime", "modifytime", "matchurl", ARCHIVED, ID, TAGS, FIELDS, *TITLES, *FOLDERS,
})  # fmt: skip
"""Columns that are no fields of a secret: names, folders, dates and flags."""


def find_kind(columns: frozenset[str]) -> CsvKind | None:
    """The kind of an export by its columns; any table with a name and a password is one; None for others."""
    for kind in KINDS:
        if kind.columns <= columns:
            return kind
    if columns & {*TITLES, "url"} and "password" in {ROLES.get(column) for column in columns}:
        return CsvKind("csv", "", frozenset(), names_by_host=not columns & {*TITLES})
    return None
