"""How much a file from elsewhere may ask of us, in one place; docs/limits.md has the same numbers for people."""

MB = 1024 * 1024
MAX_TEXT = 128 * MB
"""Bytes of a text or JSON file, unpacked."""
MAX_DEPTH = 60
"""How deep a JSON value may nest."""
MAX_VALUES = 4_000_000
"""Values of a JSON file, told by its commas and brackets: each takes far more memory than its bytes."""
MAX_ARCHIVE = 1024 * MB
"""Bytes of an archive, which is never read whole."""
MAX_MEMBERS = 50_000
MAX_UNPACKED = 2048 * MB
"""Bytes that an archive's members say they unpack to, together."""
MAX_RATIO = 100
"""How many times its own size an archive of more than `MAX_TEXT` may unpack to."""
MAX_PICTURE = 20 * MB
MAX_PICTURES = 1024 * MB
"""Bytes of the pictures of one episode."""
MAX_LINE = 8 * MB
"""Bytes of a line of a log of lines; a longer one is left out."""
MAX_LINES = 1_000_000
MAX_LOG = 256 * MB
"""Bytes of all lines of a log of lines; those after them are left out."""
MAX_NODES = 20_000
"""Elements of one page; those after them are left out."""
MAX_SEEN = 2_000_000
"""Elements of all pages of an episode; pages after them are left out."""
MAX_SAID = 128 * MB
"""Characters of the texts of all pages of an episode; pages after them are left out."""
