"""Foreign bytes to model and back, one file a format; a format knows no other, opens nothing, raises only FormatError."""
