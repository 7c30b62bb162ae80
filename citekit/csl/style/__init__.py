"""Styles and locales: found, read from XML, and kept as what they say; nothing is evaluated."""
