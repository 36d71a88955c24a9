"""Named definitions (`data/*.toml`), the scopes and the cleaning rules they are made of."""
