// What the pages take of CodeMirror, bundled into src/kg/publish/site/assets/editor.js by tests/generate/browser_assets.py.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// Classes rather than colours: site.css knows light, dark and print.
const colours = syntaxHighlighting(tagHighlighter([
  { tag: tags.keyword, class: "sparql-keyword" },
  { tag: tags.standard(tags.variableName), class: "sparql-keyword" },
  { tag: tags.local(tags.variableName), class: "sparql-variable" },
  { tag: tags.atom, class: "sparql-iri" },
  { tag: tags.string, class: "sparql-string" },
  { tag: tags.meta, class: "sparql-string" },
  { tag: tags.comment, class: "sparql-comment" },
]));

// What is typed over a selection: Chromium would keep the look of what was selected, as styles in the elements, of
// which the policy of the pages complains.
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    // The selection of the document, of which the editor's own may be behind.
    const selection = document.getSelection();
    if (event.inputType !== "insertText" || !event.data || event.isComposing || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    const [from, to] = [view.posAtDOM(range.startContainer, range.startOffset), view.posAtDOM(range.endContainer, range.endOffset)];
    const insert = view.state.toText(event.data);
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.type", scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

// Takes the place of a text area, which keeps the text; `run` is called at Ctrl+Enter. Tab is left to the browser.
// A browser that cannot construct styles keeps the text area: the policy of the pages allows no others.
if ("adoptedStyleSheets" in document) window.kgEditor = (area, attributes, run) => {
  const view = new EditorView({
    doc: area.value,
    extensions: [
      keymap.of([{ key: "Ctrl-Enter", mac: "Mod-Enter", run: () => (run(), true) }, ...defaultKeymap, ...historyKeymap]),
      history(),
      lineNumbers(),
      bracketMatching(),
      EditorView.lineWrapping,
      StreamLanguage.define(sparql),
      colours,
      typedOver,
      EditorView.contentAttributes.of({ ...attributes, tabindex: "0" }),
      EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
    ],
  });
  area.after(view.dom);
  area.hidden = true;
  return view;
};
