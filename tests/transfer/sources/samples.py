"""Samples of every source, made here: each with the source that has to recognise it, None for one that is refused."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Mapping

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from smtui.transfer import bitwarden_crypto
from smtui.transfer.formats import ImportFormat
from smtui.transfer.kdbx.container import SALSA20_STREAM
from tests.transfer.sources import kdbx_writer

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"
ANSWER = {"ARN": ARN, "Name": "prod/db", "VersionId": "a" * 32, "SecretString": '{"a":1}',
          "VersionStages": ["AWSCURRENT"], "CreatedDate": 1523477145.713}
PAGE = {"SecretValues": [ANSWER], "Errors": [], "ResponseMetadata": {"HTTPStatusCode": 200}}
PARAMETER = {"Name": "/prod/db/password", "Type": "SecureString", "Value": "s3cret", "Version": 3,
             "ARN": "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db/password"}
KV = {"request_id": "5b8e", "lease_id": "", "renewable": False, "lease_duration": 0, "warnings": None}
STATE = {
    "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {},
    "resources": [
        {"mode": "managed", "type": "aws_secretsmanager_secret", "name": "db", "instances": [
            {"attributes": {"arn": ARN, "name": "prod/db", "description": "orders", "tags": {"team": "a"}}}]},
        {"mode": "managed", "type": "aws_secretsmanager_secret_version", "name": "db", "instances": [
            {"attributes": {"arn": ARN, "secret_id": ARN, "secret_string": "s3cret",
                            "version_stages": ["AWSCURRENT"]}}]},
        {"mode": "managed", "type": "aws_ssm_parameter", "name": "p", "instances": [
            {"attributes": {"name": "/prod/flag", "value": "on", "type": "String"}}]},
        {"mode": "managed", "type": "random_password", "name": "r", "instances": [
            {"attributes": {"result": "s3cret"}}]},
    ],
}
SECRET_YAML = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: prod
  uid: 0f4e
  labels: {app: shop}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"s3cret"}}'
type: Opaque
data:
  password: czNjcmV0
  port: NTQzMgo=
stringData:
  user: ann
"""
PASSPHRASE = "the passphrase of the file"
BITWARDEN = {
    "encrypted": False,
    "folders": [{"id": "f1", "name": "Work/Mail"}],
    "items": [
        {"id": "i1", "folderId": "f1", "type": 1, "name": "Box", "notes": "two\nlines", "favorite": True,
         "login": {"username": "ann", "password": "third", "totp": "JBSWY3DP",
                   "uris": [{"match": None, "uri": "https://a.example"}, {"uri": "https://b.example"}],
                   "fido2Credentials": [{"credentialId": "x"}]},
         "fields": [{"name": "PIN", "value": "42", "type": 1}, {"name": "PIN", "value": "43", "type": 0},
                    {"name": "who", "value": None, "type": 3}, {"name": "on", "value": "true", "type": 2}],
         "passwordHistory": [{"lastUsedDate": "2026-02-01T00:00:00Z", "password": "second"},
                             {"lastUsedDate": "2026-01-01T00:00:00Z", "password": "first"}]},
        {"id": "i2", "folderId": None, "type": 2, "name": "A note", "notes": "text", "secureNote": {"type": 0}},
        {"id": "i3", "folderId": None, "type": 3, "name": "Visa", "notes": None,
         "card": {"cardholderName": "Ann", "brand": "Visa", "number": "4111", "expMonth": "1", "code": "123"}},
        {"id": "i4", "type": 1, "name": "Gone", "login": {"password": "x"}, "deletedDate": "2026-01-01T00:00:00Z"},
        {"id": "i5", "type": 5, "name": "Key", "sshKey": {"privateKey": "PRIVATE", "publicKey": "PUBLIC"}},
    ],
}
ENCRYPTED = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"
SOPS = {"mac": ENCRYPTED, "version": "3.9.0", "lastmodified": "2026-01-01T00:00:00Z", "age": []}
CSV = {
    "chrome": "name,url,username,password,note\na.example,https://a.example/login,ann,\"p,w\"\"1\",\n"
              "App,android://hash@com.app/,bob,x,\n",
    "firefox": '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed",'
               '"timePasswordChanged"\n"https://a.example","ann","pw",,"","{0f4e}","1700000000000","1","1"\n',
    "lastpass": "url,username,password,totp,extra,name,grouping,fav\nhttps://a.example,ann,p&amp;w,,note,Box,"
                "Work\\Mail,0\nhttp://sn,,,,the text,A note,,0\n",
    "1password": "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n"
                 "Box,https://a.example,ann,pw,otpauth://totp/x,false,true,home;mail,n\n",
    "apple-passwords": "Title,URL,Username,Password,Notes,OTPAuth\nBox,https://a.example,ann,pw,,\n",
    "dashlane": "username,username2,username3,title,password,note,url,category,otpSecret\n"
                "ann,second,,Box,pw,,https://a.example,Work,JBSW\n",
    "keepassxc": '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"\n'
                 '"Root/Mail","Box","ann","pw","https://a.example","two\nlines","","0","2026","2026"\n',
    "nordpass": "name,url,username,password,note,cardholdername,cardnumber,folder,type\nBox,https://a.example,ann,pw,,"
                ",,Work,password\n",
    "keeper": "Folder,Title,Login,Password,Website Address,Notes,Shared Folder\nWork,Box,ann,pw,https://a.example,,\n",
    "bitwarden": "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n"
                 "Work,,login,Box,,\"PIN: 42\nCode: 7\",0,https://a.example,ann,pw,JBSW\n",
    "proton-pass": "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault\n"
                   "login,Box,https://a.example,ann@a.example,ann,pw,,,1,1,Work\n",
    "csv": "Title;Password;Color\nBox;pw;blue\n",
}
"""A sample of each kind of CSV, by its origin."""
ONE_PUX = {"accounts": [{"vaults": [{"attrs": {"name": "Private"}, "items": [
    {"uuid": "u1", "state": "active", "categoryUuid": "001",
     "overview": {"title": "Box", "urls": [{"url": "https://a.example"}, {"url": "https://b.example"}],
                  "tags": ["home"]},
     "details": {
         "loginFields": [{"designation": "username", "value": "ann"}, {"designation": "password", "value": "second"}],
         "notesPlain": "n", "passwordHistory": [{"value": "first", "time": 1700000000}],
         "sections": [{"title": "More", "fields": [
             {"title": "PIN", "value": {"concealed": "42"}}, {"title": "code", "value": {"totp": "otpauth://totp/x"}},
             {"title": "mail", "value": {"email": {"email_address": "a@a.example", "provider": None}}},
             {"title": "PIN", "value": {"string": "43"}}, {"title": "until", "value": {"monthYear": 202712}},
             {"title": "home", "value": {"address": {"street": "Way 1", "city": "B", "zip": ""}}},
             {"title": "see", "value": {"reference": "u2"}},
             {"title": "paper", "value": {"file": {"fileName": "key.pem", "documentId": "d1"}}}]}]}},
    {"uuid": "u2", "state": "archived", "overview": {"title": "Old"}, "details": {"password": "x"}},
    {"item": {"uuid": "u3", "overview": {"title": "A note"}, "details": {"notesPlain": "text"}}},
]}]}]}


