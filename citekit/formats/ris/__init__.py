"""RIS: tagged lines, one value each.

Source: the RIS specification of 2012 (Research Information Systems), as Zotero, EndNote and
Mendeley read it. Values stand on one line, so line breaks in an item become spaces.
"""
