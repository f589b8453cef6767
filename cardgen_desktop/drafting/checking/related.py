"""Words of English that may say the same, for paraphrase: a table made from WordNet and word vectors.

`resources/checking/en_related.txt.z` is zlib-packed text, a line for each stem: itself, then, parted by tabs,
stems of the same meaning or root, those like it, wider or narrower, and those that stand in like places.
`python -m tests.benchmarks.checking_words` makes it; its sources and licences stand in `NOTICE.txt`.
"""

import zlib
from functools import cache

from ...paths import resource

SAME, LIKE, NEAR = 0.7, 0.5, 0.3
"""How well a word says another, by the column that it stands in."""


@cache
def table() -> dict[str, str]:
    """The lines of the table by their stem."""
    packed = resource("checking", "en_related.txt.z").read_bytes()
    rows = zlib.decompress(packed).decode("utf-8").splitlines()
    return dict(row.split("\t", 1) for row in rows)


@cache
def related(stem: str) -> dict[str, float]:
    """The stems that may say what a stem says, with how well."""
    row = table().get(stem)
    if row is None:
        return {}
    found: dict[str, float] = {}
    for quality, group in zip((SAME, LIKE, NEAR), row.split("\t"), strict=True):
        for other in group.split():
            found.setdefault(other, quality)
    return found
