"""Small programs that let public test suites drive the code: JSON lines in, JSON lines out."""
