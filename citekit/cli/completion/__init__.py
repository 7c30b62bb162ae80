"""What the shell offers while one types; typer is not loaded for it."""
