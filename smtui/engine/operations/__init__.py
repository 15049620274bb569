"""The operations by subject: one function each, with its declaration above it.

What does not belong here: what the pipeline does (existence, scheduled deletion, authorization, audit events). A new
operation gets its name into `smtui/engine/operation_modules.py`.
"""
