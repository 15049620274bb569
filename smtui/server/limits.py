"""The default port of the endpoint, and when a vault is locked by default."""

from __future__ import annotations

PORT = 2773
"""The default port, which AWS's Secrets Manager Agent has too."""
IDLE_SECONDS = 15 * 60
"""A vault is locked after this time without a call."""
MAX_SECONDS = 8 * 60 * 60
"""A vault is locked after this time in any case."""
