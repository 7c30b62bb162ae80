"""What an export brings along beside its entries: files, notes and highlights become the item's."""
