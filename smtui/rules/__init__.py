"""Pure rules that the engine and the front ends share: labels, schedules, cron, Regions, the audit query.

Belongs here: a rule that decides from its arguments alone, so that a preview and the operation cannot disagree.
Does not belong here: disk, keys, screens. A new rule that two packages need gets a module here; a rule that only the
engine needs stays in `smtui.engine`.
"""
