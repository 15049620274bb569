"""Widgets: parts of a screen that take values and send messages. No widget uses a client or a vault."""
