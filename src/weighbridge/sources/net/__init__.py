"""Fetching over the network: single requests, listings in pages, data sets. Nothing here knows a source."""
