"""The vocabulary of SHACL: a shape with a term that is none of it, or that nobody here can check, checks nothing.

https://www.w3.org/ns/shacl.ttl, with the node expressions of https://www.w3.org/TR/shacl-af/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.errors import FileError
from kg.rdf.terms import Iri, Term
from kg.rdf.vocab import RDF
from kg.shacl.triples import Triples
from kg.text.nearest_name import nearest

_PREFIX = "<http://www.w3.org/ns/shacl#"
_COMPONENTS = (
    "And Class Closed Datatype Disjoint Equals Expression HasValue In JS LanguageIn LessThan LessThanOrEquals "
    "MaxCount MaxExclusive MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node NodeKind Not "
    "Or Pattern Property QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone"
)
_CLASSES = (
    "AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent Function IRI IRIOrLiteral "
    "Info JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator Literal "
    "NodeKind NodeShape Parameter Parameterizable PrefixDeclaration PropertyGroup PropertyShape ResultAnnotation "
    "Rule SPARQLAskExecutable SPARQLAskValidator SPARQLConstraint SPARQLConstructExecutable SPARQLExecutable "
    "SPARQLFunction SPARQLRule SPARQLSelectExecutable SPARQLSelectValidator SPARQLTarget SPARQLTargetType "
    "SPARQLUpdateExecutable Severity Shape Target TargetType TripleRule ValidationReport ValidationResult "
    "Validator Violation Warning"
)
_PROPERTIES = (
    "alternativePath and annotationProperty annotationValue annotationVarName ask class closed condition conforms "
    "construct datatype deactivated declare defaultValue description detail disjoint entailment equals expression "
    "filterShape flags focusNode group hasValue ignoredProperties in intersection inversePath js jsFunctionName "
    "jsLibrary jsLibraryURL labelTemplate languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive "
    "maxLength message minCount minExclusive minInclusive minLength name namespace node nodeKind nodeValidator "
    "nodes not object oneOrMorePath optional or order parameter path pattern predicate prefix prefixes property "
    "propertyValidator qualifiedMaxCount qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint "
    "result resultAnnotation resultMessage resultPath resultSeverity returnType rule select severity shapesGraph "
    "shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape sparql subject "
    "suggestedShapesGraph target targetClass targetNode targetObjectsOf targetSubjectsOf this union uniqueLang "
    "update validator value xone zeroOrMorePath zeroOrOnePath"
)
_EXPRESSIONS = "count distinct else exists groupConcat if limit max min minus offset orderBy desc sum then values"
TERMS = frozenset(
    [
        *(f"{name}ConstraintComponent" for name in _COMPONENTS.split()),
        *" ".join((_CLASSES, _PROPERTIES, _EXPRESSIONS)).split(),
    ]
)
_IN_JAVASCRIPT = {"js", "JSTarget", "JSRule"}


def refuse_what_nobody_checks(triples: Triples, path: Path) -> None:
    """Raise `FileError` for a term in the namespace that SHACL does not have, and for JavaScript."""
    for subject, name in _named(triples):
        # Such as `PatternConstraintComponent-flags`, the parameter of a component.
        if name.partition("-")[0] not in TERMS:
            raise FileError(f"{path}: shape {subject}: sh:{name} is no term of SHACL.{_nearest(name)}")
        if name in _IN_JAVASCRIPT:
            raise FileError(
                f"{path}: shape {subject}: sh:{name} cannot be checked, as kg runs no JavaScript: "
                "write it with sh:sparql, or delete it."
            )


def _named(triples: Triples) -> Iterator[tuple[Term, str]]:
    """Yield the local name of each term of SHACL that is a predicate or a value, with its subject."""
    for subject, properties in triples.items():
        if not _is_example(properties):
            for predicate, values in properties.items():
                yield from ((subject, name) for name in _local_names((predicate, *values)))


def _is_example(properties: Mapping[Iri, list[Term]]) -> bool:
    """Tell whether a subject is of some class, and no shape: the W3C's own suite has such, with odd terms."""
    kinds = properties.get(RDF.type, [])
    is_shape = any(kind.startswith(_PREFIX) or kind.endswith("#Class>") for kind in kinds)
    return bool(kinds) and not is_shape and TERMS.isdisjoint(_local_names(properties))


def _local_names(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        if term.startswith(_PREFIX) and term != f"{_PREFIX}>":
            yield term[len(_PREFIX) : -1]


def _nearest(name: str) -> str:
    by_letters = {term.lower(): term for term in sorted(TERMS)} | {name: name for name in _PROPERTIES.split()}
    near = nearest(name.lower(), by_letters)
    return f" Did you mean sh:{by_letters[near]}?" if near else ""
