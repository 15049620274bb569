"""A value in somebody else's editor: the program to run, the file it works on, and that nothing of it stays behind."""
