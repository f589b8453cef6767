"""Names in claims: which words are names, and of whom."""

import pytest

from cardgen_desktop.drafting.checking.corpus import Corpus
from cardgen_desktop.drafting.checking.naming import Names
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import source_of

MINE = "Quatermain shot well. Huckleberry came to Quatermain. “I am fifty-five,” said Quatermain. "


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("{{char}}: Fifty-five years old.", []),
        ("{{char}} pities Huck.", [("Huck", "Huckleberry")]),
        ("{{char}} pities Hulda.", [("Hulda", "")]),
        ("{{char}} pities Quat.", [("Quat", "Quatermain")]),
    ],
)
def test_number_words_are_no_names_and_short_forms_are_known(
    claim: str, found: list[tuple[str, str]]
) -> None:
    index = read_index([source_of(MINE * 3)])
    named = [
        (each.surface, "".join(index.characters[number].name for number in each.ids))
        for each in Names(Corpus(index)).found_in(claim)
        if each.surface != "{{char}}"
    ]
    assert named == found
