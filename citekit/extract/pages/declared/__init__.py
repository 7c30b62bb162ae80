"""What a page's data say of it: JSON-LD, meta elements, microdata."""
