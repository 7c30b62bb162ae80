"""Where an item comes from: evidence for its record, captures, seals, and what they prove."""
