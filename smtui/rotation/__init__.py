"""Rotation: takes secrets through the four steps, with rotation functions that are registered in the vault.

The package uses boto3's calling shape and the calls of `api.extensions`; it knows neither the engine, the vault file
nor the TUI. A new kind of function is a module here and a line in `runner.KINDS`.
"""
