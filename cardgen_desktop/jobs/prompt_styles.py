"""Prompt styles: those that came with the program, and the person's copies from the database."""

import time

from ..domain.errors import UsageError
from ..domain.prompt_style import PromptStyle, PromptVariable
from ..store import prompt_styles as stored_styles
from ..store.engine import Database
from .child import in_thread

MOST_COPIES = 200


async def every(database: Database) -> tuple[PromptStyle, ...]:
    """The shipped styles first, then the copies by name."""
    from ..drafting.generative.styles import shipped_styles

    shipped = await in_thread(shipped_styles)
    async with database.read() as connection:
        return (*shipped, *await stored_styles.every(connection))


async def find(database: Database, name: str) -> PromptStyle:
    """A style by name with no template missing; raises `UsageError` when there is none."""
    from ..drafting.generative.styles import find_style

    async with database.read() as connection:
        copies = {copy.name: copy for copy in await stored_styles.every(connection)}
    return await in_thread(find_style, name, copies)


def variables() -> tuple[PromptVariable, ...]:
    """The placeholders that templates may use."""
    from ..drafting.generative.styles import VARIABLES

    return VARIABLES


async def save(database: Database, style: PromptStyle) -> PromptStyle:
    """Store a copy; raises `UsageError` with what is wrong with it."""
    from ..drafting.generative.styles import checked

    style = await in_thread(checked, style)
    async with database.write() as connection:
        kept = await stored_styles.every(connection)
        if len(kept) >= MOST_COPIES and style.name not in {copy.name for copy in kept}:
            raise UsageError(f"There are {MOST_COPIES} prompt styles of your own. Remove one first.")
        await stored_styles.put(connection, style, time.time())
    return style


async def remove(database: Database, name: str) -> None:
    """Remove a copy; raises `UsageError` when there is none, as for a shipped style."""
    async with database.write() as connection:
        was_there = await stored_styles.remove(connection, name)
    if not was_there:
        raise UsageError(f'There is no prompt style "{name}" of your own. Shipped ones stay.')
