"""The observatory as files for any host: every page, every figure and the data, made in one build."""
