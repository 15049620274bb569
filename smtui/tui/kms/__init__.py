"""Screens for KMS keys: the list, creating, naming and deleting a key, and choosing a key.

Belongs here: screens that show or ask for a KMS key. Does not belong here: the KMS operations (`smtui.engine`).
"""
