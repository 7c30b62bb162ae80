"""CSL-JSON items to and from the bibliography formats; pure."""
