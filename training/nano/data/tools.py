"""Tool calls over invented schemas: the call, several calls, a question for what is missing, no call, the final answer."""
import json

from .fields import FIELDS, Values, exact, said
from .handwritten import ask as ask_concept
from .registry import family
from .wording import with_system

VERBS = {"get": ["get", "show me", "tell me", "look up"], "find": ["find", "search for", "look for"],
         "create": ["create", "make", "set up"], "send": ["send"], "book": ["book", "reserve"],
         "update": ["update", "change"], "delete": ["delete", "remove"], "check": ["check"], "add": ["add"],
         "set": ["set"], "start": ["start"], "order": ["order"], "open": ["open"], "track": ["track"],
         "play": ["play"], "save": ["save", "store"], "cancel": ["cancel"], "list": ["list", "show"]}
KNOWN = [("get", "weather", ["city"], ["unit", "date"]), ("get", "time", ["city"], []),
         ("send", "message", ["recipient", "message"], ["urgent"]), ("book", "table", ["name", "time"], ["guests"]),
         ("set", "alarm", ["time"], ["repeat"]), ("get", "price", ["product"], []), ("set", "timer", ["minutes"], []),
         ("order", "pizza", ["size"], ["quantity"]), ("create", "event", ["title", "date"], ["time", "guests"]),
         ("track", "order", ["order_id"], []), ("find", "hotel", ["city"], ["date", "days"]),
         ("play", "song", ["title"], []), ("add", "product", ["product", "price"], ["quantity"]),
         ("find", "restaurant", ["location"], ["time"]), ("get", "population", ["city"], []),
         ("get", "current_weather", ["location"], ["unit"])]
NATURAL = {
    "get_weather": ["What is the weather in {city}?", "How is the weather in {city} today?", "Is it cold in {city}?",
                    "What's the weather like in {city}?", "Will it rain in {city}?"],
    "get_current_weather": ["What is the weather in {location}?", "How warm is it in {location} now?"],
    "get_time": ["What time is it in {city}?", "Tell me the local time in {city}."],
    "get_price": ["How much does the {product} cost?", "What is the price of {product}?"],
    "get_population": ["How many people live in {city}?", "What is the population of {city}?"],
    "set_timer": ["Set a timer for {minutes} minutes.", "Remind me in {minutes} minutes."],
    "set_alarm": ["Wake me up at {time}.", "Set an alarm for {time}."],
    "track_order": ["Where is my order {order_id}?", "What is the status of order {order_id}?"],
    "find_hotel": ["I need a hotel in {city}.", "Where can I sleep in {city}?"],
    "find_restaurant": ["Where can I eat in {location}?", "I am hungry. What is there in {location}?"],
    "send_message": ['Tell {recipient} "{message}".', 'Write to {recipient}: "{message}"'],
    "play_song": ['Play "{title}".', 'I want to hear "{title}".'],
    "book_table": ["I want to eat at {time}. The name is {name}.", "A table at {time} for {name}, please."],
}
PAIRS = {"get_weather": ["What is the weather in {a} and in {b}?", "Compare the weather in {a} and {b}."],
         "get_time": ["What time is it in {a} and in {b}?"],
         "get_population": ["How many people live in {a} and in {b}?"]}
CALL_ASK = ["{r}.", "Please {r}.", "Can you {r}?", "Could you {r}?", "I need you to {r}.", "I want to {r}.",
            "{r}", "Would you please {r}?", "Help me {r}.", "{r}, please."]
CALL_RESERVED = ["Be so kind and {r}.", "My task for you: {r}."]
MISSING = ["Which {f} should I use?", "What is the {f}?", "Please tell me the {f}."]


