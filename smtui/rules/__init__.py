"""Rules that the engine and the front ends share: labels, schedules, cron, Regions, audit queries, safe writes.

Belongs here: rules that depend only on their arguments, so that a preview and the operation have the same result.
Does not belong here: code for disks, encryption keys or screens. Rules that only the engine uses are in `smtui.engine`.
"""
