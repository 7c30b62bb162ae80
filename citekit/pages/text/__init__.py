"""An item's text on its page: paragraphs, highlights and the notes beside them."""
