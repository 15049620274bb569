"""Tells systemd that a service is ready, with its notification socket. Source: sd_notify(3)."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress

VARIABLE = "NOTIFY_SOCKET"
READY = b"READY=1"


def notify_ready() -> None:
    """Reports readiness if systemd waits for it, once. Programs that this process starts do not inherit the socket."""
    address = os.environ.pop(VARIABLE, "")
    if not address or sys.platform == "win32":
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"  # in the abstract namespace of unix(7)
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(READY, address)
