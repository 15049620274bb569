"""What a service exchanges with systemd: the report that it is ready, and sockets that systemd has opened for it.

Sources: sd_notify(3), sd_listen_fds(3).
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress

from smtui.system.inheritance import list_activated_descriptors

VARIABLE = "NOTIFY_SOCKET"
READY = b"READY=1"
ACTIVATION = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def notify_ready() -> None:
    """Reports readiness if systemd waits for it, once. Programs that this process starts do not inherit the socket."""
    address = os.environ.pop(VARIABLE, "")
    if not address or sys.platform == "win32":
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"  # in the abstract namespace of unix(7)
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(READY, address)


def has_sockets() -> bool:
    """Whether systemd has opened sockets for this process that `take_sockets` has not returned yet."""
    return bool(list_activated_descriptors())


def take_sockets() -> list[socket.socket]:
    """The sockets that systemd has opened for this process, once. Programs that this process starts get none.

    Raises:
        OSError: a descriptor is no socket.
    """
    descriptors = list_activated_descriptors()
    for name in ACTIVATION:
        os.environ.pop(name, None)
    found = []
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
        found.append(socket.socket(fileno=descriptor))
        found[-1].setblocking(True)
    return found
