"""Longer conversations: many questions with their answers; the last one counts."""
from .handwritten import ask
from .memory import KINDS, tell, value
from .registry import family
from .wording import vary, with_system


def exchange(sources, rng):
    """One hand-written question with its answer."""
    row = rng.choice(sources.pool)
    question = rng.choice(row["train"]) if row["kind"] == "qa" else ask(rng, row["topic"], row)
    return [{"role": "user", "content": vary(rng, question)},
            {"role": "assistant", "content": rng.choice(row["answers"]),
             "reasoning_content": "I will answer the last question."}]


def conversation(sources, rng, low, high):
    """Exchanges of about low to high tokens; most tell a fact or two at the start and ask for one at the end."""
    messages, recall = [], rng.chance(0.75)
    kinds = rng.sample(list(KINDS), rng.range(1, 2))
    facts = {k: value(sources, rng, k) for k in kinds}
    left = rng.range(low, high)
    if recall:
        for k in kinds:
            messages += tell(rng, k, facts[k])
    while left > 0:
        more = exchange(sources, rng)
        left -= sum(len(m["content"]) // 4 + 8 for m in more)
        messages += more
        if recall and rng.chance(0.12):
            messages += _question(rng, rng.choice(kinds), facts)
    if recall:
        messages += _question(rng, rng.choice(kinds), facts)
    return {"messages": with_system(rng, messages), "thinking": rng.chance(0.4)}


def _question(rng, kind, facts):
    """A question about a fact told before, with its answer."""
    answer = rng.choice(KINDS[kind][4]).format(v=facts[kind])
    return [{"role": "user", "content": rng.choice(KINDS[kind][2])},
            {"role": "assistant", "content": answer,
             "reasoning_content": "The user said: %s." % answer[:-1].replace("Your", "my").replace("You ", "I ")}]


@family("long")
def long(sources, rng):
    """Conversations of up to about 450 tokens."""
    return conversation(sources, rng, 150, 380)


@family("long1k")
def long1k(sources, rng):
    """Conversations of up to about 1,000 tokens."""
    return conversation(sources, rng, 450, 850)


@family("long4k")
def long4k(sources, rng):
    """Conversations of up to about 4,000 tokens."""
    return conversation(sources, rng, 1500, 3400)
