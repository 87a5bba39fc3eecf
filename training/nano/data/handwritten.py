"""The hand-written answers: each concept is multiplied by many question wordings."""
import re

from .registry import family
from .rephrase import rephrase
from .wording import CONCEPT, CONCEPT_IS, CONCEPT_WHO, RESERVED, composed, vary, with_system

CLAUSE = re.compile(r"(how|why|what|when|where|who|whether)\b", re.I)


def copula(name, answers):
    """'is', 'are', 'was' or 'were' for a topic, read from the answers or guessed from the form."""
    for a in answers:
        m = re.match(re.escape(name) + r" (is|are|was|were)\b", a, re.I)
        if m:
            return m.group(1).lower()
    plural = re.search(r"[^siu]s$", name) and not re.match(r"(a|an|the) ", name) and not name.endswith("ics")
    return "are" if plural else "is"


def person(row):
    """True when the topic looks like a person: capitalised name, 'was a/an/the' and 'he', 'she', 'who' or 'born'."""
    name, first = row["topic"], row["answers"][0]
    return bool(re.match(r"([A-Z]\S* ?){2,4}$", name) and re.search(r"\b(he|she|his|her|who|born)\b", first, re.I)
                and re.match(re.escape(name) + r" (was|is) (an?|the) ", first))


def names_of(row):
    """The topic and its aliases; the topic counts three times."""
    return [row["topic"]] * 4 + [a for a in row.get("aliases") or [] if not a.startswith("the idea of")]


def ask(rng, name, row, templates=None):
    """A question about the topic under one of its names."""
    if templates:
        return rng.choice(templates).format(x=name)
    if rng.chance(0.5):
        text = composed(rng).format(x=name)
        return text[0].upper() + text[1:]
    if CLAUSE.match(name):
        return rng.choice(CONCEPT).format(x=name)
    if rng.chance(0.35):
        pool = CONCEPT_WHO if person(row) else CONCEPT_IS
        return rng.choice(pool).format(x=name, **{"is": copula(name, row["answers"])})
    return rng.choice(CONCEPT).format(x=name)


def thought_concept(rng, row, name):
    """One or two short lines of reasoning."""
    own = row.get("thought")
    if own and rng.chance(0.6):
        return "The user asks about %s. %s" % (name, own)
    return rng.choice([
        "The user asks about {x}. I will explain it simply.", "The user wants to know about {x}. I will explain it.",
        "The topic is {x}. I will give a short and clear explanation.",
    ]).format(x=name)


def thought_qa(rng, row):
    """Own thought of the row or a general line."""
    return row.get("thought") or rng.choice([
        "This is a simple question. I will answer it directly.", "I can answer this in a few words.",
        "The user wants a short answer.",
    ])


def concept_question(rng, row):
    """(question, name used)."""
    name = rng.choice(names_of(row))
    return vary(rng, ask(rng, name, row)), name


@family("hand")
def hand(sources, rng):
    """A concept, a question with answer, or a dialog."""
    if sources.dialogs and rng.chance(0.10):
        return dialog(sources, rng)
    row = rng.choice(sources.pool)
    thinking = rng.chance(0.5)
    if row["kind"] == "concept":
        question, name = concept_question(rng, row)
        thought = thought_concept(rng, row, name)
    else:
        question, thought = vary(rng, rephrase(rng, rng.choice(row["train"]))), thought_qa(rng, row)
    messages = [{"role": "user", "content": question}]
    if rng.chance(0.12):
        messages = before(sources, rng) + messages
    options = row["answers"][:1] * (2 if row["kind"] == "concept" else 1) + row["answers"]
    answer = {"role": "assistant", "content": rng.choice(options), "reasoning_content": thought}
    return {"messages": with_system(rng, messages + [answer]), "thinking": thinking}


def before(sources, rng):
    """An earlier question with its answer, so that the model answers the last question and not the first."""
    other = rng.choice(sources.qa or sources.concepts)
    question = rng.choice(other["train"]) if other["kind"] == "qa" else ask(rng, other["topic"], other)
    return [{"role": "user", "content": question}, {"role": "assistant", "content": rng.choice(other["answers"])}]


def dialog(sources, rng):
    """One of the dialogs, cut after one of its assistant turns."""
    row = rng.choice(sources.dialogs)
    ends = [i for i, m in enumerate(row["messages"]) if m["role"] == "assistant"]
    if not ends:
        return None
    messages = [dict(m) for m in row["messages"][:rng.choice(ends[-2:]) + 1]]
    last = messages[-1]
    last.setdefault("reasoning_content", row.get("thought") or "I will answer the last message of the user.")
    if messages[0]["role"] != "system":
        messages = with_system(rng, messages)
    return {"messages": messages, "thinking": rng.chance(0.5)}


def reserved_questions(row):
    """All reserved wordings of a row (evaluation only)."""
    if row["kind"] == "qa":
        return [row["reserved"]] if row["reserved"] else []
    if CLAUSE.match(row["topic"]):
        return [t.format(x=row["topic"]) for t in RESERVED if not t.startswith(("What do", "I am curious"))]
    return [t.format(x=row["topic"]) for t in RESERVED]
