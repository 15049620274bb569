"""The screen Access: the agent and the endpoint of this vault, their callers and requests.

Belongs here: the screen. Does not belong here: starting and watching them (`smtui.tui.jobs.agent_access`), and what
they answer (`smtui.server`).
"""
