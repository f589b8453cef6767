"""The prompt style of a draft: one that came with the program, or a copy of the person's."""

from ..domain.prompt_style import PromptStyle
from ..store import prompt_styles as stored_styles
from ..store.engine import Database


async def find_style(database: Database, name: str) -> PromptStyle:
    """A prompt style by name with no template missing; raises `UsageError`."""
    from ..drafting.generative import styles

    async with database.read() as connection:
        copies = {copy.name: copy for copy in await stored_styles.every(connection)}
    return styles.find_style(name, copies)
