"""Measuring, and making what the package bundles. Nothing here is part of the package."""
