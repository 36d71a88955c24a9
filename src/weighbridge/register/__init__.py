"""Who is behind a namespace, and which family a name belongs to: data files with evidence, and their lookup."""
