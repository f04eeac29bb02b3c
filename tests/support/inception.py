"""What INCEpTION exports, small: files of WebAnno TSV, a type system, XMI; and what is read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kg.importers import uima_cas, webanno_tsv
from kg.importers.core.documents import AnnotatedText, Skipped
from kg.importers.core.mapping import PRESETS, Mapping

ATTRIBUTION = PRESETS["attribution"]
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
ANNOTATION, TOP, STRING = "uima.tcas.Annotation", "uima.cas.TOP", "uima.cas.String"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
QUOTE = "#T_SP=webanno.custom.Quote|value"
HOST = "#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:arg_s_webanno.custom.HostArgsLink|webanno.custom.Quote"
OPEN = "#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:args_webanno.custom.HostArgsLink|uima.tcas.Annotation"
LEMMA = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Lemma|value"
Read = Callable[[Path], tuple[list[AnnotatedText], list[Skipped]]]


def read_tsv(source: Path, mapping: Mapping = ATTRIBUTION) -> tuple[list[AnnotatedText], list[Skipped]]:
    """Return the documents of a source, and what is left out."""
    return _parted(webanno_tsv.read(source, mapping, None))


def read_cas(source: Path, mapping: Mapping = ATTRIBUTION) -> tuple[list[AnnotatedText], list[Skipped]]:
    """Return the documents of a source, and what is left out."""
    return _parted(uima_cas.read(source, mapping, None))


def tsv(*lines: str, layers: tuple[str, ...] = (), version: str = "3.3") -> str:
    """Return a file of these layers and lines of its body."""
    return "\n".join((f"#FORMAT=WebAnno TSV {version}", *layers, "", "", *lines, ""))


def described(name: str, parent: str = ANNOTATION, /, **features: str) -> str:
    """Return the description of a type; `*` before a range is a shared array."""
    told = "".join(
        f"<featureDescription><name>{feature}</name><rangeTypeName>{range.removeprefix('*')}</rangeTypeName>"
        + ("<multipleReferencesAllowed>true</multipleReferencesAllowed>" if range.startswith("*") else "")
        + "</featureDescription>"
        for feature, range in features.items()
    )
    return (
        f"<typeDescription><name>{name}</name><supertypeName>{parent}</supertypeName>"
        f"<features>{told}</features></typeDescription>"
    )


def type_system(*types: str) -> str:
    """Return a type system of these types."""
    space = "http://uima.apache.org/resourceSpecifier"
    return f'<typeSystemDescription xmlns="{space}"><types>{"".join(types)}</types></typeSystemDescription>'


TYPES = type_system(
    described(
        METADATA,
        "uima.tcas.DocumentAnnotation",
        documentTitle=STRING,
        documentId=STRING,
        isLastSegment="uima.cas.Boolean",
    ),
    described(TOKEN),
    described("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"),
    described("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", value=STRING, identifier=STRING),
    described("webanno.custom.SimpleSpan"),
    described(
        "webanno.custom.Attribution",
        type="webanno.custom.Kind",
        notes="uima.cas.StringArray",
        cue="webanno.custom.SimpleSpan",
    ),
    described("webanno.custom.Kind", STRING),
    described("webanno.custom.Relation", value=STRING, Governor=TOKEN, Dependent=TOKEN),
    described("webanno.custom.LinkType", TOP, role=STRING, target="webanno.custom.SimpleSpan"),
    described(
        "webanno.custom.SimpleLinkHost",
        links="uima.cas.FSArray",
        shared="*uima.cas.FSArray",
        listed="*uima.cas.FSList",
        words="*uima.cas.StringArray",
    ),
    described("webanno.custom.CoreferenceChain", "uima.cas.AnnotationBase", first="webanno.custom.CoreferenceLink"),
    described("webanno.custom.CoreferenceLink", next="webanno.custom.CoreferenceLink", referenceType=STRING),
)


def xmi(*lines: str) -> str:
    """Return an XMI of these elements, one a line from line 2 on."""
    spaces = {
        "xmi": "http://www.omg.org/XMI",
        "cas": "http:///uima/cas.ecore",
        "custom": "http:///webanno/custom.ecore",
        "seg": "http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore",
        "meta": "http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore",
    }
    told = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    return "\n".join((f"<xmi:XMI {told}>", *lines, "</xmi:XMI>"))


def view(text: str, *members: int, id: int = 1, name: str = "_InitialView") -> str:
    """Return a text and the view of it."""
    return (
        f'<cas:Sofa xmi:id="{id}" sofaNum="{id}" sofaID="{name}" mimeType="text" sofaString="{text}"/>'
        f'<cas:View sofa="{id}" members="{" ".join(map(str, members))}"/>'
    )


def _parted(items: Iterator[AnnotatedText | Skipped]) -> tuple[list[AnnotatedText], list[Skipped]]:
    documents: list[AnnotatedText] = []
    skipped: list[Skipped] = []
    for item in items:
        if isinstance(item, AnnotatedText):
            documents.append(item)
        else:
            skipped.append(item)
    return documents, skipped


def one(file: Path, *lines: str, layers: tuple[str, ...] = (QUOTE,), version: str = "3.3") -> AnnotatedText:
    """Return the only document of a file, of which nothing is left out."""
    file.write_text(tsv(*lines, layers=layers, version=version), "utf-8")
    documents, skipped = read_tsv(file)
    assert skipped == []
    (document,) = documents
    return document


def spans(document: AnnotatedText) -> list[tuple[str, str, dict[str, tuple[str, ...]]]]:
    """Return the label, words and attributes of each mark."""
    return [
        (mark.label, "|".join(document.text[start:end] for start, end in mark.parts), mark.attributes)
        for mark in document.marks
    ]


def links(document: AnnotatedText) -> list[tuple[str, str, str]]:
    return [(link.label, link.source, link.target) for link in document.links]
