"""Figures that others published, as data, and whether what is held reproduces them."""
