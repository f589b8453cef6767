"""How a proposal ends: what is said when its job is over, and what a new item becomes once it is accepted."""

from ...domain.card import LorebookEntry
from ...domain.checking import Proposal
from ...domain.job import JobSnapshot, JobState
from ..wording import counted
from .fields import Tab, entry_path, greeting_path, label_of, tab_of
from .session import EditSession
from .writing import STANDS_STILL

KEPT = "The text is as it was."
SAME = "It came out as it was, so there is nothing to decide."


def end_words(job: JobSnapshot, *, is_seen: bool) -> str:
    """What the end of a job says; nothing where its proposals are seen."""
    if job.state is JobState.FAILED:
        return f"{job.error or 'It was not written.'} {KEPT}"
    if job.state in STANDS_STILL:
        return f"{job.phase or 'The job stands still'}. {KEPT}"
    count = (job.result or {}).get("proposals")
    if count == 0:
        return SAME
    return f"{counted(count, 'proposal')} for {job.character or 'a card'}" if count and not is_seen else ""


def add_item(session: EditSession, tab: Tab, text: str, proposal: Proposal) -> str:
    """Add what was accepted to the card as one step; answers its path."""
    document = session.document
    if tab == "greetings":
        path, greetings = (
            greeting_path(len(document.data.alternate_greetings)),
            document.data.alternate_greetings,
        )
        document.edit("alternate_greetings", (*greetings, text), name="adding a greeting", path=path)
        return path
    path = entry_path(len(document.entries))
    title = proposal.title or next(iter(proposal.keys), "")
    entry = LorebookEntry(name=title, keys=proposal.keys or ((title,) if title else ()), content=text)
    document.edit_entries((*document.entries, entry), name="adding an entry", path=path)
    return path


def new_title(proposal: Proposal) -> str:
    """What a proposed item is called above its text."""
    if tab_of(proposal.path) == "greetings":
        return "New greeting"
    keys = f" · keys: {', '.join(proposal.keys)}" if proposal.keys else ""
    return f"New entry: {proposal.title or label_of(proposal.path)}{keys}"
