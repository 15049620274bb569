"""Tests of `smtui.backends`: contexts that give clients."""