class Tool:
    """One invented function: name, schema, and how a request says it."""

    def __init__(self, rng, values, known=None):
        verb, noun, need, more = known or self._invented(rng, values)
        self.verb, self.noun = verb, noun
        self.need, self.more = sorted(need), sorted(more)
        camel = not known and rng.chance(0.15)
        self.name = verb + noun.capitalize() if camel else "%s_%s" % (verb, noun)
        self.fields = {f: FIELDS[f] for f in self.need + self.more}

    def _invented(self, rng, values):
        picked, seen = [], set()
        for f in rng.sample(list(FIELDS), rng.weighted([1, 2, 3, 4], [4, 5, 3, 2])):
            opening = FIELDS[f][2][0].split()[0]
            if opening not in seen or opening == "with":
                picked.append(f)
                seen.add(opening)
        cut = rng.range(1, len(picked))
        return rng.choice(list(VERBS)), rng.choice(values.nouns), picked[:cut], picked[cut:]

    def schema(self, rng):
        """The declaration."""
        props = {f: dict(v[0], description=rng.choice(v[1])) if rng.chance(0.7) else dict(v[0])
                 for f, v in self.fields.items()}
        text = rng.choice(["%s a %s.", "%s the %s.", "Use this to %s a %s.", "%s %s"]) % (self.verb, self.noun)
        return {"type": "function", "function": {"name": self.name, "description": text[0].upper() + text[1:],
                                                 "parameters": {"type": "object", "properties": props,
                                                                "required": list(self.need)}}}

    def fill(self, rng, values, drop=None):
        """(arguments, request text): required ones and some of the others; `drop` is left unsaid."""
        if self.name in NATURAL and not drop and rng.chance(0.5):
            args = {f: exact(self.fields[f][3](values, rng)) for f in self.need}
            return args, rng.choice(NATURAL[self.name]).format(**args)
        used = [f for f in self.need] + [f for f in self.more if rng.chance(0.5)]
        args = {f: exact(self.fields[f][3](values, rng)) for f in used if f != drop}
        phrases = [rng.choice(self.fields[f][2]).format(v=said(args[f])) for f in rng.shuffled(list(args))]
        article = rng.choice(["the ", "the ", "a "])
        return args, " ".join([rng.choice(VERBS[self.verb]), article + self.noun.replace("_", " ")] + phrases)


def compact(value):
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def call(tool, args, index=0):
    """One tool call as a message carries it."""
    return {"id": "functions.%s:%d" % (tool.name, index), "type": "function",
            "function": {"name": tool.name, "arguments": compact(args)}}


def plan(tool, args):
    """The thought before a call."""
    return "Use %s%s." % (tool.name, "".join(", %s %s" % (k, said(v)) for k, v in args.items()))


def toolbox(rng, values, least=1):
    """One to four tools with different names; the first one is meant."""
    out = []
    for _ in range(max(least, rng.weighted([1, 2, 3, 4], [9, 8, 3, 1]))):
        tool = Tool(rng, values, rng.choice(KNOWN) if rng.chance(0.3) else None)
        if all(t.noun != tool.noun and t.name != tool.name for t in out):
            out.append(tool)
    return out


def request(rng, text, pool=CALL_ASK):
    """The request as a sentence."""
    if text[-1] in ".?\"" and text[0].isupper():
        return text
    text = rng.choice(pool).format(r=text)
    return text[0].upper() + text[1:] if rng.chance(0.85) else text


def outcome(rng, tool, values):
    """(result object, final answer, thought) of a finished call."""
    if rng.chance(0.17):
        why = rng.choice(["not found", "timeout", "access denied", "service unavailable", "unknown " + tool.noun])
        key = rng.choice(["error", "error", "message"])
        result = {"error": why} if key == "error" else {"status": "error", "message": why}
        return result, rng.choice(["The call failed: %s.", "That did not work: %s.",
                                   "I could not do it. The tool said: %s."]) % why, "The tool gave an error: %s." % why
    f = rng.choice(["number", "word", "status", "code", "two", "time"])
    if f == "number":
        key, v = rng.choice(["value", "total", "temperature", "price", "amount", "result"]), rng.range(1, 2000)
    elif f == "word":
        key, v = rng.choice(["result", "answer", "name", "place"]), rng.choice(values.items + values.names)
    elif f == "status":
        key, v = "status", rng.choice(["done", "ok", "open", "closed", "ready", "on the way", "delivered", "waiting"])
    elif f == "code":
        key, v = rng.choice(["id", "code", "number"]), "%s%d" % (rng.choice("ABCDEFGKLMRST"), rng.range(10, 9999))
    elif f == "time":
        key, v = rng.choice(["time", "start"]), "%02d:%02d" % (rng.below(24), rng.below(60))
    else:
        a, b = rng.range(1, 99), rng.choice(values.items)
        return {"count": a, "item": b}, "The count is %d and the item is %s." % (a, b), "count %d, item %s." % (a, b)
    return {key: v}, rng.choice(["The %s is %s.", "The %s is %s.", "Here is the result: the %s is %s."]) % (key, v), \
        "The %s is %s." % (key, v)


