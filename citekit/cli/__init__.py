"""The command line: typed functions, a table made from them, typer for help and mistakes."""
