"""Reads an smtui vault without smtui: python read_vault.py VAULT [NAME [KEY_FILE]]

Lists the names of the secrets, or prints the current value of one. Needs: pip install sqlcipher3 cryptography
"""

import getpass
import hashlib
import sys
import unicodedata
from pathlib import Path

import sqlcipher3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MEMORY = {1: 65536, 2: 262144}  # KiB of Argon2id


def encode(*parts: str) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def expand(key: bytes, info: str, salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=info.encode()).derive(key)


def decrypt(sealed: bytes, key: bytes, purpose: str, *context: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], encode("1", purpose, *context))


path, name, key_file = (*sys.argv[1:4], "", "")[:3]
with Path(path).open("rb") as file:
    salt = file.read(16)
typed = unicodedata.normalize("NFC", getpass.getpass("Passphrase: ")).encode()
master = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=MEMORY[salt[0] & 0x7F]).derive(typed)
if salt[0] & 0x80:
    master = expand(master + hashlib.sha256(Path(key_file).read_bytes()).digest(), "smtui key file", salt)
page_key, root_key = expand(master, "smtui page key", salt), expand(master, "smtui root key", salt)
vault = sqlcipher3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
vault.execute(f"PRAGMA key = \"x'{page_key.hex()}{salt.hex()}'\"")
account = vault.execute("SELECT value FROM meta WHERE name = 'account_id'").fetchone()[0]
for region, found, suffix, version, form, wrapped, sealed, key_id, wrapped_key in vault.execute(
    "SELECT s.region, s.name, s.suffix, v.version_id, v.form, v.wrapped, v.sealed, k.key_id, k.wrapped FROM secrets s"
    " JOIN labels l ON l.secret = s.id AND l.label = 'AWSCURRENT' JOIN versions v ON v.id = l.version"
    " JOIN keys k ON k.id = v.key WHERE ?1 IN ('', s.name) ORDER BY s.name", (name,)):
    if not name:
        print(region, found)
        continue
    context = ("SecretARN", f"arn:aws:secretsmanager:{region}:{account}:secret:{found}-{suffix}",
               "SecretVersionId", version, form)
    kms_key = decrypt(wrapped_key, root_key, "kms key", key_id)
    sys.stdout.buffer.write(decrypt(sealed, decrypt(wrapped, kms_key, "data key", *context), "value", *context))
