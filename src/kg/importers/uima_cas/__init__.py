"""Reads UIMA CAS as INCEpTION and other UIMA tools export it: XMI with its type system, or JSON CAS 0.4.

Not read by dkpro-cassis, which the tests compare with: it takes 170 bytes per character of a text, gives no lines,
and gives up the whole document at one wrong reference.

An annotation becomes a labelled span: features with values become attributes, features that refer to annotations
become links. A relation (with a governor and a dependent) becomes a link, and so does each role of a slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kg.errors import Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, SkipList, SpanLink
from kg.importers.core.inception import (
    GRAMMAR_WHY,
    LARGEST_FILE,
    DocumentCopy,
    ExportFile,
    LayerLabels,
    read_files,
    short_layer,
    skip_link_features,
    without_suffix,
)
from kg.importers.core.mapping import Mapping
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.core.source_files import SingleFile, format_error, read_whole
from kg.importers.uima_cas.structures import (
    STRUCTURES,
    Cas,
    CasStructure,
    Sofa,
    TypeSystem,
    is_collection,
    read_json_cas,
    read_xmi,
)
from kg.text.spans import Span

FIRST_VIEW = "_InitialView"
_GOVERNOR, _DEPENDENT = "Governor", "Dependent"
_TARGET, _ROLE = "target", "role"
_METADATA = ("DocumentMetaData", "DocumentAnnotation", "CASMetadata", "TagDescription", "TagsetDescription")
_SETTINGS = "de.tudarmstadt.ukp.clarin.webanno.api.type."
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UNSHOWN = "no view shows it, so it may have been deleted"
_NOWHERE = "its offsets are not in the text of its view"
_NO_TEXT = "none of its views has a text: it may be about pictures or sound"
_LOST = "its target is not an annotation of this text"
DESCRIPTION = (
    "UIMA CAS of INCEpTION and others: XMI with its TypeSystem.xml, or JSON CAS; a file, a folder, or a zip"
)
_TYPES = "typesystem.xml"


def read(source: Path, mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield the documents of each file and annotator, and the records left out."""
    labels = LayerLabels(mapping)
    known: dict[tuple[str, ...], TypeSystem] = {}

    def items(file: ExportFile) -> Iterator[Item]:
        if cas := _read_cas(file, known):
            yield from CasDocuments(cas, labels).items(file.copy)

    yield from read_files(source, (".xmi", ".json"), items)


def _read_cas(file: ExportFile, known: dict[tuple[str, ...], TypeSystem]) -> Cas | None:
    """Return the CAS in a file; None for other JSON, as the settings of a project."""
    raw, place, bundle = file.read(), file.path, file.part.files
    is_json = file.name.casefold().endswith(".json")
    if is_json and STRUCTURES.encode() not in raw and not isinstance(bundle, SingleFile):
        return None
    if is_json or raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_cas(raw, place)
    paths = tuple(bundle.file(each) for each in _type_systems(file))
    if not paths:
        message = "an XMI file must have its type system beside it: put the `TypeSystem.xml` of the export there"
        raise format_error(message, "uima-types", place)
    if paths not in known:
        known[paths] = TypeSystem(
            (read_whole(bundle, each, most=LARGEST_FILE), bundle.file(each)) for each in _type_systems(file)
        )
    return read_xmi(raw, place, known[paths])


def _type_systems(file: ExportFile) -> list[str]:
    """Return the type systems of a file: those in its folder, else in the nearest folder around it.

    If there are none, the source's only type system applies to all files.
    """
    bundle = file.part.files
    beside = bundle.siblings() if isinstance(bundle, SingleFile) else bundle.names(_TYPES)
    there = [PurePosixPath(each) for each in beside if each.casefold().endswith(_TYPES)]
    for folder in PurePosixPath(file.name).parents:
        if here := [each for each in there if each.parent == folder]:
            own = [each for each in here if each.name.casefold() == _TYPES]
            return [str(each) for each in own or here]
    return [str(each) for each in there] if len(there) == 1 else []


