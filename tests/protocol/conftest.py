"""The protocol is tested with the endpoint of a vault."""

from __future__ import annotations

from tests.server.conftest import ambient, caller, callers, endpoint, runtime, shared, signer

__all__ = ["ambient", "caller", "callers", "endpoint", "runtime", "shared", "signer"]
