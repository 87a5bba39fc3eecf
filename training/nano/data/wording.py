"""Question wordings for concepts, system messages, and small variations of user text."""
import re

CONCEPT = [
    "Explain {x} in simple terms.", "Explain {x} in simple terms.", "Explain {x} simply.", "Explain {x}.",
    "In simple terms, explain {x}.", "Can you explain {x}?", "Can you explain {x} in simple words?",
    "Explain {x} to a child.", "Describe {x}.", "Describe {x} in simple language.", "Describe {x} to a beginner.",
    "Tell me about {x}.", "Can you tell me about {x}?", "Tell me something about {x}.",
    "I want to know about {x}.", "I want to understand {x}.", "What can you tell me about {x}?",
    "Give me a short explanation of {x}.", "Give a brief description of {x}.", "Write a short paragraph about {x}.",
    "What do you know about {x}?", "I am a beginner. Explain {x}.", "Talk about {x}.",
    "In a few sentences, explain {x}.", "Explain {x} in plain words.", "Explain {x} briefly.",
    "Could you explain {x} to me?", "Give me an overview of {x}.", "Explain the basics of {x}.",
    "What should I know about {x}?", "Please explain {x} as simply as you can.", "Define {x}.",
    "My teacher talked about {x}. Can you explain it?", "I read about {x} today. Tell me more about it.",
    "Explain to me {x}.", "How would you describe {x}?", "Write a simple explanation of {x} for my class.",
]
CONCEPT_IS = ["What {is} {x}?", "What {is} {x}?", "What {is} {x} in simple words?", "So what {is} {x}?",
              "Do you know what {x} {is}?", "Can you tell me what {x} {is}?", "Explain what {x} {is}.",
              "What exactly {is} {x}?"]
CONCEPT_WHO = ["Who {is} {x}?", "Who {is} {x}?", "Do you know who {x} {is}?", "Tell me who {x} {is}."]
RESERVED = [
    "How would you explain {x} to someone new to it?", "I don't know anything about {x}. Can you help me?",
    "Give me a simple explanation of {x}.", "Could you break down {x} for me?", "Help me understand {x}.",
    "What do people mean when they talk about {x}?", "Explain {x} like I am five.",
    "I am curious about {x}.", "Teach me the basics of {x}.", "Please describe {x} in easy words.",
    "Can you sum up {x} in a few sentences?", "I would like to learn about {x}.",
]
OPENERS = ["", "", "", "Please ", "Could you ", "Can you ", "Would you ", "I want you to ", "I need you to ",
           "Now ", "Kindly ", "Try to "]
VERBS = ["explain", "describe", "explain", "summarize", "introduce", "outline", "talk about", "tell me about",
         "give a summary of", "say something about", "clarify", "write about", "give an explanation of",
         "give me some information about", "teach me about", "give me the main idea of"]
ENDINGS = ["", "", "", " in simple terms", " in simple terms", " to a beginner", " for a student", " for kids",
           " to a ten year old", " in one paragraph", " in a simple way", " without hard words", " in short",
           " so that anyone can understand it", " in your own words", " in basic terms", " as if I knew nothing",
           " in an easy way", " in plain English", " to my grandmother", " in two or three sentences"]
LEADS = ["{x}, what is that?", "{x}?", "{x}", "What about {x}?", "Any idea what {x} is about?",
         "I have never understood {x}.", "I keep hearing about {x}.", "I need help with {x}.",
         "{x}: please explain.", "Topic: {x}. Explain it simply.", "I am learning about {x}. Where do I start?",
         "I have a test about {x} tomorrow.", "Is there a simple way to explain {x}?", "So, {x}. What is it?",
         "I'm trying to understand {x}.", "What is the main idea of {x}?", "What is {x} all about?",
         "How does one explain {x}?", "In plain words, what is {x}?", "What is meant by {x}?"]
