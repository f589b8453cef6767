"""What the person wants of the text, in sentences for the model: language, tone, view, tense, rating."""

from ...domain.draft import DraftOptions
from ...domain.evidence_pack import EvidencePack
from ...domain.languages import language_name

RATINGS = {
    "everyone": "It has to be fit for everyone: no cruelty in detail, nothing sexual.",
    "teen": "It has to be fit for readers of thirteen: nothing sexual, violence without detail.",
    "mature": "It is for adults: dark themes of the source may be told as they are.",
}
VIEWED = frozenset({"description", "scenario", "first_mes", "alternate_greetings", "card"})
UNWISHED = frozenset({"facts", "lorebook_topics"})


def language_of(pack: EvidencePack, options: DraftOptions) -> str:
    """The language of the card in words: the chosen one, else that of the source."""
    code = (options.language or pack.language or "en").strip()
    name = language_name(code)
    if not name:
        return f'the language with the code "{code}"'
    return f"{name} ({code})" if len(code) > 2 else name


def wishes_of(fields: tuple[str, ...], pack: EvidencePack, options: DraftOptions) -> str:
    """One line for each wish that concerns a step."""
    lines = [f"Write in {language_of(pack, options)}."]
    if not UNWISHED & set(fields):
        if options.tone:
            lines.append(f"Tone: {options.tone}.")
        if options.point_of_view and VIEWED & set(fields):
            lines.append(f"Tell it in the {options.point_of_view} person.")
        if options.tense and VIEWED & set(fields):
            lines.append(f"Tell it in the {options.tense} tense.")
        if options.rating:
            lines.append(RATINGS[options.rating])
    if options.avoid:
        lines.append(f"This must not occur: {options.avoid}")
    if options.instruction:
        lines.append(f"Wish of the author: {options.instruction}")
    return "\n".join(lines)
