"""How the commands are called: typed functions for typer, one module a group.

A function here declares arguments and options, and hands its values on: what the command does is
the function of the same name in the module of the same name in ``citekit.cli.actions``, which can
be imported without typer. After a change: ``python -m citekit.cli.generate``.
"""
