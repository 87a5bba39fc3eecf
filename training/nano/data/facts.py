"""Closed-book facts: word meanings, opposites, countries."""
from .registry import family
from .wording import vary, with_system

MEANING = ["What does {w} mean?", "What does the word {w} mean?", 'What is the meaning of "{w}"?', "Define {w}.",
           'Define the word "{w}".', "Give me the meaning of {w}.", "Can you tell me what {w} means?"]
MEANING_RESERVED = ['I do not know the word "{w}". What does it mean?', "Please define the word {w} for me."]
OPPOSITE = ["What is the opposite of {w}?", "Give me the opposite of {w}.", 'What is an antonym of "{w}"?',
            "Name the opposite of {w}.", "{w}: what is the opposite?"]
OPPOSITE_RESERVED = ["Tell me the opposite of {w}.", 'Which word is the opposite of "{w}"?']
COUNTRY = {
    "capital": (["What is the capital of {c}?", "Name the capital of {c}.", "What's the capital city of {c}?",
                 "Tell me the capital of {c}.", "Do you know the capital of {c}?", "{c}: what is its capital?"],
                ["Which city is the capital of {c}?", "Can you name the capital city of {c}?"],
                ["The capital of {c} is {v}."]),
    "continent": (["On which continent is {c}?", "Where is {c}?", "What continent is {c} in?",
                   "Which continent does {c} belong to?"],
                  ["Can you tell me which continent {c} is on?"], ["{c} is in {v}."]),
    "currency": (["What is the currency of {c}?", "What money do people use in {c}?", "Name the currency of {c}."],
                 ["Which currency is used in {c}?"], ["The currency of {c} is the {v}."]),
    "inverse": (["{v} is the capital of which country?", "Which country has the capital {v}?",
                 "What country is {v} the capital of?"],
                ["{v} is the capital city of what country?"], ["{v} is the capital of {c}."]),
}


def sample(rng, question, answer, thought, share=0.4):
    """One question and answer."""
    return {"messages": with_system(rng, [
        {"role": "user", "content": vary(rng, question, typos=False)},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": rng.chance(share)}


def value(row, field):
    """Field of a country row in the words of the answer, or None."""
    if field in ("capital", "inverse"):
        return row["city"]
    if field == "continent":
        return row.get("continent")
    name = row.get("currency_name")
    return name[0].upper() + name[1:] if name and row.get("continent") != "Europe" else None


@family("wordnet")
def wordnet(sources, rng):
    """Meaning or opposite of a common word."""
    if rng.chance(0.6):
        r = rng.choice(sources.opposites)
        return sample(rng, rng.choice(OPPOSITE).format(w=r["word"]),
                      "The opposite of %s is %s." % (r["word"], r["antonyms"][0]),
                      "The user asks for the opposite of %s." % r["word"])
    r = rng.choice(sources.common)
    answer = "%s means %s." % (r["word"].capitalize(), r["definition"])
    if r["examples"] and rng.chance(0.5):
        answer += ' For example: "%s."' % r["examples"][0].rstrip(".")
    return sample(rng, rng.choice(MEANING).format(w=r["word"]), answer,
                  "The user asks what %s means." % r["word"])


@family("countries")
def countries(sources, rng):
    """Capital, continent or currency of a country."""
    r = rng.choice(sources.countries)
    field = rng.weighted(["capital", "continent", "currency", "inverse"], [5, 2, 1, 2])
    v = value(r, field)
    if not v:
        return None
    train, _, answers = COUNTRY[field]
    return sample(rng, rng.choice(train).format(c=r["country"], v=v),
                  rng.choice(answers).format(c=r["country"], v=v),
                  "The user asks about %s." % (r["country"] if field != "inverse" else v))
