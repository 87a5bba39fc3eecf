"""Things the user said earlier in the conversation."""
from .handwritten import before
from .registry import family
from .wording import with_system

COLOURS = ["red", "blue", "green", "yellow", "orange", "purple", "black", "white", "pink", "brown", "gray"]
KINDS = {
    "name": (["My name is {v}.", "Hi, I am {v}.", "Hello, my name is {v}.", "I'm {v}.", "You can call me {v}."],
             ["Nice to meet you, {v}!", "Hello, {v}! How can I help you?", "Hi {v}! It is good to meet you."],
             ["What is my name?", "Do you remember my name?", "What's my name?", "Tell me my name."],
             ["Can you say my name?"], ["Your name is {v}.", "Your name is {v}."]),
    "colour": (["My favorite color is {v}.", "I like the color {v} best.", "I love the color {v}."],
               ["{V} is a nice color.", "Thanks for telling me. {V} is a lovely color."],
               ["What is my favorite color?", "Which color do I like best?", "Do you remember my favorite color?"],
               ["Which color did I say I like?"], ["Your favorite color is {v}."]),
    "number": (["My lucky number is {v}.", "Remember the number {v}.", "My number is {v}."],
               ["I will remember {v}.", "Okay, I will remember the number {v}."],
               ["What is my number?", "Which number did I tell you?", "What was the number?"],
               ["Can you repeat my number?"], ["The number is {v}.", "Your number is {v}."]),
    "pet": (["I have a {v} as a pet.", "My pet is a {v}.", "I have a pet {v}."],
            ["A {v} sounds like a great pet.", "How nice! I hope your {v} is well."],
            ["What pet do I have?", "What animal do I have?", "What is my pet?"],
            ["Which pet did I tell you about?"], ["You have a {v}.", "Your pet is a {v}."]),
    "city": (["I live in {v}.", "I am from {v}.", "My home is in {v}."],
             ["{v} is an interesting place.", "Nice! I have heard of {v}."],
             ["Where do I live?", "Which city am I from?", "Where am I from?"],
             ["Do you know where I live?"], ["You live in {v}.", "You are from {v}."]),
    "fruit": (["My favorite fruit is {v}.", "I like {v} more than any other fruit."],
              ["{V} is a tasty choice.", "Good choice! {V} is tasty."],
              ["What is my favorite fruit?", "Which fruit do I like?"],
              ["Which fruit did I say I like best?"], ["Your favorite fruit is {v}."]),
}


def value(sources, rng, kind, held=False):
    """A value of the kind; `held` picks names kept for evaluation."""
    if kind == "name":
        return rng.choice(sources.held_names if held else sources.names)
    if kind == "number":
        n = rng.range(2, 999)
        return str(n if held == (n % 10 == 7) else n // 10 * 10 + (7 if held else 3))
    return rng.choice({"colour": COLOURS, "pet": sources.animals, "city": sources.cities,
                       "fruit": sources.fruits}[kind])


def tell(rng, kind, v):
    """The user's statement and the reply."""
    say, reply = KINDS[kind][0], KINDS[kind][1]
    return [{"role": "user", "content": rng.choice(say).format(v=v)},
            {"role": "assistant", "content": rng.choice(reply).format(v=v, V=v.capitalize())}]


@family("memory")
def memory(sources, rng):
    """One or two facts told, up to two other turns, then a question about one fact."""
    kinds = rng.sample(list(KINDS), rng.weighted([1, 2], [3, 2]))
    facts = {k: value(sources, rng, k) for k in kinds}
    messages = []
    for k in kinds:
        messages += tell(rng, k, facts[k])
        if rng.chance(0.25):
            messages += before(sources, rng)
    if rng.chance(0.3) and len(kinds) == 1:
        last = messages[-1]
        last["reasoning_content"] = "The user told me something. I will answer in a friendly way."
        return {"messages": with_system(rng, messages), "thinking": rng.chance(0.45)} \
            if len(messages) == 2 else None
    k = rng.choice(kinds)
    answer = rng.choice(KINDS[k][4]).format(v=facts[k])
    thought = "The user said: %s." % answer[:-1].replace("Your", "my").replace("You ", "I ")
    return {"messages": with_system(rng, messages + [
        {"role": "user", "content": rng.choice(KINDS[k][2])},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": rng.chance(0.45)}
