"""Keeping a store current: fetching what is new, and telling what happened."""
