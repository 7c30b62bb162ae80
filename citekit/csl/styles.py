"""``find_style`` and its kin under the address that programs know; ``citekit.csl`` has them too."""

from citekit.csl.style.find import StyleSource, find_style
from citekit.csl.style.installed import styles_folder
from citekit.csl.style.search import search_styles

__all__ = ["StyleSource", "find_style", "search_styles", "styles_folder"]
