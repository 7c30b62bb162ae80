"""A style in a locale as functions of the state of a rendering."""
