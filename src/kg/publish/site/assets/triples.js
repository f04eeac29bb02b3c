// What CONSTRUCT and DESCRIBE answer: triples as the rows of a table, and as Turtle.
"use strict";
(() => {
  const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  const KINDS = { NamedNode: "uri", BlankNode: "bnode", Literal: "literal" };

  const TERM = /<([^>]*)>|(_:\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?/y;
  const ESCAPED = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };
  const plain = (text) => text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, letter) => short || long ? String.fromCodePoint(parseInt(short || long, 16)) : ESCAPED[letter] || letter);

  const term = ([source, iri, blank, literal, language]) => ({
    ...(iri !== undefined ? { termType: "NamedNode", value: plain(iri) }
      : blank ? { termType: "BlankNode", value: blank.slice(2) }
        : { termType: "Literal", value: plain(literal), language }),
    toString: () => source,
  });

  // The triples of N-Triples, as the engine would give them.
  const parsed = (text) => text.split("\n").filter(Boolean).map((line) => {
    TERM.lastIndex = 0;
    const terms = [0, 1, 2].map(() => {
      const found = TERM.exec(line);
      if (!found) throw new Error(line);
      TERM.lastIndex += 1;
      return term(found);
    });
    return { subject: terms[0], predicate: terms[1], object: terms[2] };
  });

  // Each triple once, in the order of the alphabet, since the engine promises none.
  const distinct = (quads) => {
    const found = new Map(quads.map((quad) => [`${quad.subject} ${quad.predicate} ${quad.object}`, quad]));
    return [...found.keys()].sort().map((key) => found.get(key));
  };

  const value = (term) => ({
    type: KINDS[term.termType] || "triple",
    value: term.termType in KINDS ? term.value : term.toString(),
    ...(term.language ? { "xml:lang": term.language } : {}),
  });

  // As SPARQL's results in JSON have rows.
  const rows = (triples, names) => ({
    head: { vars: names },
    results: { bindings: triples.map((each) => Object.fromEntries(names.map((name, at) => [name, value([each.subject, each.predicate, each.object][at])]))) },
  });

  // With the prefixes that the question declares.
  const turtle = (triples, question) => {
    const declared = new Map([...question.matchAll(/PREFIX\s+([A-Za-z][\w-]*)?:\s*<([^<>\s]*)>/gi)].map(([, name = "", iri]) => [name, iri]));
    const used = new Set();
    const written = (term) => {
      if (term.termType !== "NamedNode") return term.toString();
      for (const [name, iri] of declared) {
        const end = term.value.slice(iri.length);
        if (term.value.startsWith(iri) && /^[A-Za-z_][\w-]*$/.test(end)) {
          used.add(name);
          return `${name}:${end}`;
        }
      }
      return term.toString();
    };
    const subjects = new Map();
    for (const each of triples) {
      const subject = written(each.subject);
      const predicate = each.predicate.value === TYPE ? "a" : written(each.predicate);
      subjects.set(subject, [...(subjects.get(subject) || []), `${predicate} ${written(each.object)}`]);
    }
    const head = [...declared].filter(([name]) => used.has(name)).map(([name, iri]) => `@prefix ${name}: <${iri}> .\n`);
    const body = [...subjects].map(([subject, said]) => `${subject} ${said.join(" ;\n    ")} .\n`);
    return [head.join(""), ...body].filter(Boolean).join("\n");
  };

  window.kgTriples = { distinct, parsed, rows, turtle };
})();
