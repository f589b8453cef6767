"""A draft that a model writes, as the details of its job show it: steps, and the text of unfinished ones."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..domain.card import CardData
from ..domain.costs import Usage
from ..domain.draft import OFFLINE_ENGINE
from ..domain.errors import CardgenError
from ..domain.job import JobSnapshot
from ..domain.job_kinds import DRAFT, DraftRequest
from ..domain.job_views import JobStepView
from ..store.steps import StoredStep
from .generation_cards import CARD_STEP
from .generation_plan import SMALL_CONTEXT, Plan, plan_of
from .kinds import request_of

if TYPE_CHECKING:
    from ..drafting.generative.steps import GenerationStep

_WHOLE_CARD = "card"


def is_by_model(job: JobSnapshot) -> bool:
    """Whether a language model writes the draft."""
    return job.kind == DRAFT and job.engine not in ("", OFFLINE_ENGINE)


def plan_shown(job: JobSnapshot, done: Sequence[StoredStep], open_keys: Sequence[str] = ()) -> Plan:
    """The plan that a job follows, as far as that can be told from what it has stored."""
    try:
        request = request_of(job)
        assert isinstance(request, DraftRequest)
        keys = {step.key for step in done} | set(open_keys)
        context = 0 if _WHOLE_CARD in keys else SMALL_CONTEXT + 1
        if request.card_id is not None:
            return plan_of(request, _card_in(done) or CardData(), context)
        calls = "one" if _WHOLE_CARD in keys else "steps" if keys else request.options.calls
        options = request.options.model_copy(update={"calls": calls})
        return plan_of(request.model_copy(update={"options": options}), None, context)
    except CardgenError:
        return Plan((), {})


def _card_in(done: Sequence[StoredStep]) -> CardData | None:
    kept = next((step.output for step in done if step.key == CARD_STEP and step.output), None)
    try:
        return None if kept is None else CardData.model_validate(kept.get("values"))
    except ValidationError:
        return None


def steps_shown(job: JobSnapshot, done: Sequence[StoredStep]) -> list[JobStepView]:
    """The steps of a job in order; a batch of a lorebook that had nothing to write is left out at the end."""
    finished = {step.key: step for step in done}
    views = [_view(step, finished.get(step.key)) for step in plan_shown(job, done).steps]
    return [view for view in views if view.done] if job.result is not None else views


def _view(step: "GenerationStep", stored: StoredStep | None) -> JobStepView:
    if stored is None:
        return JobStepView(key=step.key, phase=step.title, done=False)
    output = stored.output or {}
    return JobStepView(
        key=step.key,
        phase=step.title,
        done=True,
        seconds=stored.seconds,
        summary=_summary(output),
        usage=_usage(output),
    )


def _usage(output: Mapping[str, Any]) -> Usage | None:
    try:
        return None if output.get("usage") is None else Usage.model_validate(output["usage"])
    except ValidationError:
        return None


def _summary(output: Mapping[str, Any]) -> str:
    """What a step has made: "112 words, 2 findings"."""
    evidence = output.get("evidence") or {}
    words = sum(
        len("".join(item.get("text", "") for item in records).split()) for records in evidence.values()
    )
    notes = sum(len(items) for items in (output.get("notes") or {}).values() if isinstance(items, list))
    findings = len(output.get("findings") or ())
    counted = ((words, "word"), (notes, "note"), (findings, "finding"))
    return ", ".join(f"{count:,} {name if count == 1 else name + 's'}" for count, name in counted if count)


def readable(job: JobSnapshot, done: Sequence[StoredStep], partials: Mapping[str, str]) -> dict[str, str]:
    """The unfinished texts of a job by step, without the JSON they came in."""
    if not is_by_model(job):
        return dict(partials)
    from ..drafting.generative.streaming import streamed_fields

    steps = {step.key: step for step in plan_shown(job, done, list(partials)).steps}
    shown = {}
    for key, raw in partials.items():
        fields = streamed_fields(steps[key], raw) if key in steps else {}
        shown[key] = "\n\n".join(fields.values()) if key in steps else raw
    return {key: text for key, text in shown.items() if text}