class CasDocuments:
    """Makes the documents of one CAS."""

    def __init__(self, cas: Cas, labels: LayerLabels) -> None:
        self._cas, self._labels = cas, labels
        self._skipped = SkipList(cas.skipped)
        self._links: list[tuple[str, int, int, CasStructure]] = []
        self._slots: set[int] = set()
        self._metadata: dict[int, list[CasStructure]] = {}

    def items(self, copy: DocumentCopy) -> Iterator[Item]:
        """Yield the records left out, and the document of each view with a text."""
        self._find_links()
        documents = list(self._documents(copy))
        yield from self._skipped
        yield from documents

    def _documents(self, copy: DocumentCopy) -> Iterator[AnnotatedText]:
        """Yield a document for each view. Views other than the first have their own name in the id."""
        texts = [sofa for sofa in self._cas.sofas.values() if sofa.text is not None]
        texts.sort(key=lambda sofa: sofa.name != FIRST_VIEW)
        offsets = {sofa.id: Utf16Offsets(sofa.text or "") for sofa in texts}
        shown = {id for sofa in self._cas.sofas.values() for id in sofa.members}
        reached = {id for _, source, target, _ in self._links for id in (source, target)}
        marks: dict[int, list[LabelledSpan]] = {sofa.id: [] for sofa in texts}
        homes: dict[int, int] = {}
        for structure in self._cas.structures.values():
            if self._is_mark(structure, structure.id in shown, structure.id in reached):
                mark = self._mark(structure, offsets.get(structure.sofa))
                if mark:
                    homes[structure.id] = structure.sofa
                    marks[structure.sofa].append(mark)
        for of in marks.values():
            of.sort(key=lambda mark: mark.parts)  # a CAS has them in any order
        links = self._span_links(homes, [sofa.id for sofa in texts])
        if not texts:
            self._skipped.add("article", copy.document, _NO_TEXT, Place(self._cas.file, 0, 0))
        for sofa in texts:
            id, article = self._id_and_article(sofa, copy)
            at = Place(self._cas.file, 0, 0)
            found = (id, sofa.text or "", at, tuple(marks[sofa.id]), tuple(links[sofa.id]))
            yield AnnotatedText(*found, article=article, by=copy.annotator, on=copy.on, done=copy.done)

    def _find_links(self) -> None:
        """Find the source and target of each relation, slot and feature."""
        for structure in self._cas.structures.values():
            if _is_metadata(structure):
                self._metadata.setdefault(structure.sofa, []).append(structure)
            elif _is_relation(structure):
                self._link_relation(structure)
            elif structure.is_annotation and not self._is_left_out(structure):
                for feature in structure.references:
                    self._link_feature(structure, feature)

    def _link_relation(self, structure: CasStructure) -> None:
        name = structure.type
        if self._labels.is_grammar(name):
            self._skipped.count("link", short_layer(name), GRAMMAR_WHY, structure.at)
            return
        features = self._cas.strings(structure)
        label, field = self._labels.link(name, features)
        skip_link_features(self._skipped, name, features, field, structure.at)
        source, target = (next(self._cas.targets(structure, each), 0) for each in (_GOVERNOR, _DEPENDENT))
        self._links.append((label, source, target, structure))

    def _link_feature(self, structure: CasStructure, feature: str) -> None:
        for id in self._cas.targets(structure, feature):
            there = self._cas.structures.get(id)
            if there is None or is_collection(there):
                if there is None:
                    self._links.append((feature, structure.id, id, structure))
            elif _is_slot(there):
                self._slots.add(id)
                label = self._labels.slot(feature, there.value(_ROLE))
                self._links.append((label, structure.id, next(self._cas.targets(there, _TARGET), 0), there))
                skip_link_features(self._skipped, there.type, self._cas.strings(there), _ROLE, there.at)
            else:
                self._links.append((feature, structure.id, id, structure))

    def _span_links(self, homes: dict[int, int], sofas: list[int]) -> dict[int, list[SpanLink]]:
        """Return the links of each text."""
        links: dict[int, list[SpanLink]] = {id: [] for id in sofas}
        for label, source, target, structure in self._links:
            at = structure.at
            if source in homes and homes.get(target) == homes[source]:
                links[homes[source]].append(SpanLink(label, str(source), str(target), at))
            else:
                self._skipped.add("link", f"{label} ({source} → {target})", _LOST, at)
        return links

    def _is_mark(self, structure: CasStructure, shown: bool, reached: bool) -> bool:
        """Tell whether a structure becomes a labelled span; skip other structures that are left out."""
        if _is_settings(structure) or _is_relation(structure) or is_collection(structure) or _is_chain(structure):
            return False
        if _is_slot(structure):
            if structure.id not in self._slots:
                self._skipped.add("link", short_layer(structure.type), _UNSHOWN, structure.at)
            return False
        if not structure.is_annotation:
            self._skipped.count("span", short_layer(structure.type), "it has no place in the text", structure.at)
        elif self._is_left_out(structure) and not reached:
            self._skipped.count("span", short_layer(structure.type), GRAMMAR_WHY, structure.at)
        elif not shown and not reached:
            self._skipped.add("span", f"{structure.id}", _UNSHOWN, structure.at, self._label(structure))
        else:
            return True
        return False

    def _label(self, structure: CasStructure) -> str:
        return self._labels.span(structure.type, self._cas.strings(structure))[0]

    def _is_left_out(self, structure: CasStructure) -> bool:
        return self._labels.is_grammar(structure.type) or _is_settings(structure)

    def _mark(self, structure: CasStructure, offsets: Utf16Offsets | None) -> LabelledSpan | None:
        begin, end = (_code_point(each, offsets) for each in (structure.begin, structure.end))
        if begin is None or end is None or begin > end:
            self._skipped.add("span", f"{structure.id}", _NOWHERE, structure.at, self._label(structure))
            return None
        features, text = self._cas.strings(structure), self._cas.sofas[structure.sofa].text or ""
        mark = LabelledSpan(str(structure.id), structure.type, (Span(begin, end),), structure.at, "", features)
        return self._labels.labelled(mark, text)

    def _id_and_article(self, sofa: Sofa, copy: DocumentCopy) -> tuple[str, ArticleMetadata]:
        """Return the id of a text, preferably from its folder in the project, and its language."""
        own = self._metadata.get(sofa.id, [])
        titles = [value for name in ("documentTitle", "documentId") for each in own if (value := each.value(name))]
        languages = [each.value("language") for each in own]
        language = next((each for each in languages if _LANGUAGE.fullmatch(each) and each != "x-unspecified"), "")
        id = without_suffix(titles[0]) if titles and not copy.annotator else copy.document
        article = ArticleMetadata(language=language)
        return (id if sofa.name == FIRST_VIEW else f"{id}-{sofa.name}"), article


def _code_point(unit: int | None, offsets: Utf16Offsets | None) -> int | None:
    return None if unit is None or offsets is None else offsets.code_point(unit)


def _is_relation(structure: CasStructure) -> bool:
    return _GOVERNOR in structure.references or _DEPENDENT in structure.references


def _is_slot(structure: CasStructure) -> bool:
    return not structure.is_annotation and _TARGET in structure.references


def _is_chain(structure: CasStructure) -> bool:
    """Tell whether a structure is the head of a chain, which adds nothing to the chain's elements."""
    return not structure.is_annotation and "first" in structure.references


def _is_metadata(structure: CasStructure) -> bool:
    return short_layer(structure.type) in _METADATA


def _is_settings(structure: CasStructure) -> bool:
    """Tell whether a structure is about the whole text, or about the tool."""
    return _is_metadata(structure) or structure.type.startswith(_SETTINGS)
