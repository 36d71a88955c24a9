"""Profiles: all that is held of one model, organisation or family, as one document made from the measures.

A profile has what every answer has (`hub`, `unit`, `definition`, `window`, `as_of`, `vintages`, `sources`, `coverage`,
`notes`), and `missing`: why parts of it could not be told.
"""
