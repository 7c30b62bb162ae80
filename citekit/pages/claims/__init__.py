"""Claims beside each other: which source answers which question, and how."""
