"""The user's own shapes: their files, mistakes in them that nothing would report, and which need a merged graph.

A shape with a term that SHACL does not have would check nothing: it is an error. Queries are checked before pySHACL
runs them, because it does not say which shape is wrong.
https://www.w3.org/ns/shacl.ttl · https://www.w3.org/TR/shacl/#sparql-constraints
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kg.errors import FileError, UsageError
from kg.files.input_files import is_inside, leads_out
from kg.formats.rdf_reader import media_type_of, suffixes
from kg.rdf.terms import Iri, Term, literal_value
from kg.rdf.vocab import RDF
from kg.shacl.compiler import REFER_TO_SHAPES, custom_parameters, is_compiled, targeting_shapes
from kg.shacl.shapes_graph import ShapesGraph, Triples, sh
from kg.text.nearest_name import nearest

_SH = "<http://www.w3.org/ns/shacl#"
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
TERMS: Final = frozenset(
    [
        *(f"{name}ConstraintComponent" for name in _COMPONENTS.split()),
        *" ".join((_CLASSES, _PROPERTIES, _EXPRESSIONS)).split(),
    ]
)
_IN_JAVASCRIPT = {"js", "JSTarget", "JSRule"}

_ONTOLOGY = Iri("<http://www.w3.org/2002/07/owl#Ontology>")
_PREDECLARED = ("rdf", "rdfs", "owl")
"""The prefixes that pySHACL declares by itself."""
_PATH = re.compile(r"(?<=[\s{}()])[$?]PATH")
"""The variable that pySHACL replaces with the path of the shape, where SPARQL allows no variable."""
_PATH_IRI = "<urn:path>"


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return each file, and for a folder its RDF files in order.

    Raises `UsageError` for a folder without any, and for a link that leads out of it.
    """
    return [file for path in paths for file in (_rdf_files(path) if path.is_dir() else [path])]


def _rdf_files(folder: Path) -> list[Path]:
    named = sorted(file for file in folder.rglob("*") if _is_rdf(file.name))
    for file in named:
        if leads_out(str(file), str(folder)):
            raise UsageError(f"{file}: this link leads out of the folder of shapes. Name the file itself.")
    found = [file for file in named if is_inside(str(file), str(folder))]
    if not found:
        raise UsageError(
            f"{folder}: a folder of shapes must contain a file that ends in one of {suffixes()} "
            "(and .gz or .zst behind it): name another folder, or the file itself."
        )
    return found


def _is_rdf(name: str) -> bool:
    try:
        media_type_of(name)
    except UsageError:
        return False
    return True


def refuse_unknown_terms(triples: Triples, path: Path) -> None:
    """Raise `FileError` for a term in SHACL's namespace that SHACL does not have, and for JavaScript."""
    for subject, name in _shacl_terms(triples):
        # A parameter may be named after its component: `PatternConstraintComponent-flags`.
        if name.partition("-")[0] not in TERMS:
            raise FileError(f"{path}: shape {subject}: sh:{name} is no term of SHACL.{_nearest(name)}")
        if name in _IN_JAVASCRIPT:
            raise FileError(
                f"{path}: shape {subject}: sh:{name} cannot be checked, as kg runs no JavaScript: "
                "write it with sh:sparql, or delete it."
            )


def _shacl_terms(triples: Triples) -> Iterator[tuple[Term, str]]:
    """Yield the local name of each SHACL term that is a predicate or a value, with its subject."""
    for subject, properties in triples.items():
        if not _is_test_data(properties):
            for predicate, values in properties.items():
                yield from ((subject, name) for name in _local_names((predicate, *values)))


def _is_test_data(properties: Mapping[Iri, list[Term]]) -> bool:
    """Tell whether a subject has a class and is no shape: the W3C's own suite has such, with unknown terms."""
    kinds = properties.get(RDF.type, [])
    is_shape = any(kind.startswith(_SH) or kind.endswith("#Class>") for kind in kinds)
    return bool(kinds) and not is_shape and TERMS.isdisjoint(_local_names(properties))


