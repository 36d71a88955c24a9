"""The weighing: labels of models, flows of windows, credit to roots, and cubes as files."""
