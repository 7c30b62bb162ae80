"""What comes into an archive: files, bibliographies, and bytes that come back."""
