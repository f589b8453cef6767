"""Profiles, models, requests and prompt styles for tests and pictures."""

from decimal import Decimal

from cardgen_desktop.domain.costs import LedgerEntry, Usage
from cardgen_desktop.domain.profile import (
    ConnectionCheck,
    FoundServer,
    KeyringStatus,
    ModelInfo,
    ModelList,
    Profile,
    ProfileView,
)
from cardgen_desktop.domain.prompt_style import PromptMessage, PromptPreview, PromptStyle, PromptVariable

from .samples import NOW

WRITING_ROOM, OLLAMA, SHELF, ATTIC = "Writing room", "Ollama at home", "Model on the shelf", "Attic server"
KEYRING = KeyringStatus(available=True, name="Secret Service")
NO_KEYRING = KeyringStatus(
    available=False,
    sentence="This computer has no keyring. Keys are kept for this run only and have to be entered again.",
)
DAY = 86_400.0


def profiles() -> tuple[ProfileView, ...]:
    """Four ways to reach a model, one of each group of engines and one more."""
    writing_room = Profile(
        name=WRITING_ROOM,
        kind="openrouter",
        base_url="https://openrouter.ai/api/v1",
        model="moonlit/story-large",
        models={"analysis": "moonlit/story-small"},
        monthly_cap=Decimal(5),
        job_cap=Decimal("0.50"),
    )
    ollama = Profile(name=OLLAMA, kind="ollama", base_url="http://127.0.0.1:11434/v1", model="tale:8b")
    shelf = Profile(name=SHELF, kind="gguf", path="/home/jim/Models/tale-3b-q4.gguf")
    attic = Profile(name=ATTIC, kind="openai", base_url="https://models.attic.example/v1", model="attic-70b")
    return (
        ProfileView(profile=attic, key_place="none", spent_month=None),
        ProfileView(profile=shelf, spent_month=Decimal(0)),
        ProfileView(profile=ollama, spent_month=Decimal(0)),
        ProfileView(profile=writing_room, key_place="keyring", key_hint="…9f", spent_month=Decimal("1.2345")),
    )


def catalogue(count: int = 6, *, at: float = NOW - 3 * 3600, is_stale: bool = False) -> ModelList:
    """Models of a hosted service; beyond six they are numbered, as thousands are in earnest."""
    named = (
        ModelInfo(
            id="moonlit/story-large", name="Moonlit: Story Large", context=200_000, max_output=16_384,
            prompt_price=Decimal("0.000003"), output_price=Decimal("0.000015"), structured="schema",
        ),
        ModelInfo(
            id="moonlit/story-small", name="Moonlit: Story Small", context=131_072,
            prompt_price=Decimal("0.00000015"), output_price=Decimal("0.0000006"), structured="schema",
        ),
        ModelInfo(
            id="harbour/harbour-70b", name="Harbour: Harbour 70B Instruct", context=65_536,
            prompt_price=Decimal("0.0000004"), output_price=Decimal("0.0000004"), structured="object",
        ),
        ModelInfo(
            id="harbour/harbour-8b:free", name="Harbour: Harbour 8B (free)", context=32_768,
            prompt_price=Decimal(0), output_price=Decimal(0), structured="none",
        ),
        ModelInfo(id="attic-70b", name="", context=None),
        ModelInfo(
            id="oldtown/fable-1", name="Oldtown: Fable 1", context=8192, expires="2025-11-01",
            prompt_price=Decimal("0.00003"), output_price=Decimal("0.00006"),
        ),
    )  # fmt: skip
    many = tuple(
        ModelInfo(
            id=f"press/tale-{number:05}", name=f"Press: Tale {number}", context=4096 * (1 + number % 9),
            prompt_price=Decimal(number % 40) / 10_000_000, output_price=Decimal(number % 40) / 2_500_000,
        )
        for number in range(6, count)
    )  # fmt: skip
    sentence = "This list is from before; the server could not be asked." if is_stale else ""
    return ModelList(models=(*named, *many)[:count], at=at, is_stale=is_stale, sentence=sentence)


def good_checks() -> tuple[ConnectionCheck, ...]:
    """A test of a connection in which every line is well."""
    return (
        ConnectionCheck(step="address", status="ok", sentence="openrouter.ai answers."),
        ConnectionCheck(step="tls", status="ok", sentence="The connection is encrypted."),
        ConnectionCheck(step="key", status="ok", sentence="The key ending …9f is accepted."),
        ConnectionCheck(step="credits", status="ok", sentence="$8.21 of credit is left."),
        ConnectionCheck(step="model", status="ok", sentence="moonlit/story-large is offered."),
        ConnectionCheck(step="structured", status="ok", sentence="Answers follow a schema."),
        ConnectionCheck(step="call", status="ok", sentence="It answered after 0.8 s."),
    )


