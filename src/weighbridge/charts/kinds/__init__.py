"""One file a chart. What defines `CHART` here is found by itself."""
