"""Writes docs/shapes.md from shapes/: `python tests/generate/shapes_page.py > docs/shapes.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.rdf.terms import Term
from kg.rdf.vocab import PREFIXES
from kg.shacl.property_paths import read_path
from kg.shacl.shapes_graph import sh
from support.shape_fixtures import SHAPES, constraints, local, one_text, reporting, shapes

HEAD = """# The shapes

`shapes/` holds SHACL Core shapes, one file for each kind of thing. They say what a graph of claims must hold to, to
the annotator who has to mend it: each message names the field of the YAML file. `kg validate` and `kg export` check
them with an engine of their own and show each result at its line.

## With other tools

The shapes need nothing but SHACL Core, so that every engine reads them. Most take one file:

```sh
cat shapes/*.ttl > /tmp/shapes.ttl
pyshacl -s /tmp/shapes.ttl dist/kg.ttl                              # pySHACL
shacl validate --shapes /tmp/shapes.ttl --data dist/kg.ttl          # Apache Jena
shaclvalidate.sh -shapesfile /tmp/shapes.ttl -datafile dist/kg.ttl  # TopBraid
```

They refer to each other across files: give all of them, not one. pySHACL counts a warning as a failure unless it is
told `--allow-warnings`. To hold a graph to rules of your own as well, `kg validate my.ttl --shapes my-shapes/` adds
yours to these: one file, or every file in the folder whose name ends in the suffix of a format of RDF. Whatever
SHACL they use, SPARQL too, they are checked; what cannot be is an error: JavaScript (`sh:js`), and terms that SHACL
does not have, as `sh:targetCLass`. A shape that is a class itself, of the type `rdfs:Class`, `owl:Class` or a
sub-class of these, targets its instances.

`kg` validates article by article, then the entities and the data set, each with the types of what it names
elsewhere. By these shapes, a whole publication at once gives the same results; by a shape of your own that looks
further it does not. The names of authors stand among the entities, so that

```turtle
ex:Named sh:targetClass schema:Claim ; sh:property [ sh:path ( schema:author schema:name ) ; sh:minCount 1 ] .
```

finds none in any article. So far may look a shape that names its targets or finds them as values (`sh:targetNode`,
`sh:targetObjectsOf`), a path backwards or of several steps, what must hold of the properties of a value, and a
query. `kg validate` and `kg build` name the shapes of `--shapes` that do any of this; to check a whole corpus, run

```sh
kg export seeds -f nt | kg validate - --input-format nt --shapes my-shapes/
```

Three things no shape sees, and `kg` checks where it reads a corpus: that words stand in the
article, that a relation to another article finds its claim, that no two articles share an id.

## What must hold

⚠ marks a warning; all else is a violation. The name of a shape begins with `https://w3id.org/kg-claims/shapes#`. A
property is written as in SPARQL: `^` turns it round.
"""


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    graph = shapes().graph
    named = {each.shape for each in constraints()}
    for file in sorted(SHAPES.glob("*.ttl")):
        rows = [shape for shape in reporting() if graph.files[shape].name == file.name and local(shape) in named]
        if rows:
            yield f"### {file.name}\n"
            yield "| shape | property | |"
            yield "|---|---|---|"
            yield from (f"| `{local(shape)}` | {_property(shape)} | {_message(shape)} |" for shape in rows)
            yield ""


def _property(shape: Term) -> str:
    """Return the path of a property shape, the classes that a node shape is for."""
    graph = shapes().graph
    path = graph.one(shape, sh("path"))
    if path is not None:
        return f"`{_short(read_path(graph, path).text)}`".replace("|", "`, `")
    classes = [f"`{_short(each)}`" for each in graph.objects(shape, sh("targetClass"))]
    return ", ".join(classes[:6]) + (", …" if len(classes) > 6 else "")


def _message(shape: Term) -> str:
    mark = "⚠ " if one_text(shape, "severity") == "Warning" else ""
    return mark + one_text(shape, "message").replace("|", "\\|")


def _short(path: str) -> str:
    """Return a path with the prefixes that `kg` writes."""
    return re.sub(r"<([^>]*[/#])([^>]*)>", _prefixed, path)


def _prefixed(iri: re.Match[str]) -> str:
    prefixes = {base: f"{prefix}:" for prefix, base in PREFIXES.items()}
    return prefixes.get(iri[1], iri[1]) + iri[2]


if __name__ == "__main__":
    print("\n".join(page()))
