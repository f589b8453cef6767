"""A small pack of evidence of our own, and answers to it."""

from cardgen_desktop.domain.evidence_pack import CastMember, EvidencePack, PackedPassage, Topic

TEXTS = (
    "Maren Toll was a tall woman of sixty with grey hair and a scar from her ear to the corner of her mouth.",
    "Her father had kept the lamp before her, and the harbour board wrote that a woman could not be keeper.",
    '"I put the letter into the stove," said Maren, "and the lamp burned no worse for it."',
    "Bishop, the jackdaw, sat on the rail and stole the inspector's pencil.",
    "Tobias Venn came on the third day with oil and flour, and he was afraid of the ladder.",
    "She wanted the light to go on when she was gone, and she was afraid that the board would sell it.",
)


def passage(number: int, text: str, start: int = 0) -> PackedPassage:
    """A passage called S1, S2 and so on."""
    return PackedPassage(
        id=f"S{number}", source=0, start=start, end=start + len(text), text=text, aspect="description",
        rank=number,
    )  # fmt: skip


def pack_of(*texts: str, **changes: object) -> EvidencePack:
    """A pack of Maren Toll with these passages, else with our own."""
    passages, at = [], 0
    for number, text in enumerate(texts or TEXTS, 1):
        passages.append(passage(number, text, at))
        at += len(text) + 1
    values: dict[str, object] = {
        "character": "Maren Toll",
        "aliases": ("Maren", "Toll"),
        "language": "en",
        "titles": ("The Lamp on Corran Rock",),
        "passages": tuple(passages),
        "cast": (CastMember(name="Tobias Venn", aliases=("Tobias",), shared=3),),
        "topics": (
            Topic(name="Bishop", keys=("jackdaw",), kind="thing", mentions=4, passages=("S4",)),
            Topic(name="Corran Rock", kind="place", mentions=9),
        ),
        "characters": at,
    }
    return EvidencePack.model_validate(values | changes)