def encode(document: object) -> bytes:
    return json.dumps(document).encode()


def make_zip(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def encrypt_with_ansible(content: bytes, label: str = "") -> bytes:
    """A ansible-vault file, encrypted with PASSPHRASE."""
    derived = hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), b"salt" * 8, 10_000, 80)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(derived[:32]), modes.CTR(derived[64:])).encryptor()
    ciphertext = encryptor.update(padder.update(content) + padder.finalize())
    parts = (b"salt" * 8, hmac.digest(derived[32:64], ciphertext, "sha256"), ciphertext)
    body = b"\n".join(part.hex().encode() for part in parts).hex()
    head = f"$ANSIBLE_VAULT;1.2;AES256;{label}" if label else "$ANSIBLE_VAULT;1.1;AES256"
    return "\n".join([head, *(body[at : at + 80] for at in range(0, len(body), 80)), ""]).encode()


def protect_bitwarden(document: object, **kdf: int) -> dict[str, object]:
    """An export that is protected by PASSPHRASE, with a cheap key derivation."""
    head: dict[str, object] = {
        "encrypted": True, "passwordProtected": True, "salt": "c2FsdHNhbHRzYWx0c2FsdA==", "kdfType": 0,
        "kdfIterations": 2, "kdfMemory": None, "kdfParallelism": None, **kdf}
    keys = bitwarden_crypto.derive_keys(head, PASSPHRASE)
    return {**head, bitwarden_crypto.VALIDATION: keys.encrypt(b"0f4e", bytes(range(16))),
            bitwarden_crypto.DATA: keys.encrypt(encode(document), bytes(range(16, 32)))}


