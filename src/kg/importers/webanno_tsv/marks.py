"""Annotations of WebAnno TSV → a document with marks and links, and what is left out of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from kg.errors import Place
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, SkipList, SpanLink
from kg.importers.core.inception import FIELD_WHY, GRAMMAR_WHY, DocumentCopy, LayerLabels, short_layer
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.webanno_tsv.annotations import Annotation, Annotations
from kg.importers.webanno_tsv.cells import Reference
from kg.importers.webanno_tsv.rows import Body
from kg.text.spans import Span

_LONG = 10_000
_LOST = "what it leads to stands nowhere: draw it again"
_NOWHERE = "its offsets are not in the text: export the file again"


class Marks:
    """Makes the document of one file."""

    def __init__(self, annotations: Annotations, body: Body, labels: LayerLabels, file: str) -> None:
        self._all, self._labels, self._file = annotations, labels, file
        self._text = body.text
        self._offsets = Utf16Offsets(self._text)
        self._strays = sorted(body.strays)
        self._begins = [stray.begin for stray in self._strays]
        self._left = SkipList()
        self._drawn: list[tuple[str, Annotation, Annotation, Place]] = []

    def items(self, whose: DocumentCopy) -> Iterator[Item]:
        """Yield what is left out of the document, and the document."""
        self._draw()
        ids: dict[Annotation, str] = {}
        marks = list(self._marks(ids))
        links = []
        for label, source, target, at in self._drawn:
            if source in ids and target in ids:
                links.append(SpanLink(label, ids[source], ids[target], at))
            else:
                self._left.add("link", label, "one of its ends was left out", at)
        for layer, count in self._all.counted.items():
            self._left.count("span", short_layer(layer.name), GRAMMAR_WHY, Place(self._file, layer.line, 1), count)
        yield from self._left
        at = Place(self._file, 0, 0)
        told = (whose.document, self._text, at, tuple(marks), tuple(links))
        yield AnnotatedText(*told, by=whose.annotator, on=whose.on, done=whose.done)

    def _draw(self) -> None:
        """Find what each slot, chain and relation joins."""
        for span in list(self._all.spans):
            for slot in span.slots if not self._labels.is_grammar(span.layer) else ():
                label = self._labels.slot(slot.feature, slot.role)
                self._join(label, span, slot.target and self._all.find(slot.layer, slot.target), span, slot.written)
        for here, there in self._all.next_in_chains():
            self._join("next", here, there, here, "")
        for span in self._all.torn:
            why = "it does not say which element of which chain it is"
            self._left.add("link", short_layer(span.layer), why, self._place(span))
        for layer, relation, start in self._all.relations:
            if self._labels.is_grammar(layer.name):
                self._left.count("link", short_layer(layer.name), GRAMMAR_WHY, Place(self._file, layer.line, 1))
                continue
            label, field = self._labels.link(layer.name, relation.attributes)
            for each in relation.attributes:
                if each != field:
                    self._left.count(
                        "attribute", f"{each} of {short_layer(layer.name)}", FIELD_WHY, self._place(relation)
                    )
            source = start and self._all.find(layer.target, start)
            target = start and self._all.find(layer.target, Reference(relation.unit, start.target, 0))
            self._join(label, source, target, relation, label)

    def _join(
        self, label: str, source: Annotation | None, target: Annotation | None, at: Annotation, written: str
    ) -> None:
        if source and target:
            self._drawn.append((label, source, target, self._place(at)))
        else:
            self._left.add("link", written, _LOST, self._place(at))

    def _marks(self, ids: dict[Annotation, str]) -> Iterator[LabelledSpan]:
        """Yield the marks, and tell the id of each."""
        reached = {each for _, source, target, _ in self._drawn for each in (source, target)}
        numbers: Counter[str] = Counter()
        for span in self._all.spans:
            layer = short_layer(span.layer)
            if self._labels.is_grammar(span.layer) and span not in reached:
                self._left.count("span", layer, GRAMMAR_WHY, self._place(span))
                continue
            numbers[layer] += 1
            id = f"{layer}-{numbers[layer]}"
            begin, end = self._offsets.code_point(span.begin), self._offsets.code_point(span.end)
            if begin is None or end is None or begin > end:
                self._left.add("span", id, _NOWHERE, self._place(span))
                continue
            ids[span] = id
            label, told = self._labels.span(span.layer, span.attributes)
            part = Span(begin, end)
            also = self._labels.also(span.layer, label, told)
            told, names = self._labels.names(label, told, self._text, part)
            yield LabelledSpan(
                id, label, (part,), self._place(span), self._said(span, part), told, names, also=also
            )

    def _said(self, span: Annotation, part: Span) -> str:
        """Return what the rows say that stands there, where it is not what the text has."""
        first = bisect_left(self._begins, span.begin)
        if first == len(self._strays) or self._strays[first].end > span.end:
            return ""
        stray = self._strays[first]
        begin, end = self._offsets.code_point(stray.begin), self._offsets.code_point(stray.end)
        if begin is None or end is None or part.end - part.start > _LONG:
            return stray.text
        return self._text[part.start : begin] + stray.text + self._text[end : part.end]

    def _place(self, there: Annotation) -> Place:
        return Place(self._file, there.line, there.column)
