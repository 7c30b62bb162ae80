"""What an item holds, understood once, and how CSL writes it: names, dates, numbers, texts."""
