"""Writes training/eval/*.jsonl: suites of reserved items only (wordings, values and names that training never shows):
python3 -m nano.make_eval [--corpus DIR]."""
import argparse
import json
import os
import re

from . import config, make_eval_skills
from .data import arithmetic, facts, handwritten, memory
from .data.sources import Sources, held
from .data.wording import RESERVED, RESERVED_SYSTEMS, SYSTEMS, normal
from .make_eval_text import NEIGHBOURS, QUANTUM, SAMPLES
from .rng import Rng

STOP = set("a an the of to in on and or is are was were be it its that this these for with from by as at can you your "
           "people thing things very many most more some one use used when which who how what why they them their has "
           "have not but other than into also about like such make made do does if will".split())


def system(rng):
    """Usual or reserved system message, or none."""
    s = rng.weighted([SYSTEMS[0], None, RESERVED_SYSTEMS[0], RESERVED_SYSTEMS[1]], [5, 3, 1, 1])
    return [{"role": "system", "content": s}] if s else []


def keywords(name, answers):
    """On-topic words: words that at least two answers share, plus the words of the name."""
    count = {}
    for a in answers:
        for w in set(re.findall(r"[a-z]{4,}", a.lower())):
            count[w] = count.get(w, 0) + 1
    need = 2 if len(answers) > 1 else 1
    words = [w for w, n in sorted(count.items(), key=lambda x: -x[1]) if n >= need and w not in STOP][:8]
    return words + [w for w in re.findall(r"[a-z]{3,}", name.lower()) if w not in STOP]


def sensible(any_words, low=15, high=120):
    """Check of a paragraph."""
    return {"type": "sensible", "min_words": low, "max_words": high, "any": any_words, "max_repeat": 3}


def item(suite, i, messages, thinking, check, max_tokens=200):
    """One row of a suite."""
    return {"id": "%s-%03d" % (suite, i), "suite": suite, "messages": messages, "thinking": thinking,
            "max_tokens": max_tokens, "check": check}


def ask(rng, question):
    """Messages of one question."""
    return system(rng) + [{"role": "user", "content": question}]


def quantum(sources):
    """The first question, ten and more other wordings, and neighbouring topics in reserved wordings."""
    rng, rows = Rng("eval/quantum", 1, 0), []
    words = ["quantum", "qubit", "qubits"]
    for q in QUANTUM:
        for thinking in (True, False):
            rows.append(item("quantum", len(rows), ask(rng, q), thinking, sensible(words)))
    for q, any_words in NEIGHBOURS:
        rows.append(item("quantum", len(rows), ask(rng, q), len(rows) % 2 == 0, sensible(any_words)))
    return rows


def concepts(sources, n=200):
    """Reserved wordings over the hand-written concepts."""
    rng, rows = Rng("eval/concepts", 1, 0), []
    for row in rng.sample([c for c in sources.concepts if len(c["answers"]) >= 1], n):
        q = rng.choice(handwritten.reserved_questions(row))
        low = 8 if min(len(a.split()) for a in row["answers"]) < 18 else 15
        rows.append(item("concepts", len(rows), ask(rng, q), len(rows) % 2 == 0,
                         sensible(keywords(row["topic"], row["answers"]), low)))
    return rows


def greetings(sources, n=60):
    """Reserved wordings of greetings, identity and API questions; an answer shares a word with the written ones."""
    rng, rows = Rng("eval/greetings", 1, 0), []
    usable = [r for r in sources.qa if r["reserved"] and normal(r["reserved"]) in sources.reserved]
    for row in rng.sample(usable, min(n, len(usable))):
        check = {"type": "contains_any", "values": keywords("", row["answers"]) or keywords("", row["answers"][:1])}
        rows.append(item("greetings", len(rows), ask(rng, row["reserved"]), len(rows) % 2 == 0, check, 120))
    return [r for r in rows if r["check"]["values"]]


def chitchat(sources, n=100):
    """Held-out small-talk questions: any short proper answer counts."""
    rng, rows = Rng("eval/chitchat", 1, 0), []
    usable = [q for p, qs, _ in sources.held_chat if p == "friendly" for q in qs]
    for q in rng.sample(sorted(set(usable)), n):
        rows.append(item("chitchat", len(rows), ask(rng, q), len(rows) % 2 == 0, {"type": "format"}, 120))
    return rows


def sums(sources, n=200):
    """Reserved additions and subtractions of two and three digits in training and reserved wordings."""
    rng, rows = Rng("eval/arithmetic", 1, 0), []
    while len(rows) < n:
        op, limit = rng.choice("+-"), rng.choice([100, 1000])
        a, b = rng.below(limit), rng.below(limit)
        a, b = (max(a, b), min(a, b)) if op == "-" else (a, b)
        if not arithmetic.reserved(a, op, b):
            continue
        pool = arithmetic.RESERVED_ASK[op] if len(rows) % 4 == 0 else arithmetic.ASK[op]
        value = a + b if op == "+" else a - b
        rows.append(item("arithmetic", len(rows), ask(rng, rng.choice(pool).format(a=a, b=b)), True,
                         {"type": "number", "value": value}))
    return rows


