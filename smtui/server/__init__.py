"""Servers over an open vault: the HTTP endpoint for AWS SDKs, and the agent that keeps a vault unlocked.

Here belong protocols, connections, callers and limits. They call the clients of `smtui.backends`; what an operation
does, and what a command of the command line prints, belongs elsewhere. A new HTTP interface is a module beside
`aws_agent_interface`, and `endpoint` chooses between them.
"""