FRAME = ("could would can may might should please kindly maybe perhaps just really actually so well now okay right "
         "then also still quickly briefly clearly simply easily gently somehow someone somebody anyone everybody me us "
         "my our you your friend class group team sister brother son daughter mother father boss teacher student child "
         "kid baby neighbor help show teach guide walk through break down open up lay out go over look into think know "
         "hear heard learn learned read study find found wonder wondering curious interested confused lost stuck unsure "
         "clue idea grasp meaning sense point story facts basics summary overview lesson introduction notes sentence "
         "sentences words paragraph lines easy plain simple short quick clear small little big good nice what how why "
         "when who which about on of for with to from in at by a the some any few lot bit more need want like love try "
         "make give get put take bring say speak share offer write present understand start begin today tomorrow here "
         "there again first next once never always often").split()
SYSTEMS = [
    "You are a helpful assistant.", "You are a helpful AI assistant.", "You are a friendly assistant.",
    "You are a helpful and polite assistant.", "Answer briefly.", "You are a teacher. Explain things simply.",
    "You are a helpful assistant who answers in clear, simple English.", "Be kind and clear.",
    "You are a smart assistant that gives short answers.", "You are an assistant for students.",
    "You are kimi-nano, a small and helpful assistant.", "Please answer the user's questions.",
    "You are a patient tutor.", "You are an AI assistant that helps people find information.",
    "You are a chatbot.", "You are a polite AI. Keep your answers short.",
]
RESERVED_SYSTEMS = ["You are a careful guide for curious people.", "You are a digital assistant on a website."]
PREFIX = ["please ", "Please ", "hey, ", "Hey, ", "Hi! ", "Hello, ", "could you ", "Could you please ", "ok, ",
          "Hi, ", "can you ", "Quick question: ", "I have a question. ", "kindly "]


def normal(text):
    """Letters and digits of the text in lower case: the key for reserved questions."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def composed(rng):
    """A concept wording put together from parts; some are random words around the topic, so that the topic counts
    and not the words around it."""
    if rng.chance(0.3):
        return rng.choice(LEADS)
    if rng.chance(0.35):
        front = " ".join(rng.choice(FRAME) for _ in range(rng.range(1, 6)))
        back = " ".join(rng.choice(FRAME) for _ in range(rng.below(5)))
        text = (front + " {x} " + back).strip() + rng.choice(["?", ".", ""])
        return text[0].upper() + text[1:]
    opener = rng.choice(OPENERS)
    text = opener + rng.choice(VERBS) + " {x}" + rng.choice(ENDINGS)
    return text[0].upper() + text[1:] + ("?" if opener.startswith(("Could", "Can", "Would")) else ".")


RESERVED_RE = re.compile("|".join(
    r"(?:^|\b)" + normal(t.replace("{x}", "qqq")).replace("qqq", ".+") + "$" for t in RESERVED))


def reserved_wording(question):
    """True when the question has a wording kept for evaluation."""
    return bool(RESERVED_RE.search(normal(question)))


def system(rng):
    """A system message or None."""
    x = rng.unit()
    if x < 0.38:
        return SYSTEMS[0]
    return None if x < 0.68 else rng.choice(SYSTEMS)


def with_system(rng, messages):
    """The messages behind a random system message."""
    s = system(rng)
    return ([{"role": "system", "content": s}] if s else []) + messages


def _typo(rng, text):
    """One swapped or dropped letter inside a word of the text."""
    spots = [i for i in range(1, len(text) - 2) if text[i - 1:i + 2].isalpha()]
    if not spots:
        return text
    i = rng.choice(spots)
    if rng.chance(0.5):
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    return text[:i] + text[i + 1:]


def vary(rng, text, typos=True):
    """Light variation of a user's text: prefix, lower case, missing end mark, a typo."""
    if rng.chance(0.13) and re.match(r"(Explain|Describe|Tell|Give|Write|Define|Name|List)\b", text):
        text = rng.choice(PREFIX) + text[0].lower() + text[1:]
        if text.lower().startswith(("could", "can")) and text.endswith("."):
            text = text[:-1] + "?"
    elif rng.chance(0.04):
        text = rng.choice(["Hi! ", "Hello. ", "Hey, ", "I have a question. "]) + text
    if rng.chance(0.12) and text[-1] in ".?!":
        text = text[:-1]
    if rng.chance(0.12):
        text = text.lower()
    if typos and rng.chance(0.03):
        text = _typo(rng, text)
    return text
