"""The graph of declared base models: which model comes from which, and where its line begins."""
