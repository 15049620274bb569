"""Rotation of a secret, and rotation functions: screens, forms, and schedules as text.

Belongs here: what the user sees and sets of a rotation. Does not belong here: running a rotation (`smtui.rotation`),
and the worker that runs due rotations (`smtui.tui.jobs`).
"""
