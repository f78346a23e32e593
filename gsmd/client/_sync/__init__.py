"""The blocking client: the twin of `gsmd.client._async`, which says which files of this are generated from it."""
