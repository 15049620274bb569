"""Dialogs: modal screens that ask a question and return the answer. They use no client and no vault."""
