"""A CAS as JSON (UIMA's JSON CAS 0.4): an object a structure, in which `@` before a name makes it a reference."""

from __future__ import annotations

from kg.errors import Place
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import format_error
from kg.importers.json_values import Unreadable, Value, value
from kg.importers.uima_cas.structures import Cas, Sofa, Structure

STRUCTURES = "%FEATURE_STRUCTURES"
_VIEWS, _MEMBERS, _SOFA = "%VIEWS", "%MEMBERS", "%SOFA"
_TYPE, _ID, _ELEMENTS = "%TYPE", "%ID", "%ELEMENTS"


def read_json_cas(raw: bytes, file: str) -> Cas:
    """Return what a JSON CAS holds. Raises `CorpusError` if it is none."""
    try:
        whole = value(raw.removeprefix(b"\xef\xbb\xbf"), Place(file, 1, 1)).members()
        cas = Cas(file)
        structures = whole.get(STRUCTURES)
        if structures is None:
            message = f"the file must be a JSON CAS, which has `{STRUCTURES}`: export as UIMA CAS JSON 0.4.0"
            raise format_error(message, "uima-json", file, 1, 1)
        for each in structures.entries():
            _add(cas, each, "")
        for id, each in structures.members().items():  # of drafts of the format
            _add(cas, each, id)
        if views := whole.get(_VIEWS):
            _show(cas, views)
    except Unreadable as error:
        raise format_error(f"the file must be JSON, {error}: export it again", "not-json", file, 1, 1) from error
    return cas


def _add(cas: Cas, written: Value, id: str) -> None:
    record = written.read()
    place = written.place
    number = _number(record.get(_ID, id)) if isinstance(record, dict) else None
    if not isinstance(record, dict) or number is None or not isinstance(record.get(_TYPE), str):
        why = f"a structure must be an object with `{_ID}`, a number, and `{_TYPE}`, a name"
        cas.skipped.append(Skipped("span", str(record)[:40], why, place))
        return
    if record[_TYPE] == "uima.cas.Sofa":
        text = record.get("sofaString")
        cas.sofas[number] = Sofa(number, str(record.get("sofaID", "")), text if isinstance(text, str) else None)
        return
    structure = Structure(number, record[_TYPE], place.line, place.column)
    for name, told in record.items():
        _tell(structure, name, told)
    cas.add(structure)


def _tell(structure: Structure, name: str, told: object) -> None:
    if name == _ELEMENTS and isinstance(told, list):
        if structure.type.removesuffix("[]").startswith("uima.cas.") and structure.type != "uima.cas.FSArray":
            structure.tell("elements", tuple(filter(None, map(_text, told))))
        else:
            structure.refer("elements", _ids(told))
    elif name.startswith("@"):
        several = told if isinstance(told, list) else [told]
        structure.refer(name[1:], _ids(several))
    elif not name.startswith("%") and (text := _text(told)):
        structure.tell(name.lstrip("#^"), (text,))


def _show(cas: Cas, views: Value) -> None:
    """Note which structures each view shows."""
    for view in views.members().values():
        told = view.read()
        sofa = cas.sofas.get(_number(told.get(_SOFA)) or 0) if isinstance(told, dict) else None
        if sofa and isinstance(told, dict) and isinstance(told.get(_MEMBERS), list):
            sofa.members |= set(_ids(told[_MEMBERS]))


def _ids(told: list[object]) -> tuple[int, ...]:
    return tuple(id for each in told if (id := _number(each)) is not None)


def _number(told: object) -> int | None:
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 18:
        return int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def _text(told: object) -> str:
    if isinstance(told, bool):
        return "true" if told else "false"
    return str(told) if isinstance(told, str | int | float) else ""
