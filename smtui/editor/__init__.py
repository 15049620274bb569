"""Editing a value in an external editor: the program to run, its temporary file, and the removal of that file."""
