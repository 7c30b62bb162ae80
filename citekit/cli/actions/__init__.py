"""What the commands do and print; no module here imports typer."""
