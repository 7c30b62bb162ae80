"""The command line: one table of commands, a fast path, typer for everything else."""
