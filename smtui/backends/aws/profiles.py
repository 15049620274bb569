"""The profiles of `~/.aws/config` and `~/.aws/credentials`, without their credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WAYS = {"sso_session": "SSO", "sso_start_url": "SSO", "login_session": "login", "mfa_serial": "MFA",
         "credential_process": "credential_process", "web_identity_token_file": "web identity"}
"""A setting of a profile, and how one signs in if it is there."""


@dataclass(frozen=True, slots=True)
class AwsProfile:
    """A profile: its name, Region (or empty) and how one signs in, in words."""

    name: str
    region: str
    sign_in: str


def list_profiles() -> list[AwsProfile]:
    """All profiles, sorted by name; none if boto3 is not installed or the file cannot be read. No request is sent."""
    try:
        import botocore.session
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return []
    try:
        profiles: Mapping[str, Any] = botocore.session.Session().full_config.get("profiles", {})
    except BotoCoreError:
        return []
    return [describe_profile(name, profiles[name]) for name in sorted(profiles)]


def describe_profile(name: str, settings: Mapping[str, Any]) -> AwsProfile:
    """Describes a profile by its settings, as botocore reads them."""
    ways = dict.fromkeys(word for setting, word in _WAYS.items() if setting in settings)
    if arn := str(settings.get("role_arn", "")):
        ways[f"role {arn.rpartition('/')[2]}"] = None
    if not ways and "aws_access_key_id" in settings:
        ways["access key"] = None
    return AwsProfile(name, str(settings.get("region", "")), ", ".join(ways))
