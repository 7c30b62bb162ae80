"""What one does each day: look things over, tag them, mend a record, take a change back."""
