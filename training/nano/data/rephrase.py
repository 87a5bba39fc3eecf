"""Other wordings of a hand-written question, made by rule; the answer stays the same."""
import re

HOW_TO = re.compile(r"(?:how (?:do|can|should|could) (?:i|we|you|one)|how to) (.+?)[?.!]*$", re.I)
HOW_TO_FORMS = ["How do I {x}?", "How can I {x}?", "How should I {x}?", "What is a good way to {x}?",
                "What is the best way to {x}?", "I want to {x}. How?", "I want to {x}. What should I do?",
                "Please tell me how to {x}.", "Any tips on how to {x}?", "Can you help me {x}?",
                "Is there an easy way to {x}?", "how to {x}", "I need to {x}.", "I need some help to {x}.",
                "Do you know how to {x}?", "What can I do to {x}?", "Give me advice on how to {x}.", "tips to {x}",
                "Teach me how to {x}.", "I do not know how to {x}.", "What are the steps to {x}?"]
DO = re.compile(r"(why|how|when|where) do (?!i\b|we\b|you\b|one\b)(.+?)[?.!]*$", re.I)
DO_FORMS = ["Do you know {w} {x}?", "Tell me {w} {x}.", "Can you tell me {w} {x}?", "I wonder {w} {x}.",
            "Explain {w} {x}.", "Can you explain {w} {x}?", "I would like to know {w} {x}.", "{w} do {x}",
            "My child asks {w} {x}.", "I never understood {w} {x}."]
WHAT = re.compile(r"(what|who|where) (is|are|was|were) (?!it\b|there\b)([^?.!,]+)[?.!]*$", re.I)
WHAT_FORMS = ["Do you know {w} {x} {v}?", "Tell me {w} {x} {v}.", "Can you tell me {w} {x} {v}?",
              "I want to know {w} {x} {v}.", "Please say {w} {x} {v}.", "{w} {v} {x}", "I forgot {w} {x} {v}."]
FIRST = re.compile(r"(write|tell|give|name|list|show|make|help|explain|describe|suggest)\b(.+?)[?.!]*$", re.I)
FIRST_FORMS = ["Can you {f}{x}?", "Could you {f}{x}?", "Please {f}{x}.", "{f}{x} please", "Would you {f}{x}?",
               "I want you to {f}{x}.", "I would like you to {f}{x}.", "Will you {f}{x} for me?"]
FRAMES = ["Tell me: {q}", "Quick question: {q}", "I have a question: {q}", "My question is: {q}", "{q} Please answer.",
          "Please answer this: {q}", "I was thinking: {q}", "My friend asks: {q}", "One more thing: {q}", "So, {q}",
          "Hey, {q}", "{q} Do you know?", "{q} I am curious.", "{q} Can you tell me?", "Hmm. {q}", "Well, {q}",
          "{q} Thanks!", "Just wondering, {q}", "I'd like to ask: {q}", "Here is my question. {q}"]
SMALL = set("a an the of to in on for is are was were do does did i me my you your we it can could please what how why "
            "some any that this and with have has be".split())


def _keywords(rng, question):
    """The question without its small words."""
    words = [w for w in re.findall(r"[\w'-]+", question) if w.lower() not in SMALL]
    return " ".join(words).lower() if len(words) > 1 else question


def rephrase(rng, question):
    """The question in other words, or as it is (about half of the time)."""
    x = rng.unit()
    if x < 0.45 or "\n" in question or len(question) < 8:
        return question
    if x < 0.53:
        return _keywords(rng, question)
    if x < 0.68:
        lower = question if re.match(r"I\b|I'", question) else question[0].lower() + question[1:]
        return rng.choice(FRAMES).format(q=lower if rng.chance(0.4) else question).replace("?.", "?")
    for pattern, forms in ((HOW_TO, HOW_TO_FORMS), (DO, DO_FORMS), (WHAT, WHAT_FORMS), (FIRST, FIRST_FORMS)):
        m = pattern.match(question)
        if m:
            text = _fill(rng.choice(forms), pattern, m)
            return text[0].upper() + text[1:] if rng.chance(0.85) else text
    return question


def _fill(form, pattern, m):
    """The form with the parts of the question."""
    if pattern is HOW_TO:
        return form.format(x=m.group(1))
    if pattern is DO:
        return form.format(w=m.group(1).lower(), x=m.group(2))
    if pattern is WHAT:
        return form.format(w=m.group(1).lower(), v=m.group(2).lower(), x=m.group(3).strip())
    return form.format(f=m.group(1).lower(), x=m.group(2))