def compare(sources, n=100):
    """Reserved pairs."""
    rng, rows = Rng("eval/compare", 1, 0), []
    while len(rows) < n:
        pair = rng.sample(range(rng.choice([100, 1000])), 2)
        if not held("cmp" + str(pair), 50):
            continue
        big = rng.chance(0.5)
        q = "Which is %s, %d or %d?" % ("larger" if big else "smaller", *pair)
        best, other = (max(pair), min(pair)) if big else (min(pair), max(pair))
        rows.append(item("compare", len(rows), ask(rng, q), len(rows) % 2 == 0, {
            "type": "contains_any", "values": ["%d is " % best]}))
    return rows


def remember(sources, n=100):
    """Reserved names, numbers and question wordings, zero to three other turns between."""
    rng, rows = Rng("eval/memory", 1, 0), []
    while len(rows) < n:
        kind = rng.choice(list(memory.KINDS))
        v = memory.value(sources, rng, kind, True)
        talk = memory.tell(rng, kind, v)
        for _ in range(rng.below(4)):
            talk += handwritten.before(sources, rng)
        pool = memory.KINDS[kind][3] if len(rows) % 4 == 0 else memory.KINDS[kind][2]
        rows.append(item("memory", len(rows), system(rng) + talk + [{"role": "user", "content": rng.choice(pool)}],
                         len(rows) % 2 == 0, {"type": "contains_all", "values": [v]}))
    return rows


def known(sources, n=200):
    """Taught facts in reserved wordings."""
    rng, rows = Rng("eval/facts", 1, 0), []
    while len(rows) < n:
        if len(rows) % 2:
            r = rng.choice(sources.opposites)
            q, v = rng.choice(facts.OPPOSITE_RESERVED).format(w=r["word"]), r["antonyms"]
        else:
            r, field = rng.choice(sources.countries), rng.choice(["capital", "inverse", "continent"])
            value = facts.value(r, field)
            if not value:
                continue
            q = rng.choice(facts.COUNTRY[field][1]).format(c=r["country"], v=value)
            v = [r["country"] if field == "inverse" else value]
        rows.append(item("facts", len(rows), ask(rng, q), len(rows) % 3 == 0, {"type": "contains_any", "values": v}))
    return rows


def length(sources, tok):
    """A fact stated first, then filler turns up to a prompt length, then the question."""
    rows = []
    for size in (256, 1024, 4096, 16384):
        for k in range(8 if size == 16384 else 25):
            rng = Rng("eval/length", size, k)
            kind = rng.choice(list(memory.KINDS))
            v = memory.value(sources, rng, kind, True)
            talk = memory.tell(rng, kind, v)
            used = sum(len(tok.encode(m["content"])) + 6 for m in talk) + 30
            while used < size - 60:
                more = handwritten.before(sources, rng)
                used += sum(len(tok.encode(m["content"])) + 6 for m in more)
                talk += more
            talk.append({"role": "user", "content": rng.choice(memory.KINDS[kind][2])})
            rows.append(item("length-%d" % size, k, talk, False, {"type": "contains_all", "values": [v]}, 60))
    return rows


def form(sources, n=60):
    """Mixed questions: the answer ends by itself and shows no special token."""
    rng, rows = Rng("eval/format", 1, 0), []
    for row in rng.sample(sources.concepts, n):
        q = rng.choice(handwritten.reserved_questions(row))
        rows.append(item("format", len(rows), ask(rng, q), len(rows) % 2 == 0, {"type": "format"}))
    return rows


def heldout(sources):
    """Held-out prose and held-out conversations for loss figures."""
    rng, rows, size = Rng("eval/heldout", 1, 0), [], 0
    for text in sources.held_prose:
        text = text[:1500]
        if size < 150000:
            rows.append({"text": text})
            size += len(text)
    for row in rng.sample(sources.concepts, 150):
        rows.append({"messages": ask(rng, rng.choice(handwritten.reserved_questions(row))) + [
            {"role": "assistant", "content": row["answers"][0]}]})
    return rows


def write(name, rows):
    """One suite file."""
    path = os.path.join(config.TRAINING, "eval", name + ".jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        for r in rows:
            f.write(json.dumps(r, ensure_ascii=False) + "\n")
    print(name, len(rows))


def main():
    """Command line."""
    from .tokenizer import Tokenizer
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus")
    parser.add_argument("--skills", action="store_true", help="only the suites of make_eval_skills.py")
    args = parser.parse_args()
    sources = Sources(config.corpus_dir(args.corpus), config.answers_dir())
    for name, rows in make_eval_skills.suites(sources):
        write(name, rows)
    write("samples", [{"id": "sample-%02d" % i, "messages": [
        {"role": "system", "content": "You are a helpful assistant."}, {"role": "user", "content": q}],
        "thinking": i % 2 == 0, "max_tokens": 200} for i, q in enumerate(SAMPLES)] + make_eval_skills.samples(sources))
    if args.skills:
        return
    tok = Tokenizer.load(os.path.join(config.WORK, "tiktoken.model"))
    for name, make in (("quantum", quantum), ("concepts", concepts), ("greetings", greetings),
                       ("chitchat", chitchat), ("arithmetic", sums), ("compare", compare), ("memory", remember),
                       ("facts", known), ("format", form), ("heldout", heldout)):
        write(name, make(sources))
    write("length", length(sources, tok))
    assert len(RESERVED) >= 10


if __name__ == "__main__":
    main()