SAMPLES: dict[str, tuple[bytes, ImportFormat | None]] = {
    "aws-answer": (encode(ANSWER), ImportFormat.AWS),
    "aws-boto3": (encode({**ANSWER, "ResponseMetadata": {"RequestId": "x"}}), ImportFormat.AWS),
    "aws-name-and-value": (encode({"Name": "a", "SecretString": "b"}), ImportFormat.AWS),
    "aws-page": (encode(PAGE), ImportFormat.AWS),
    "aws-pages": (encode([PAGE, {**PAGE, "NextToken": "t"}]), ImportFormat.AWS),
    "aws-lines": (b"\n".join([encode(ANSWER), encode({**ANSWER, "Name": "other"})]), ImportFormat.AWS),
    "aws-documents": (encode(PAGE) + json.dumps(PAGE, indent=2).encode(), ImportFormat.AWS),
    "smtui-export": (encode([{"Name": "a", "SecretString": "b", "Tags": []}]), ImportFormat.AWS),
    "keepass-4": (kdbx_writer.write_4(kdbx_writer.make_document(), PASSPHRASE), ImportFormat.KEEPASS),
    "keepass-3": (kdbx_writer.write_3(kdbx_writer.make_document(SALSA20_STREAM), PASSPHRASE), ImportFormat.KEEPASS),
    "keepass-xml": (b'<?xml version="1.0" encoding="utf-8"?>\n' + kdbx_writer.make_document(None).encode(),
                    ImportFormat.KEEPASS),
    "bitwarden": (encode(BITWARDEN), ImportFormat.BITWARDEN),
    "bitwarden-protected": (encode(protect_bitwarden(BITWARDEN)), ImportFormat.BITWARDEN),
    "bitwarden-zip": (make_zip({"data.json": encode(BITWARDEN), "attachments/i1/key.pem": b"PEM"}),
                      ImportFormat.BITWARDEN),
    "ssm": (encode({"Parameters": [PARAMETER], "InvalidParameters": []}), ImportFormat.SSM),
    "ssm-one": (encode({"Parameter": PARAMETER}), ImportFormat.SSM),
    "ssm-list": (encode([PARAMETER]), ImportFormat.SSM),
    "terraform": (encode(STATE), ImportFormat.TERRAFORM),
    "terraform-show": (encode({"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {}}}),
                       ImportFormat.TERRAFORM),
    "kubernetes": (SECRET_YAML.encode(), ImportFormat.KUBERNETES),
    "kubernetes-list": (b"apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n",
                        ImportFormat.KUBERNETES),
    "kubernetes-json": (encode({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {}}),
                        ImportFormat.KUBERNETES),
    "kubernetes-manifest": (b"kind: Deployment\n---\n" + SECRET_YAML.encode(), ImportFormat.KUBERNETES),
    "vault-1": (encode({**KV, "data": {"user": "ann"}}), ImportFormat.VAULT),
    "vault-2": (encode({**KV, "data": {"data": {"user": "ann"}, "metadata": {"version": 2}}}), ImportFormat.VAULT),
    "vault-yaml": (b"request_id: x\nlease_id: ''\ndata:\n  user: ann\n", ImportFormat.VAULT),
    "azure": (encode({"id": "https://v.vault.azure.net/secrets/a/1", "name": "a", "value": "x"}), ImportFormat.AZURE),
    "azure-list": (encode([{"id": "https://v.vault.azure.net/secrets/a/1", "value": "x", "tags": None}]),
                   ImportFormat.AZURE),
    "gcp": (encode({"name": "projects/1/secrets/a/versions/2", "payload": {"data": "eA=="}}), ImportFormat.GCP),
    "doppler": (encode({"A": {"computed": "x", "raw": "x", "note": ""}}), ImportFormat.DOPPLER),
    "infisical": (encode([{"key": "A", "value": "x", "type": "shared", "tags": []}]), ImportFormat.INFISICAL),
    "infisical-api": (encode({"secrets": [{"secretKey": "A", "secretValue": "x"}]}), ImportFormat.INFISICAL),
    "chamber": (encode({"a": "x", "_chamber_metadata": {"a": {"version": 1}}}), ImportFormat.CHAMBER),
    **{f"csv-{origin}": (text.encode(), ImportFormat.CSV) for origin, text in CSV.items()},
    "csv-names": (b"key,value\nA,x\n", ImportFormat.CSV),
    "sops-json": (encode({"a": ENCRYPTED, "sops": SOPS}), ImportFormat.SOPS),
    "sops-yaml": (f"a: {ENCRYPTED}\nsops:\n    mac: x\n    version: 3.9.0\n".encode(), ImportFormat.SOPS),
    "sops-env": (f"A={ENCRYPTED}\nsops_version=3.9.0\nsops_mac=x\n".encode(), ImportFormat.SOPS),
    "sops-ini": (f"[a]\nb = {ENCRYPTED}\n[sops]\nversion = 3.9.0\n".encode(), ImportFormat.SOPS),
    "sops-kubernetes": (SECRET_YAML.encode() + b"sops:\n  mac: x\n  version: 3.9.0\n", ImportFormat.SOPS),
    "1pux": (make_zip({"export.attributes": b"{}", "export.data": encode(ONE_PUX), "files/d1__key.pem": b"PEM"}),
             ImportFormat.ONE_PUX),
    "ansible-vault": (encrypt_with_ansible(b"A=1\n"), ImportFormat.ANSIBLE_VAULT),
    "bitwarden-list": (encode([{"object": "item", "id": "i", "type": 1, "name": "Box", "login": {"password": "x"}}]),
                       ImportFormat.BITWARDEN),
    "aws-credentials": (b"# mine\n[default]\naws_access_key_id = AKIA\naws_secret_access_key = s%cret\n",
                        ImportFormat.AWS_CREDENTIALS),
    "netrc": (b"# mine\nmachine a.example login ann password s3cret\n", ImportFormat.NETRC),
    "netrc-lines": (b"machine a.example\n  login ann\n  password s3cret\n", ImportFormat.NETRC),
    "pgpass": (b"# mine\ndb.example:5432:shop:ann:a\\:b\n*:*:*:bob:x\n", ImportFormat.PGPASS),
    "json": (b'{"A": "1", "b/c": 5432, "D": true}', ImportFormat.JSON),
    "env": (b"# settings\nexport A=1\nB='x y'\n", ImportFormat.ENV),
    "env-empty": (b"\n# nothing\n", ImportFormat.ENV),
    "env-utf-16": ("A=ü\n".encode("utf-16"), ImportFormat.ENV),
}
"""The bytes of a file, and the source that recognises it."""

FOREIGN: Mapping[str, tuple[bytes, str]] = {
    "age": (b"age-encryption.org/v1\n-> X25519 x\n", "age -d -i IDENTITY some.file"),
    "pkcs12": (b"\x30\x82\x01\x0a\x02\x01\x03", "smtui set NAME --binary --file some.file"),
    "age-armor": (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "age -d"),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n\nhQ==\n", "gpg -d"),
    "openssl": (b"Salted__\x01\x02\x03", "openssl enc -d"),
    "git-crypt": (b"\0GITCRYPT\0\x01\x02", "git-crypt unlock"),
    "kdb": (b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5\0\0", "KeePassXC"),
    "gzip": (b"\x1f\x8b\x08\0", "gzip -dc"),
    "sqlite": (b"SQLite format 3\0\x10", "Export it in its own program"),
    "pem": (b"-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n", "--file"),
    "sealed": (b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {}\n", "kubectl get secret"),
    "external": (b"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {}\n", "kubectl get secret"),
    "azure-list": (encode([{"id": "https://v.vault.azure.net/secrets/a", "value": None}]), "az keyvault secret show"),
    "gcp-list": (encode([{"name": "projects/1/secrets/a", "createTime": "x"}]), "gcloud secrets versions access"),
    "bitwarden-account": (encode({"encrypted": True, "encKeyValidation_DO_NOT_EDIT": "2.a|b|c", "data": "2.a|b|c"}),
                          "Password protected"),
    "docker-config": (encode({"auths": {"registry": {"auth": "dTpw"}}}), "smtui set"),
    "aws-list": (encode({"SecretList": [{"ARN": ARN, "Name": "a"}]}), "batch-get-secret-value"),
    "aws-describe": (encode({"ARN": ARN, "Name": "a", "VersionIdsToStages": {}}), "batch-get-secret-value"),
    "aws-created": (encode({"ARN": ARN, "Name": "a", "VersionId": "v"}), "batch-get-secret-value"),
    "aws-versions": (encode({"Versions": [], "ARN": ARN, "Name": "a"}), "batch-get-secret-value"),
}
"""Files that are refused by name, and a part of the command or advice that comes with it."""
