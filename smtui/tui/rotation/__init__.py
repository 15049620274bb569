"""Rotation of a secret, and rotation functions: screens, forms, and schedules as text.

Belongs here: what a person sees and sets of a rotation. Does not belong here: running one (`smtui.rotation`) and the
worker that runs what is due (`smtui.tui.jobs`).
"""
