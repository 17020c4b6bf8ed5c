"""How Sphinx builds these pages: `make docs`. Nothing is fetched, neither now nor by a reader."""

import tomllib
from pathlib import Path

_project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))

project = "MSeller ChatKit"
author = "The MSeller ChatKit contributors"
version = release = _project["project"]["version"]
language = "en"

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
source_suffix = {".md": "markdown"}
root_doc = "index"
nitpicky = True

myst_heading_anchors = 3  # so that pages link to each other's headings as on GitHub

html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# Furo's own look, in the site's violet; fonts are the reader's own.
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#7a3fe0", "color-brand-content": "#7a3fe0"},
    "dark_css_variables": {"color-brand-primary": "#b794ff", "color-brand-content": "#b794ff"},
}
