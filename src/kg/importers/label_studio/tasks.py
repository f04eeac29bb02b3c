"""Label Studio's JSON: an array of tasks, each with its annotations → documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.importers.core.article_fields import texts_of
from kg.importers.core.documents import Item, Skipped
from kg.importers.json_values import Value
from kg.importers.label_studio.documents import Annotated, Session, moment
from kg.importers.label_studio.results import Results, read_object, read_results, read_value

_CANCELLED = "the annotator skipped this task"
_PREDICTED = "a prediction is what a program proposed, no annotation"
_DRAFT = "a draft was not submitted: open the task in Label Studio and submit it"
_GROUND_TRUTH = "that an annotation is the ground truth has no place in a claims file"
_SAID = ("was_cancelled", "skipped", "ground_truth", "created_at", "updated_at", "completed_by")
_EMPTY = Results((), (), (), ())


def is_task(members: Mapping[str, Value]) -> bool:
    """Tell a task with its annotations, or an annotation with its task, as a storage gets them."""
    holder = members.get("task")
    return "data" in (holder.members() if holder else members) and any(
        each in members for each in ("annotations", "completions", "result", "predictions", "drafts")
    )


def read_task(task: Value, session: Session) -> Iterator[Item]:
    """Yield a document for each annotation of a task; of one that nobody has annotated yet, a draft without any."""
    members = task.members()
    entries = _entries(members, "annotations") or _entries(members, "completions")
    if "task" in members:
        entries, members = [task], members["task"].members()
    data, id = read_object(members.get("data")), _text(members.get("id"))
    for each in _entries(members, "predictions"):
        yield Skipped("note", f"prediction of task {id}", _PREDICTED, each.place)
    for each in _entries(members, "drafts"):
        yield Skipped("article", f"draft of task {id}", _DRAFT, each.place)
    read: list[Annotated] = []
    for entry in entries:
        annotation, at = entry.members(), entry.place
        said = {name: read_value(annotation.get(name)) for name in _SAID}
        if said["was_cancelled"] or said["skipped"]:
            yield Skipped(
                "article", f"annotation {_text(annotation.get('id'))} of task {id}", _CANCELLED, entry.place
            )
            continue
        if said["ground_truth"]:
            yield Skipped("attribute", "ground_truth", _GROUND_TRUTH, at)
        results = read_results(_entries(annotation, "result"))
        on = moment(said["updated_at"]) or moment(said["created_at"])
        read.append(Annotated(id, data, results, annotator(said["completed_by"]), on, True, at))
    if not entries:
        read = [Annotated(id, data, _EMPTY, "", "", False, task.place)]
    if read:
        yield from session.documents(read)


def annotator(completed_by: object) -> str:
    """Return who annotated, by name, else by number: an address of mail is never kept whole."""
    if not isinstance(completed_by, dict):
        return "".join(texts_of(completed_by)[:1]).partition("@")[0]
    names = (completed_by.get("first_name"), completed_by.get("last_name"))
    name = " ".join(text for each in names for text in texts_of(each))
    others = (completed_by.get(each) for each in ("id", "username", "email"))
    return name or next((text.partition("@")[0] for each in others for text in texts_of(each)), "")


def _entries(members: Mapping[str, Value], name: str) -> list[Value]:
    return members[name].entries() if name in members else []


def _text(value: Value | None) -> str:
    return "".join(texts_of(read_value(value)))
