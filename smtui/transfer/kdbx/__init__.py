"""KDBX files, the databases of KeePass 2 and KeePassXC, versions 3.1 and 4: header, keys, decryption.

Belongs here: what turns the bytes of a file into the XML document in it. Does not belong here: what an entry becomes
(`smtui.transfer.sources.keepass`). Source: https://keepass.info/help/kb/kdbx.html, and kdbx_4.html.
"""
