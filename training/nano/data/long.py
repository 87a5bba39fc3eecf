"""Longer conversations: several questions with their answers, the last one counts."""
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


@family("long")
def long(sources, rng):
    """Three to seven exchanges; in half of them a fact is told at the start and asked at the end."""
    messages, recall = [], rng.chance(0.5)
    kind = rng.choice(list(KINDS))
    v = value(sources, rng, kind)
    if recall:
        messages += tell(rng, kind, v)
    for _ in range(rng.range(3, 6)):
        messages += exchange(sources, rng)
    if recall:
        answer = rng.choice(KINDS[kind][4]).format(v=v)
        messages += [{"role": "user", "content": rng.choice(KINDS[kind][2])},
                     {"role": "assistant", "content": answer,
                      "reasoning_content": "The user said: %s." % answer[:-1].replace("Your", "my").replace(
                          "You ", "I ")}]
    return {"messages": with_system(rng, messages), "thinking": rng.chance(0.4)}
