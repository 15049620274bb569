"""The clipboard: copies a value to it, and clears it again.

`backends` has each way to a clipboard and their order; `clipboard` copies with the first that works and keeps a
fingerprint of the copy, not the value; `watchdog` is a separate process that clears the clipboard even if this one is
killed. The TUI and the command line use it, so it knows neither Textual nor vaults. A new tool is a row in
`backends.TOOLS`.
"""
