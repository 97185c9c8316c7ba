"""A fetched page, decoded and parsed once, for every rule that looks at it."""