def sample(rng, messages, box, thinking=None):
    """The sample with its declared tools in random order."""
    return {"messages": with_system(rng, messages), "tools": [t.schema(rng) for t in rng.shuffled(box)],
            "thinking": rng.chance(0.55) if thinking is None else thinking}


def no_tool(sources, rng, box):
    """A question that needs no tool is simply answered."""
    row = rng.choice(sources.pool)
    question = ask_concept(rng, row["topic"], row) if row["kind"] == "concept" else rng.choice(row["train"])
    return sample(rng, [{"role": "user", "content": question},
                        {"role": "assistant", "content": rng.choice(row["answers"]),
                         "reasoning_content": "No tool fits. I will answer."}], box)


def missing(rng, values, box):
    """A required argument is not said: ask for it."""
    tool = box[0]
    f = rng.choice(tool.need)
    if len(tool.need) + len(tool.more) < 2 and rng.chance(0.5):
        return None
    _, text = tool.fill(rng, values, drop=f)
    return sample(rng, [{"role": "user", "content": request(rng, text)},
                        {"role": "assistant", "content": rng.choice(MISSING).format(f=f.replace("_", " ")),
                         "reasoning_content": "%s needs the %s. It is missing, so I ask." % (tool.name, f)}], box)


def two_calls(rng, values, box):
    """Two calls at once: one tool with two values, or two tools."""
    pair = next((t for t in box if t.name in PAIRS), None)
    if pair and rng.chance(0.7):
        a, b = rng.sample(values.cities, 2)
        return sample(rng, [{"role": "user", "content": rng.choice(PAIRS[pair.name]).format(a=a, b=b)},
                            {"role": "assistant", "content": "",
                             "reasoning_content": plan(pair, {"city": a}) + " " + plan(pair, {"city": b}),
                             "tool_calls": [call(pair, {"city": a}), call(pair, {"city": b}, 1)]}], box)
    first, second = box[0], box[1] if len(box) > 1 and rng.chance(0.6) else box[0]
    a, text_a = first.fill(rng, values)
    b, text_b = second.fill(rng, values)
    thought = plan(first, a) + " " + plan(second, b)
    if text_a[0].isupper() or text_b[0].isupper():
        text_a, text_b = text_a.rstrip("."), text_b.rstrip(".")
    joined = rng.choice(["%s, and %s", "%s and also %s", "%s. Then %s", "%s; %s"]) % (text_a, text_b)
    return sample(rng, [{"role": "user", "content": request(rng, joined)},
                        {"role": "assistant", "content": "", "reasoning_content": thought,
                         "tool_calls": [call(first, a), call(second, b, 1)]}], box)


