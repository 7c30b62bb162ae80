"""What every reader needs: words, names, dates, bylines, credits, languages, publishers."""
