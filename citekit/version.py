"""The version of citekit, apart from the package's names so that everything may import it."""

__version__ = "0.1.0"
