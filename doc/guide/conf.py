# SPDX-License-Identifier: BSD-3-Clause
"""The guide, as Sphinx builds it: chapters in Markdown, the register reference from registers.txt."""

project = "OpenDLB"
copyright = "2026, the OpenDLB authors"

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
master_doc = "index"
exclude_patterns = ["_build"]

html_theme = "alabaster"
html_theme_options = {"page_width": "60em"}
html_static_path = []
