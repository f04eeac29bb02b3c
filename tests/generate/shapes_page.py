"""Writes docs/shapes.md from shapes/: `python tests/generate/shapes_page.py > docs/shapes.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.rdf.terms import Term
from kg.rdf.vocab import PREFIXES
from kg.shacl.data_graph import read_path
from kg.shacl.shapes_graph import sh
from support.shape_fixtures import SHAPES, constraints, local, one_text, reporting, shapes

HEAD = """# The shapes

This page is generated from `shapes/`, which has one file of SHACL Core shapes for each kind of resource. They say
what a graph of claims must look like. Each message is written for the annotator who has to correct the mistake, and
names the field of the YAML file. `kg validate` and `kg export` check the shapes with kg's own engine and show each
result at its line.

## With other tools

`kg validate dist/kg.ttl` checks any RDF file with these shapes. They need only SHACL Core, so every other engine
reads them too. Most engines take one file:

```sh
cat shapes/*.ttl > /tmp/shapes.ttl
pyshacl -s /tmp/shapes.ttl dist/kg.ttl                              # pySHACL, installed with kg
shacl validate --shapes /tmp/shapes.ttl --data dist/kg.ttl          # Apache Jena
shaclvalidate.sh -shapesfile /tmp/shapes.ttl -datafile dist/kg.ttl  # TopBraid
```

The files refer to each other: give all of them, not one. pySHACL counts a warning as a failure unless you add
`--allow-warnings`. If it does not know the suffix of a file, give it the format: `-df json-ld` for `.jsonld`.

## Your own shapes

`kg validate my.ttl --shapes my-shapes/` adds your shapes to these: one file, or every file in the folder with the
suffix of an RDF format. With `--only-shapes` instead of `--shapes`, kg's own are left out. kg's engine checks SHACL
Core. **pySHACL checks the rest**, and a note names each such shape: those with SPARQL (`sh:sparql`, your own
constraint components, SPARQL targets) and recursive ones, which refer to themselves, directly or through others.
SHACL leaves recursion to the engine, and pySHACL follows it through a few nodes only: to check all nodes of a
chain, use a path with `sh:zeroOrMorePath` instead. JavaScript (`sh:js`) and terms that SHACL does not have, such as
`sh:targetCLass`, are errors. A shape that is also a class (of the type `rdfs:Class`, `owl:Class` or a sub-class of
these) targets its instances.

`kg` validates each article by itself, then the entities and the data set. Each of these graphs has the properties
of its own nodes, and only the types of other nodes. The shapes on this page give the same results for a whole
publication at once; a shape of your own may not. The names of authors are in the graph of the entities, so

```turtle
ex:Named sh:targetClass schema:Claim ; sh:property [ sh:path ( schema:author schema:name ) ; sh:minCount 1 ] .
```

finds no name in any article. These shapes may give different results per article than over the merged graph:

- shapes that name their targets or find them as values (`sh:targetNode`, `sh:targetObjectsOf`, SPARQL targets);
- inverse paths, and paths of several steps;
- constraints on the properties of a value;
- constraint components of your own, and queries for more than properties of `$this` and the types of their values.

`kg validate` and `kg build` name those among your shapes. To check a whole corpus with them, run

```sh
kg export seeds -f nt | kg validate - --input-format nt --shapes my-shapes/
```

Shapes cannot check three things, so `kg` checks them when it reads a corpus: the words of a claim are in the
article, a relation to another article leads to a claim, and no two articles have the same id.

## The rules

⚠ marks a warning; all others are violations. The name of a shape begins with `https://w3id.org/kg-claims/shapes#`.
Property paths are written as in SPARQL: `^` means the inverse.
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
