"""A model is gone: which ones come nearest is said beside it, and the person chooses, who pays for it."""

from ...domain.profile import Profile
from ...jobs.interface import Commands
from .desk import ProfileDesk
from .form_fields import Problem
from .model_fields import ModelFields
from .words import model_words


class NearestModels:
    """Asks for the models nearest to those of a profile that are no longer offered."""

    def __init__(self, desk: ProfileDesk, fields: ModelFields) -> None:
        self._desk, self._fields = desk, fields
        self._asked = 0

    def look(self, profile: Profile | Problem) -> None:
        """Look for the nearest models of a profile, and offer them."""
        if isinstance(profile, Profile) and profile.kind != "gguf" and self._desk.commands is not None:
            self._asked += 1
            self._fields.say_looking()
            looking = self._show(profile, self._desk.commands, self._asked)
            self._desk.tasks.spawn(looking, name="look for the nearest model")

    async def _show(self, profile: Profile, commands: Commands, number: int) -> None:
        found = await commands.nearest_models(profile)
        if number == self._asked and self._fields.is_looking:
            self._fields.offer({old: (new.id, model_words(new)) for old, new in found.items()})
