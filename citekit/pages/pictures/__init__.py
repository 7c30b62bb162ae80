"""Pictures made with the pages, as SVG: each stands beside a list that says the same in words."""
