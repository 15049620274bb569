"""Parts of a screen. A widget takes values and sends messages; it knows no client and no vault."""
