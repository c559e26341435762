"""Small-number suppression: which cells of a release are withheld so that no small count can be worked out."""
