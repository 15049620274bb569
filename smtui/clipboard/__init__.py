"""The clipboard: how a value gets onto it, and how it gets off again.

`ways` knows each way there is and their order; `clipboard` copies by the first that works and remembers what it left
there, without remembering the value; `guard` is a process of its own that clears after us whatever becomes of us.
Screens and commands both use it, so nothing here knows Textual, a vault or a secret. A new tool is a row in `ways`.
"""
