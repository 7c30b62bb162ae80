"""The site of citekit itself: its user guide, and its example archive as citekit shows one."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "citekit"
author = "citekit contributors"
copyright = "citekit contributors"  # noqa: A001  # Sphinx's name
release = version = installed_version("citekit")

extensions = ["myst_parser", "citekit.sphinx"]
citekit_archive = "../archive"
citekit_provenance_page = "explanation/provenance"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "example"]
html_static_path = ["static"]
html_css_files = ["columns.css"]
nitpicky = True

html_theme = "furo"
html_title = "citekit"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c7a", "color-brand-content": "#0b5c7a"},
    "dark_css_variables": {"color-brand-primary": "#7cc7e3", "color-brand-content": "#7cc7e3"},
}
