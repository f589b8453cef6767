"""Clusters that are one person for a pack, and those that are not."""

from cardgen_desktop.drafting.generative.packing import pack_evidence
from cardgen_desktop.drafting.generative.packing_namesakes import joined
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import source_of

TAVERN = (
    "“Bill!” cried the stranger. “Bill, I know you.” Bill drank. Bill was a tall man with a scar.\n\n"
    "“Who is that?” said Ann Vole. “That is Billy Stone,” said Joe Fenn. Billy Stone sang. "
    "Billy Stone laughed. “Ann Vole,” said Joe Fenn, “Billy Stone was a pirate.”\n\n"
)
FENNS = (
    "“Good day,” said Mr. Fenn. Mr. Fenn sat down. Mr. Fenn was old.\n\n"
    "“Good day,” said Joe Fenn. Joe Fenn laughed. Joe Fenn was young.\n\n"
    "“Good day,” said Tom Fenn. Tom Fenn sang. Tom Fenn was poor.\n\n"
)


def joined_for(index: Index, name: str) -> Index:
    """The index as a pack of somebody sees it."""
    return joined(index, index.find_people(name)[0].id)


def test_a_fond_form_of_a_name_that_only_one_bears_is_the_same_person() -> None:
    index = read_index([source_of(TAVERN)])
    bill, billy = index.find_people("Bill")[0].id, index.find_people("Billy Stone")[0].id
    pack = pack_evidence(index, billy, letters=5_000)
    assert "Billy Stone" in pack.aliases and "Bill" in pack.aliases
    assert bill != billy
    whole = joined_for(index, "Billy Stone")
    assert len(whole.characters[billy].mentions) > len(index.characters[billy].mentions)
    assert not whole.characters[bill].mentions and index.characters[bill].mentions
    assert not any(member.name == "Bill" for member in pack.cast)


def test_a_name_that_two_others_bear_joins_nobody() -> None:
    index = read_index([source_of(FENNS)])
    for name in ("Joe Fenn", "Tom Fenn"):
        assert joined_for(index, name) is index