def refused_key() -> tuple[ConnectionCheck, ...]:
    """The same test with a key that is not accepted."""
    key = ConnectionCheck(
        step="key",
        status="failed",
        sentence="OpenRouter rejected the key ending …9f. Enter another one.",
        failure="auth.401",
    )
    rest = ("credits", "model", "structured", "call")
    skipped = tuple(ConnectionCheck(step=step, status="skipped") for step in rest)  # type: ignore[arg-type]
    return (*good_checks()[:2], key, *skipped)


def found_servers() -> tuple[FoundServer, ...]:
    """Two servers on this computer, one of them with no model."""
    return (
        FoundServer(kind="ollama", base_url="http://127.0.0.1:11434/v1", models=("tale:8b", "tale:70b")),
        FoundServer(kind="lmstudio", base_url="http://127.0.0.1:1234/v1"),
    )


def ledger() -> tuple[LedgerEntry, ...]:
    """Three days of requests: priced, free, of unknown cost, and one whose end was not seen."""

    def entry(number: int, days: float, cost: str | None, **more: object) -> LedgerEntry:
        begun = NOW - days * DAY
        usage = Usage(
            tokens_in=4000 + number,
            tokens_out=600,
            cost=None if cost is None else Decimal(cost),
            cost_source="unknown" if cost is None else "provider",
        )
        fields: dict[str, object] = {
            "id": number,
            "job_id": 1 + number % 3,
            "card_id": 1 + number % 2,
            "step": "description",
            "profile": WRITING_ROOM,
            "model": "moonlit/story-large",
            "started_at": begun,
            "ended_at": begun + 12,
            "outcome": "done",
            "usage": usage,
        }
        return LedgerEntry.model_validate(fields | more)

    return (
        entry(1, 0.01, "0.0123"),
        entry(2, 0.02, "0.4211"),
        entry(3, 0.03, None, ended_at=None, possibly_billed=True, estimated_cost=Decimal("0.02")),
        entry(4, 1.1, "0.8011", model="moonlit/story-small"),
        entry(5, 1.2, None, profile=ATTIC, model="attic-70b"),
        entry(6, 2.2, "0", profile=OLLAMA, model="tale:8b"),
    )


def variables() -> tuple[PromptVariable, ...]:
    """The placeholders of templates."""
    return (
        PromptVariable(name="character", meaning="The name of the character.", example="Jim Hawkins"),
        PromptVariable(name="evidence", meaning="The passages of the sources.", example="[p1] Squire …"),
        PromptVariable(name="facts", meaning="What the first step found out.", example="age: thirteen"),
        PromptVariable(name="language", meaning="The language of the card.", example="English"),
        PromptVariable(name="length", meaning="How long the text is to be.", example="two paragraphs"),
    )


def styles() -> tuple[PromptStyle, ...]:
    """Two shipped styles and one of the person's own."""
    prose = PromptStyle(
        name="prose",
        title="Prose",
        description="Flowing paragraphs, as a novel would introduce somebody.",
        templates={
            "system": "You write character cards in {{language}} from the passages you are given.",
            "facts": "Passages:\n{{evidence}}\n\nList what they say about {{character}}.",
            "description": (
                "Facts:\n{{facts}}\n\nDescribe {{character}} in {{length}}.\n"
                "Write what the passages say.\nLeave out what they do not."
            ),
        },
    )
    attributes = PromptStyle(
        name="attributes",
        title="Attributes",
        description="W++ lists of traits, for models that read them well.",
        templates={
            **prose.templates,
            "description": "Facts:\n{{facts}}\n\nList the traits of {{character}}.",
        },
    )
    own = PromptStyle(
        name="harbour-tales",
        title="Harbour tales",
        description="Short and salty.",
        based_on="prose",
        templates={
            **prose.templates,
            "description": "Facts:\n{{facts}}\n\nDescribe {{character}} as sailors do.\nLeave out the rest.",
        },
    )
    return prose, attributes, own


def previews(model: str = "moonlit/story-large") -> tuple[PromptPreview, ...]:
    """The prompts of two steps."""
    system = PromptMessage(role="system", text="You write character cards in English.")
    return (
        PromptPreview(
            step="facts",
            title="Facts",
            model=model,
            messages=(system, PromptMessage(role="user", text="Passages:\n[p1] Squire Trelawney …")),
            tokens=5210,
            is_exact=True,
            max_output=1200,
        ),
        PromptPreview(
            step="description",
            title="Description",
            model=model,
            messages=(system, PromptMessage(role="user", text="Describe Jim Hawkins.")),
            tokens=880,
            max_output=600,
            note="The facts of the first step are not known yet; they go where it says so.",
        ),
    )
