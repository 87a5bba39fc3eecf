"""Small talk, short instructions and jokes from the corpus."""
from .registry import family
from .wording import vary, with_system

PERSONA = {"friendly": 35, "professional": 33, "caring": 14, "enthusiastic": 11, "witty": 7}
PERSONA_SYSTEM = {"friendly": "You are a friendly assistant.", "professional": "You are a professional assistant.",
                  "caring": "You are a caring assistant.", "enthusiastic": "You are an enthusiastic assistant.",
                  "witty": "You are a witty assistant."}
SMALL = ["The user is making small talk. I will answer briefly.", "This is small talk. A short answer is best.",
         "I will answer in a friendly way."]


def turn(rng, question, answer, messages=()):
    """A sample of one more question and answer."""
    return {"messages": list(messages) + [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer, "reasoning_content": rng.choice(SMALL)}],
        "thinking": rng.chance(0.45)}


@family("chitchat")
def chitchat(sources, rng):
    """Small talk with a persona; without a persona message only the friendly and professional ones answer."""
    if rng.chance(0.06):
        setup, punch = rng.choice(sources.jokes)
        asked = rng.choice(["Tell me a joke.", "Can you tell me a joke?", "Make me laugh.", "Say something funny.",
                            "I want to hear a joke.", "Do you know a joke?"])
        sample = turn(rng, vary(rng, asked), setup + " " + punch)
        sample["messages"] = with_system(rng, sample["messages"])
        return sample
    persona = rng.weighted(list(PERSONA), list(PERSONA.values()))
    questions, answer = rng.choice(sources.chitchat[persona])
    sample = turn(rng, vary(rng, rng.choice(questions)), answer)
    if persona in ("friendly", "professional") and rng.chance(0.75):
        sample["messages"] = with_system(rng, sample["messages"])
    else:
        sample["messages"].insert(0, {"role": "system", "content": PERSONA_SYSTEM[persona]})
    return sample


@family("chatterbot")
def chatterbot(sources, rng):
    """A short question and answer on a general topic."""
    messages = [dict(m) for m in rng.choice(sources.chatterbot)][:2]
    if len(messages) < 2 or messages[1]["role"] != "assistant":
        return None
    sample = turn(rng, vary(rng, messages[0]["content"]), messages[1]["content"])
    sample["messages"] = with_system(rng, sample["messages"])
    return sample


@family("instructions")
def instructions(sources, rng):
    """A short instruction: grammar, conversion, synonyms, small facts."""
    messages = [dict(m) for m in rng.choice(sources.instructions)]
    if sum(len(m["content"]) for m in messages) > 900:
        return None
    messages[-1]["reasoning_content"] = rng.choice([
        "The user gives an instruction. I will follow it.", "I will do what the user asks."])
    return {"messages": with_system(rng, messages), "thinking": rng.chance(0.35)}
