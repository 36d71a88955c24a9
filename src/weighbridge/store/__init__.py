"""Vintages on disk, the catalogue of models, and the way from counters to flows."""
