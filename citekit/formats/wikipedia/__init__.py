"""Citation templates of the English Wikipedia: written one a line, read out of the text of a page.

Source: Wikipedia, "Help:Citation Style 1" (templates, parameters, dates), "Help:CS1 errors" (what
the templates refuse), and "Module:Citation/CS1/Configuration" (names that mean one parameter).
"""
