"""What an archive holds, shown: lists, searches, an item, the log, two captures."""
