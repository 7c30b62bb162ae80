"""What the bytes of a document are, and their text: encodings, Markdown, saved archives, PDF."""