@family("tools")
def tools(sources, rng, values=None):
    """One of the cases above."""
    values = values or sources.values
    kind = rng.weighted(["one", "two", "missing", "none", "result"], [40, 15, 11, 13, 21])
    box = toolbox(rng, values, 2 if kind == "two" else 1)
    if kind == "none":
        return no_tool(sources, rng, box)
    if kind == "missing":
        return missing(rng, values, box)
    if kind == "two":
        return two_calls(rng, values, box)
    messages, rounds = [], 1 if kind == "one" else rng.weighted([1, 2, 3], [5, 4, 2])
    for i in range(rounds):
        tool = box[0] if i == 0 else rng.choice(box)
        args, text = tool.fill(rng, values)
        messages += [{"role": "user", "content": request(rng, text)},
                     {"role": "assistant", "content": "", "tool_calls": [call(tool, args, i)],
                      "reasoning_content": plan(tool, args)}]
        if kind == "result":
            result, answer, thought = outcome(rng, tool, values)
            messages += [{"role": "tool", "tool_call_id": "functions.%s:%d" % (tool.name, i),
                          "content": compact(result) if rng.chance(0.6) else json.dumps(result)},
                         {"role": "assistant", "content": answer, "reasoning_content": thought}]
    if kind == "result" and rounds > 1 and rng.chance(0.3):
        messages = messages[:-2]
    return sample(rng, messages, box)


ROWS = {
    "age": (["is {v} years old", "is {v}"], lambda s, r: r.range(5, 90)),
    "city": (["lives in {v}", "comes from {v}"], lambda s, r: r.choice(s.cities)),
    "pet": (["has a {v}", "owns a {v}"], lambda s, r: r.choice(s.animals)),
    "food": (["likes {v}", "loves {v}"], lambda s, r: r.choice(s.items)),
    "phone": (["has the number {v}"], lambda s, r: "555-%04d" % r.below(10000)),
    "score": (["has {v} points", "scored {v}"], lambda s, r: r.range(1, 500)),
    "friend": (["is a friend of {v}"], lambda s, r: r.choice(s.names)),
    "married": (["is married", "is not married"], None),
}
JSON_ASK = ["Write this as JSON with the keys {k}: {t}.", "Extract {k} as JSON: {t}.",
            "Give me a JSON object with {k}. {t}.", "{t}. Answer with JSON ({k}).",
            "Return a JSON object with the fields {k} for this text: {t}.", "Text: {t}. Reply with JSON only. Keys: {k}."]
JSON_RESERVED = ["Turn this text into JSON ({k}): {t}."]


def record(values, rng, most=4):
    """(facts, text) of one person."""
    facts = {"name": rng.choice(values.names)}
    clauses = []
    for key in rng.sample(list(ROWS), rng.range(1, most)):
        phrases, make = ROWS[key]
        if make is None:
            facts[key] = rng.chance(0.5)
            clauses.append(phrases[0 if facts[key] else 1])
        else:
            facts[key] = make(values, rng)
            clauses.append(rng.choice(phrases).format(v=facts[key]))
    text = clauses[0] if len(clauses) == 1 else ", ".join(clauses[:-1]) + " and " + clauses[-1]
    return facts, facts["name"] + " " + text


@family("json")
def json_fields(sources, rng):
    """Fields of a text as a compact JSON object, in the asked order; what is not said is null."""
    values = sources.values
    facts, text = record(values, rng)
    keys = rng.shuffled(list(facts)) if rng.chance(0.6) else list(facts)
    if len(keys) > 2 and rng.chance(0.3):
        keys = keys[:-1]
    wanted = {k: facts[k] for k in keys}
    if rng.chance(0.12):
        extra = rng.choice([k for k in ROWS if k not in facts])
        wanted[extra] = None
    names = ", ".join(wanted)
    if rng.chance(0.15):
        names = compact({k: "boolean" if isinstance(v, bool) else "integer" if isinstance(v, int) else "string"
                         for k, v in wanted.items()})
    if rng.chance(0.15):
        more, text2 = record(values, rng, 2)
        rows = [{"name": f["name"]} for f in (facts, more)]
        return _json_sample(rng, "Write the names as a JSON list: %s. %s." % (text, text2), rows, "names")
    return _json_sample(rng, rng.choice(JSON_ASK).format(k=names, t=text), wanted, ", ".join(wanted))


def _json_sample(rng, question, value, keys):
    return {"messages": with_system(rng, [
        {"role": "user", "content": question},
        {"role": "assistant", "content": compact(value), "reasoning_content": "JSON with %s." % keys}]),
        "thinking": rng.chance(0.4)}
