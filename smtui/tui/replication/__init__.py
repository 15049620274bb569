"""Screens for the replication of a secret: its replicas, and adding and removing them.

Belongs here: replica sets on the screen. Does not belong here: how replicas follow their primary (`smtui.engine`).
"""
