"""KMS keys as a place: the list, making, naming and deleting a key, and choosing one elsewhere.

Belongs here: everything that shows or asks for a KMS key. Does not belong here: their operations (`smtui.engine`).
"""
