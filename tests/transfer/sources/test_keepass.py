"""KeePass databases: every cipher and key derivation, what an entry becomes, and files that ask for too much."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path

import pytest

from smtui.transfer import formats
from smtui.transfer.entry import Entry
from smtui.transfer.errors import SourcePassphraseError, UnreadableFileError
from smtui.transfer.kdbx import container, keys
from smtui.transfer.kdbx.container import AES, CHACHA20, CHACHA20_STREAM, SALSA20_STREAM, TWOFISH
from smtui.transfer.kdbx.keys import ARGON2D, ARGON2ID
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources import keepass
from tests.transfer.sources import kdbx_writer
from tests.transfer.sources.kdbx_writer import AES_UUID, describe_kdf, make_document, write_3, write_4
from tests.transfer.sources.samples import PASSPHRASE

KEY = SourceKey(PASSPHRASE)
BOTH_VERSIONS = [write_3(make_document(SALSA20_STREAM), PASSPHRASE), write_4(make_document(), PASSPHRASE)]
NAMES = ["Broken", "Mail/Box", "Mail/Inner/Other-box"]


def read(raw: bytes, key: SourceKey = KEY, **options: bool) -> formats.FileContent:
    return formats.read_source(SourceFile(raw, "old.kdbx"), None, key, MappingOptions(**options))


def get(content: formats.FileContent, name: str) -> Entry:
    return next(entry for entry in content.entries if entry.name == name)


@pytest.mark.parametrize("raw", [
    write_3(make_document(SALSA20_STREAM), PASSPHRASE),
    write_4(make_document(SALSA20_STREAM), PASSPHRASE, stream=SALSA20_STREAM),
    *(write_4(make_document(CHACHA20_STREAM), PASSPHRASE, cipher=cipher, kdf=kdf)
      for cipher in (AES, CHACHA20) for kdf in (AES_UUID, ARGON2D, ARGON2ID)),
    make_document(None).encode(),
], ids=["3.1", "4 with Salsa20", *(f"{cipher} {kdf}" for cipher in ("AES", "ChaCha20")
                                   for kdf in ("AES-KDF", "Argon2d", "Argon2id")), "XML"])
def test_every_version_cipher_and_key_derivation_opens(raw: bytes) -> None:
    found = read(raw)

    assert [entry.name for entry in found.entries] == NAMES
    assert json.loads(str(get(found, "Mail/Box").value)) == {
        "username": "ann", "password": "second", "url": "https://a.example", "otp": "JBSWY3DP", "notes": "two\nlines",
        "PIN": "42"}


def test_a_database_of_another_program_opens() -> None:
    """Made with PyKeePass 4.2: an entry in a group, with a key file, an attachment and an older password."""
    folder = Path(__file__).with_name("files")
    key = SourceKey("pw", (folder / "keepass.key.raw").read_bytes())

    found = read((folder / "keepass-4-key-file.raw").read_bytes(), key, history=True, attachments=True)

    entry = get(found, "Mail/Posteo")
    assert json.loads(str(entry.value)) == {"username": "ann", "password": "newer", "url": "https://example.com",
                                            "notes": "n", "PIN": "42"}
    assert json.loads(str(entry.history[0]))["password"] == "s3cret"
    assert get(found, "Mail/Posteo/k.pem").value == b"PEM"


def test_references_tags_ids_and_what_stays_behind() -> None:
    found = read(write_4(make_document(), PASSPHRASE, binaries=[b"PEM"]))

    assert json.loads(str(get(found, "Mail/Inner/Other-box").value)) == {"username": "bob", "password": "second"}
    tags = {tag["Key"]: tag["Value"] for tag in get(found, "Mail/Box").metadata["Tags"]}
    assert tags == {"home": "", "mail": "", "imported-from": "keepass", "imported-id": f"{1:032x}"}
    assert "KeePass 4 database with 4 entries in 4 groups" in found.what
    assert [str(each) for each in found.left_behind] == [
        "1 reference to another entry that does not exist", "1 older value (--history imports it)",
        "1 attachment (--attachments imports it)", "1 item in the trash (--trash imports it)"]
    assert found.is_encrypted


def test_history_attachments_and_trash_come_along() -> None:
    found = read(write_4(make_document(), PASSPHRASE, binaries=[b"PEM"]), history=True, attachments=True, trash=True)

    assert [json.loads(str(value))["password"] for value in get(found, "Mail/Box").history] == ["first"]
    assert get(found, "Mail/Box/key.pem").value == b"PEM"
    assert get(found, "Bin/Gone").value == "old"


def test_an_xml_export_has_its_attachments() -> None:
    """KeePass writes them, mostly compressed, into a pool at the beginning."""
    packed, plain = (b64encode(content).decode() for content in (gzip.compress(b"PEM"), b"text"))
    entry = kdbx_writer.entry([("Title", "Box"), ("Password", "x")], None, more=(
        '<Binary><Key>key.pem</Key><Value Ref="0"/></Binary><Binary><Key>a.txt</Key><Value Ref="1"/></Binary>'))
    pool = f'<Binaries><Binary ID="0" Compressed="True">{packed}</Binary><Binary ID="1">{plain}</Binary></Binaries>'
    raw = kdbx_writer.document(entry).replace("<Meta>", f"<Meta>{pool}").encode()

    entries = read(raw, attachments=True).entries
    assert [(entry.name, entry.value) for entry in entries] == [
        ("Box", "x"), ("Box/key.pem", b"PEM"), ("Box/a.txt", b"text")]
    assert str(read(raw).left_behind[-1]) == "2 attachments (--attachments imports them)"
    with pytest.raises(UnreadableFileError, match="damaged or incomplete"):
        read(raw.replace(packed.encode(), b"AAAA"))


XML_1 = b'<?xml version="1.0"?><KeyFile><Meta><Version>1.00</Version></Meta><Key><Data>' \
    b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=</Data></Key></KeyFile>"
XML_2 = b'<KeyFile><Meta><Version>2.0</Version></Meta><Key><Data Hash="630DCD29">\n' \
    b"  00010203 04050607 08090A0B 0C0D0E0F\n  10111213 14151617 18191A1B 1C1D1E1F\n</Data></Key></KeyFile>"


@pytest.mark.parametrize("key_file", [XML_1, XML_2, bytes(range(32)), bytes(range(32)).hex().encode()])
def test_every_kind_of_key_file_is_the_same_key(key_file: bytes) -> None:
    assert keys.read_key_file(key_file) == bytes(range(32))


@pytest.mark.parametrize(("made", "passphrase"), [(PASSPHRASE, PASSPHRASE), (None, ""), ("", "")])
def test_a_key_file_opens_with_or_without_a_passphrase(made: str | None, passphrase: str) -> None:
    raw = write_4(make_document(), made, b"any file")

    assert len(read(raw, SourceKey(passphrase, b"any file")).entries) == 3
    with pytest.raises(SourcePassphraseError):
        read(raw, SourceKey(passphrase, b"another"))


@pytest.mark.parametrize("raw", BOTH_VERSIONS, ids=["3.1", "4"])
def test_without_its_passphrase_it_says_what_it_needs(raw: bytes) -> None:
    with pytest.raises(SourcePassphraseError, match="needs its own passphrase") as caught:
        read(raw, SourceKey())
    assert not caught.value.is_wrong
    with pytest.raises(SourcePassphraseError, match="wrong") as caught:
        read(raw, SourceKey("hunter2"))
    assert caught.value.is_wrong
    assert "hunter2" not in str(caught.value) + repr(SourceKey("hunter2", b"hunter2"))


# Hostile files.


@pytest.mark.parametrize(("kdf", "reason"), [
    (describe_kdf(AES_UUID, rounds=1 << 40), "rounds"), (describe_kdf(ARGON2ID, memory=1 << 40), "MiB of memory"),
    (describe_kdf(ARGON2D, memory=1 << 29, passes=1 << 20), "passes"), (describe_kdf(ARGON2ID, lanes=1 << 20), "lanes"),
    (kdbx_writer.variants([(0x42, "$UUID", bytes(16))]), "unknown"),
], ids=["AES-KDF", "memory", "passes", "lanes", "unknown"])
def test_a_key_derivation_that_costs_too_much_is_not_begun(kdf: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read(write_4(make_document(), PASSPHRASE, kdf_field=kdf))


NUMBER, BYTES = 0x05, 0x42


@pytest.mark.parametrize(("kdf", "name", "kind"), [
    (AES_UUID, "$UUID", NUMBER), (AES_UUID, "S", NUMBER), (AES_UUID, "R", BYTES),
    (ARGON2ID, "S", NUMBER), *((ARGON2ID, name, BYTES) for name in "MIP"),
])  # fmt: skip
def test_a_parameter_of_another_type_is_refused(kdf: str, name: str, kind: int) -> None:
    parameters = {"$UUID": (BYTES, bytes.fromhex(kdf)), "S": (BYTES, bytes(32)),
                  **dict.fromkeys("RMIP", (NUMBER, b"\1" + bytes(7))), name: (kind, bytes(8))}
    raw = kdbx_writer.variants([(kind, name, value) for name, (kind, value) in parameters.items()])

    with pytest.raises(UnreadableFileError, match="damaged or incomplete"):
        read(write_4(make_document(), PASSPHRASE, kdf_field=raw))


def test_a_zip_bomb_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_CONTENT", 1 << 20)
    raw = write_4("", PASSPHRASE, content=gzip.compress(bytes(1 << 22)))

    with pytest.raises(UnreadableFileError, match="larger than 1 MiB"):
        read(raw)


def test_many_small_bombs_stop_at_the_limit_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_CONTENT", 1 << 20)
    bomb = b64encode(gzip.compress(bytes(1 << 18))).decode()
    pool = "".join(f'<Binary ID="{id}" Compressed="True">{bomb}</Binary>' for id in range(5))
    document = kdbx_writer.document("").replace("<Meta>", f"<Meta><Binaries>{pool}</Binaries>")

    for raw in (document.encode(), write_3(document, PASSPHRASE)):
        with pytest.raises(UnreadableFileError, match="larger than 1 MiB"):
            read(raw)


@pytest.mark.parametrize("document", [
    '<!DOCTYPE x [<!ENTITY a "aaaa">]><KeePassFile>&a;</KeePassFile>', "<KeePassFile>", "", "<a>" * 10,
    kdbx_writer.document("".join("<Group>" for _ in range(100)) + "".join("</Group>" for _ in range(100))),
])  # fmt: skip
def test_a_hostile_document_is_refused(document: str) -> None:
    with pytest.raises(UnreadableFileError, match=r"old\.kdbx"):
        read(write_4(document, PASSPHRASE))
    if "KeePassFile" in document:
        with pytest.raises(UnreadableFileError, match=r"old\.kdbx"):
            read(document.encode())


@pytest.mark.parametrize("last", ["x", ""])
def test_references_that_grow_without_limit_are_refused(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry refers nine times to the one before it."""
    monkeypatch.setattr(keepass, "MAX_INSERTED", 1000)
    passwords = [last, *(f"{{REF:P@I:{id:032x}}}" * 9 for id in range(8))]
    entries = [kdbx_writer.entry([("Password", text)], None, id=id) for id, text in enumerate(passwords)]

    with pytest.raises(UnreadableFileError, match="insert more than 1,000 characters"):
        read(kdbx_writer.document("".join(entries)).encode())


def test_twofish_says_what_to_choose() -> None:
    with pytest.raises(UnreadableFileError, match="Twofish") as caught:
        read(write_4(make_document(), PASSPHRASE, cipher=TWOFISH))

    assert "AES or ChaCha20" in caught.value.hint


@pytest.mark.parametrize("raw", BOTH_VERSIONS, ids=["3.1", "4"])
def test_a_damaged_file_is_refused_in_a_sentence(raw: bytes) -> None:
    for end in range(8, len(raw) - 1, 37):
        with pytest.raises((UnreadableFileError, SourcePassphraseError), match=r"old\.kdbx"):
            read(raw[:end])
    for at in range(12, len(raw), 101):
        with pytest.raises((UnreadableFileError, SourcePassphraseError)):
            read(raw[:at] + bytes([raw[at] ^ 255]) + raw[at + 1 :])
