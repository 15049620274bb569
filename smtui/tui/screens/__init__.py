"""What fills the terminal. A screen knows the client, asks dialogs, and shows what the client answered."""
