"""What the rules are called that findings name: ours by a few words, those of SHACL as their parameter is.

`words-not-found` is a rule of ours, `sh:minCount` is SHACL's, and a component of someone's own goes by its IRI.
"""

from __future__ import annotations

from kg.rdf.terms import Iri, iri, iri_text

SH = "http://www.w3.org/ns/shacl#"
OURS = "https://w3id.org/kg-claims/rules#"
_END = "ConstraintComponent"
_ACRONYMS = {"sparql": "SPARQL", "js": "JS"}
_BY_ACRONYM = {acronym: name for name, acronym in _ACRONYMS.items()}


def rule_of(component: Iri) -> str:
    """Return the rule of a constraint component: `sh:minCount` of `sh:MinCountConstraintComponent`."""
    text = iri_text(component)
    if not (text.startswith(SH) and text.endswith(_END)):
        return text
    name = text[len(SH) : -len(_END)]
    return "sh:" + (_BY_ACRONYM.get(name) or name[:1].lower() + name[1:])


def rule_iri(rule: str) -> Iri:
    """Return the IRI of a rule: of SHACL's, their constraint component."""
    if rule.startswith("sh:"):
        return iri(SH + _component(rule))
    return iri(rule if ":" in rule else OURS + rule)


def rule_title(rule: str) -> str:
    """Return what a rule is called where people read a list of rules."""
    return rule if ":" in rule else rule.replace("-", " ").capitalize()


def rule_page(rule: str) -> str:
    """Return where a rule of SHACL is explained, `""` for others."""
    if not rule.startswith("sh:") or rule[3:] in _ACRONYMS:
        return ""
    return f"https://www.w3.org/TR/shacl/#{_component(rule)}"


def _component(rule: str) -> str:
    name = rule.removeprefix("sh:")
    return (_ACRONYMS.get(name) or name[:1].upper() + name[1:]) + _END
