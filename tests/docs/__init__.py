"""What the pages of docs/ say is held to what there is."""
