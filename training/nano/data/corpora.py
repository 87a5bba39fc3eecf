"""Reads the corpus files (gzip JSONL) and the hand-written answers."""
import glob
import gzip
import json
import os

from . import wording

THOUGHTS = ["The user asks about this. I will explain it simply. The topic is short and clear explanation.",
            "This is a simple question. I will answer it directly.", "write carry borrow The result is",
            "explain describe tell please could you", "Explain Describe quantum computing"]
PROSE = ["prose/gutenberg_children", "prose/storybooks", "prose/masc_selected"]
CHAT = ["chat/chitchat_personas", "chat/chatterbot_english", "chat/simple_instructions"]


def rows(folder, name):
    """Rows of one corpus file, e.g. name 'facts/countries'."""
    with gzip.open(os.path.join(folder, name + ".jsonl.gz"), "rt", encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def answers(folder):
    """Rows of the hand-written files in name order; broken lines are skipped (files may be in the making)."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
        with open(path, encoding="utf-8") as f:
            for line in f:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict) and "kind" in row:
                    out.append(dict(row, file=os.path.basename(path)))
    return out


def clean(text):
    """Typographic quotes and dashes become their plain forms."""
    for a, b in (("\u2018", "'"), ("\u2019", "'"), ("\u201c", '"'), ("\u201d", '"'), ("\u2013", "-"),
                 ("\u2014", " - "), ("\u2026", "..."), ("\u00a0", " "), ("\r", "")):
        text = text.replace(a, b)
    return text


def _strings(value):
    """All strings inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from _strings(v)
    elif isinstance(value, dict):
        for v in value.values():
            yield from _strings(v)


def tokenizer_texts(folder, answers_folder):
    """Texts for the tokenizer, weighted towards the chat text the model will write."""
    for name in PROSE:
        for i, row in enumerate(rows(folder, name)):
            if name != "prose/gutenberg_children" or i % 4 == 0:
                yield clean(row["text"])
    for row in rows(folder, "facts/wordnet_common"):
        yield " " + row["word"] + " " + row["definition"] + " ".join(row["examples"])
    for name in ("facts/countries", "reasoning/svamp"):
        for row in rows(folder, name):
            yield "\n".join(_strings(row))
    for name in ("chat/simple_instructions", "chat/chatterbot_english"):
        for row in rows(folder, name):
            for text in _strings(row):
                yield text
    for row in rows(folder, "chat/chitchat_personas"):
        for q in row["questions"][:12]:
            yield q
        for _ in range(4):
            yield row["answer"]
    for row in rows(folder, "tools/glaive_toolcalls"):
        yield json.dumps(row["tools"])
    for line in wording.CONCEPT + wording.CONCEPT_IS + wording.SYSTEMS + THOUGHTS:
        for _ in range(300):
            yield line
            yield " " + line
    for row in answers(answers_folder):
        for text in _strings(row):
            for _ in range(20):
                yield clean(text)
                yield " " + clean(text)