def _local_names(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        if term.startswith(_SH) and term != f"{_SH}>":
            yield term[len(_SH) : -1]


def _nearest(name: str) -> str:
    by_letters = {term.lower(): term for term in sorted(TERMS)} | {name: name for name in _PROPERTIES.split()}
    near = nearest(name.lower(), by_letters)
    return f" Did you mean sh:{by_letters[near]}?" if near else ""


def refuse_ill_formed_queries(graph: ShapesGraph) -> None:
    """Raise `FileError`, with the shape, for a query that is not SPARQL or uses a prefix without a declaration."""
    for subject in graph.triples:
        for name in ("select", "ask", "construct"):
            for query in graph.objects(subject, sh(name)):
                mistake = _mistake(query, _declared_prefixes(graph, subject))
                if mistake:
                    raise graph.error(_owner(graph, subject), f"sh:{name} {mistake}")


def _mistake(query: Term, declared: set[str]) -> str:
    """Return what is wrong with a query, `""` if nothing is."""
    from pyparsing import ParseException

    if query[0] != '"':
        return f"must be SPARQL, not {query}"
    try:
        parsed = _parse(query)
    except ParseException as error:
        return f"must be SPARQL, and is not from line {error.lineno}, column {error.column} on: correct it there"
    own = {each.prefix or "" for each in parsed[0] if each.name == "PrefixDecl"}
    used = {part.prefix or "" for part in _parts(parsed[1]) if part.name == "pname"}
    undeclared = sorted(used - own - declared)
    return (
        f"must declare the prefix {undeclared[0]}: with PREFIX, or by sh:prefixes and sh:declare"
        if undeclared
        else ""
    )


def _parse(query: Term) -> Any:  # rdflib's parse results have no types
    """Return a query as rdflib parses it: its prologue and its parts."""
    from rdflib.plugins.sparql.parser import parseQuery

    return parseQuery(_PATH.sub(_PATH_IRI, literal_value(query).lexical))


def _parts(parsed: Any) -> list[Any]:
    """Return all named parts of a parsed query."""
    from rdflib.plugins.sparql.algebra import traverse
    from rdflib.plugins.sparql.parserutils import CompValue

    found: list[Any] = []

    def visit(part: Any) -> None:
        if isinstance(part, CompValue):
            found.append(part)

    traverse(parsed, visitPre=visit)
    return found


def _declared_prefixes(graph: ShapesGraph, subject: Term) -> set[str]:
    """Return the prefixes that pySHACL declares for the queries of a subject."""
    found = set(_PREDECLARED)
    ontologies = [each for each, properties in graph.triples.items() if _ONTOLOGY in properties.get(RDF.type, ())]
    for place in graph.objects(subject, sh("prefixes")):
        declares = graph.objects(place, sh("declare"))
        if not declares or place not in ontologies:
            declares = [*declares, *(each for some in ontologies for each in graph.objects(some, sh("declare")))]
        found.update(literal_value(each).lexical for one in declares for each in graph.objects(one, sh("prefix")))
    return found


def _owner(graph: ShapesGraph, subject: Term) -> Term:
    """Return the named subject, usually a shape, that a blank node belongs to; else the node itself."""
    owners = {
        value: each for each, properties in graph.triples.items() for some in properties.values() for value in some
    }
    seen = set()
    while subject[0] == "_" and subject in owners and subject not in seen:
        seen.add(subject)
        subject = owners[subject]
    return subject


def shapes_beyond_article(graph: ShapesGraph, trusted: Container[Path]) -> list[Term]:
    """Return the shapes that may give different results per article than over the merged graph.

    An article's graph has the properties of its own nodes, and only the types of others. So these shapes target
    nodes by name or as values, follow a path backwards or over several steps, ask for properties of a value, or
    have a query or a constraint component that may do so. Shapes in trusted files are known not to.
    """
    custom = custom_parameters(graph)
    return [
        shape
        for shape in targeting_shapes(graph)
        if graph.files[shape] not in trusted and _goes_beyond(graph, shape, custom, trusted)
    ]


def _goes_beyond(graph: ShapesGraph, start: Term, custom: set[Term], trusted: Container[Path]) -> bool:
    if not {sh("targetNode"), sh("targetObjectsOf")}.isdisjoint(graph.triples[start]):
        return True
    seen: set[tuple[Term, bool]] = set()
    waiting = [(start, False)]
    while waiting:
        shape, at_value = visit = waiting.pop()
        # A trusted shape stays within an article, unless it is asked about a node elsewhere.
        if visit in seen or (not at_value and graph.files.get(shape) in trusted):
            continue
        seen.add(visit)
        if graph.is_true(shape, sh("deactivated")):
            continue
        if _asks_beyond(graph, shape, custom, at_value=at_value):
            return True
        leads_on = at_value or bool(graph.objects(shape, sh("path")))
        waiting.extend((other, leads_on) for other in _referred(graph, shape))
    return False


def _asks_beyond(graph: ShapesGraph, shape: Term, custom: set[Term], *, at_value: bool) -> bool:
    """Tell whether a shape asks for more than properties of its focus node, or any if it is `at_value`."""
    properties = graph.triples.get(shape, {})
    if not all(is_compiled(each, custom) or each == sh("sparql") for each in properties):
        return True
    if at_value and (
        graph.is_true(shape, sh("closed"))
        or not {sh("equals"), sh("disjoint"), sh("path"), sh("sparql")}.isdisjoint(properties)
    ):
        return True
    queries = [query for each in properties.get(sh("sparql"), ()) for query in graph.objects(each, sh("select"))]
    return not (
        all(_is_one_step(graph, path) for path in graph.objects(shape, sh("path")))
        and all(_asks_only_this(query) for query in queries)
    )


def _is_one_step(graph: ShapesGraph, path: Term) -> bool:
    choices = [each for head in graph.objects(path, sh("alternativePath")) for each in _items(graph, head)]
    return path[0] == "<" or (bool(choices) and all(each[0] == "<" for each in choices))


def _asks_only_this(query: Term) -> bool:
    """Tell whether a query asks only for properties of `$this` and for types of their values."""
    from rdflib import Variable

    parts = _parts(_parse(query)[1])
    names = {part.name for part in parts}
    if not names.isdisjoint({"GraphGraphPattern", "ServiceGraphPattern", "SubSelect"}):
        return False
    flat = [block for part in parts if part.name == "TriplesBlock" for block in part.triples]
    triples = [tuple(block[start : start + 3]) for block in flat for start in range(0, len(block), 3)]
    own = {value for subject, _, value in triples if subject == Variable("this")}
    # In a separate branch, a pattern for the type of a value might match any node.
    branches = not names.isdisjoint({"OptionalGraphPattern", "GroupOrUnionGraphPattern"})
    return all(
        _is_predicate(predicate)
        and (subject == Variable("this") or (subject in own and not branches and _is_type(predicate)))
        for subject, predicate, _ in triples
    )


def _is_predicate(path: Any) -> bool:
    """Tell whether a path of a query is a predicate, or a choice of such."""
    parts = _parts(path)
    names = {part.name for part in parts}
    is_long = any(part.name == "PathSequence" and len(part.part) > 1 for part in parts)
    return names <= {"PathAlternative", "PathSequence", "PathElt", "pname"} and not (
        is_long or any(part.mod for part in parts if part.name == "PathElt")
    )


def _is_type(path: Any) -> bool:
    from rdflib import RDF as RDFLIB_RDF

    return [part.part for part in _parts(path) if part.name == "PathElt"] == [RDFLIB_RDF.type]


def _referred(graph: ShapesGraph, shape: Term) -> Iterator[Term]:
    """Yield the shapes that a shape refers to."""
    for predicate in REFER_TO_SHAPES & graph.triples.get(shape, {}).keys():
        for value in graph.objects(shape, predicate):
            yield from _items(graph, value) if predicate in (sh("and"), sh("or"), sh("xone")) else (value,)


def _items(graph: ShapesGraph, head: Term) -> list[Term]:
    """Return the members of a list; none if it is ill-formed, which compiling the shape reports."""
    try:
        return graph.items(head)
    except ValueError:
        return []
