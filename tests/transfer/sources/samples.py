"""Samples of every source, made here: each with the source that has to recognise it, None for one that is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping

from smtui.transfer.formats import ImportFormat

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"
ANSWER = {"ARN": ARN, "Name": "prod/db", "VersionId": "a" * 32, "SecretString": '{"a":1}',
          "VersionStages": ["AWSCURRENT"], "CreatedDate": 1523477145.713}
PAGE = {"SecretValues": [ANSWER], "Errors": [], "ResponseMetadata": {"HTTPStatusCode": 200}}


def encode(document: object) -> bytes:
    return json.dumps(document).encode()


SAMPLES: dict[str, tuple[bytes, ImportFormat | None]] = {
    "aws-answer": (encode(ANSWER), ImportFormat.AWS),
    "aws-boto3": (encode({**ANSWER, "ResponseMetadata": {"RequestId": "x"}}), ImportFormat.AWS),
    "aws-name-and-value": (encode({"Name": "a", "SecretString": "b"}), ImportFormat.AWS),
    "aws-page": (encode(PAGE), ImportFormat.AWS),
    "aws-pages": (encode([PAGE, {**PAGE, "NextToken": "t"}]), ImportFormat.AWS),
    "aws-lines": (b"\n".join([encode(ANSWER), encode({**ANSWER, "Name": "other"})]), ImportFormat.AWS),
    "aws-documents": (encode(PAGE) + json.dumps(PAGE, indent=2).encode(), ImportFormat.AWS),
    "smtui-export": (encode([{"Name": "a", "SecretString": "b", "Tags": []}]), ImportFormat.AWS),
    "json": (b'{"A": "1", "b/c": 5432, "D": true}', ImportFormat.JSON),
    "env": (b"# settings\nexport A=1\nB='x y'\n", ImportFormat.ENV),
    "env-empty": (b"\n# nothing\n", ImportFormat.ENV),
    "env-utf-16": ("A=ü\n".encode("utf-16"), ImportFormat.ENV),
}
"""The bytes of a file, and the source that recognises it."""

FOREIGN: Mapping[str, tuple[bytes, str]] = {
    "age": (b"age-encryption.org/v1\n-> X25519 x\n", "age -d"),
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
    "docker-config": (encode({"auths": {"registry": {"auth": "dTpw"}}}), "smtui set"),
    "aws-list": (encode({"SecretList": [{"ARN": ARN, "Name": "a"}]}), "batch-get-secret-value"),
    "aws-describe": (encode({"ARN": ARN, "Name": "a", "VersionIdsToStages": {}}), "batch-get-secret-value"),
    "aws-created": (encode({"ARN": ARN, "Name": "a", "VersionId": "v"}), "batch-get-secret-value"),
    "aws-versions": (encode({"Versions": [], "ARN": ARN, "Name": "a"}), "batch-get-secret-value"),
}
"""Files that are refused by name, and a part of the command or advice that comes with it."""
