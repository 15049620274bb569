"""`~/.aws/credentials`: the access keys of each profile."""

from __future__ import annotations

import configparser

from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.item import Item, LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

KEY_ID, SESSION = "aws_access_key_id", "aws_session_token"


def recognise(file: SourceFile) -> bool:
    text = file.text or ""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and line[0] not in "#;"), "")
    return first.startswith("[") and first.endswith("]") and KEY_ID in text and file.json_documents is None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    parser = configparser.ConfigParser(interpolation=None, default_section="\0")
    try:
        parser.read_string(file.require_text())
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        place = f"{file.name}, line {line}" if line else file.name
        raise make_unreadable_error(place, "this is not valid in a file of profiles") from None
    content = SourceContent("AWS access keys")
    for name in parser.sections():
        profile = {key: value for key, value in parser[name].items() if value}
        if KEY_ID in profile:
            title = name.removeprefix("profile ").strip()
            content.items.append(Item(title, f"{file.name}, profile {title}", ("aws",), profile, id=f"aws/{title}"))
    temporary = sum(SESSION in item.fields for item in content.items)
    if temporary:
        content.notes.append(f"{file.name}: {temporary:,} profile{'' if temporary == 1 else 's'} with a session token, "
                             "which expires.")
    if without := len(parser.sections()) - len(content.items):
        content.left_behind.append(LeftBehind(without, "profile without an access key",
                                              "profiles without access keys"))
    return content
