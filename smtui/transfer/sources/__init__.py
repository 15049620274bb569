"""Import sources: one module for each, with `recognise` and `read`.

`recognise` says whether a file is of this source, from its content; `read` returns a `SourceContent`. Both get a
`SourceFile`. A module here opens no vault, asks no question and knows nothing of the other sources;
`smtui.transfer.formats` has the table of all. What a source cannot bring along it counts in `left_behind`.
"""
