"""Plain text: prose, stories, WordNet sentences, recall strings."""
from .registry import family
from .wording import with_system


def _window(rng, text, size):
    """A window of about `size` characters that starts at a paragraph or sentence."""
    if len(text) <= size:
        return text
    at = rng.below(len(text) - size)
    cut = max(text.find("\n\n", at, at + 400) + 2, text.find(". ", at, at + 400) + 2)
    at = cut if cut > 1 else at
    return text[at:at + size]


@family("prose")
def prose(sources, rng):
    """A window of a book, essay or letter."""
    return {"text": _window(rng, rng.choice(sources.prose), 900)}


@family("stories")
def stories(sources, rng):
    """A window of a modern simple story."""
    return {"text": _window(rng, rng.choice(sources.stories), 900)}


@family("wordnet_text")
def wordnet_text(sources, rng):
    """Four dictionary entries as sentences."""
    lines = []
    for _ in range(4):
        r = rng.choice(sources.words)
        line = "%s means %s." % (r["word"].capitalize(), r["definition"])
        for e in r["examples"][:2]:
            line += ' For example, "%s."' % e.rstrip(".")
        if r["antonyms"]:
            line += " The opposite of %s is %s." % (r["word"], r["antonyms"][0])
        lines.append(line)
    return {"text": "\n".join(lines)}


def _pairs(sources, rng):
    """Facts about invented people, then some of them asked again."""
    n = rng.range(2, 4)
    names = rng.sample(sources.names, n)
    kind, values = rng.choice([("likes", sources.fruits), ("has a", sources.animals), ("lives in", sources.cities),
                               ("has number", [str(rng.below(1000)) for _ in range(8)])])
    facts = dict(zip(names, rng.sample(values, n)))
    text = " ".join("%s %s %s." % (a, kind, b) for a, b in facts.items())
    again = rng.shuffled(names)
    return text + " " + " ".join("%s %s %s." % (a, kind, facts[a]) for a in again)


def _repeat(sources, rng):
    """A random word string said two or three times."""
    words = [rng.choice(sources.nouns) for _ in range(rng.range(3, 12))]
    sep = rng.choice([" ", ", ", "\n", " - "])
    line = sep.join(words)
    return "\n".join([line] * rng.range(2, 3))


@family("recall")
def recall(sources, rng):
    """Copying: as plain text, or as a request to repeat something."""
    x = rng.unit()
    if x < 0.15:
        return {"text": _repeat(sources, rng)}
    if x < 0.30:
        return {"text": "\n".join(_pairs(sources, rng) for _ in range(2))}
    words = " ".join(rng.choice(sources.nouns) for _ in range(rng.range(1, 8)))
    if rng.chance(0.3):
        words = "".join(str(rng.below(10)) for _ in range(rng.range(2, 7)))
    asked = rng.choice(["Repeat after me: %s", "Say this: %s", "Repeat the words: %s", "Copy this text: %s",
                        'Say "%s".', "Please repeat: %s", 'Write "%s" and nothing else.']) % words
    return {"messages": with_system(rng, [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": words, "reasoning_content": "I will repeat it: %s" % words}]),
        "thinking": rng.chance(0.4)}
