"""First tool calls and JSON extraction: the format is shown, with values copied from the request."""
import json

from .registry import family
from .wording import with_system


def _tool(name, text, fields):
    return {"type": "function", "function": {"name": name, "description": text, "parameters": {
        "type": "object", "properties": {k: {"type": t, "description": d} for k, (t, d) in fields.items()},
        "required": list(fields)}}}


CITY = {"city": ("string", "City name")}
TOOLS = [
    (_tool("get_weather", "Get the weather of a city.", CITY), "city",
     ["What is the weather in {v}?", "How is the weather in {v} today?", "Tell me the weather in {v}."],
     lambda rng: {"temperature": rng.range(-5, 38)}, "The temperature in {v} is {temperature} degrees."),
    (_tool("get_time", "Get the local time of a city.", CITY), "city",
     ["What time is it in {v}?", "Tell me the time in {v}.", "What is the local time in {v}?"],
     lambda rng: {"time": "%02d:%02d" % (rng.below(24), rng.below(60))}, "The time in {v} is {time}."),
    (_tool("get_population", "Get the population of a city.", CITY), "city",
     ["How many people live in {v}?", "What is the population of {v}?"],
     lambda rng: {"population": rng.range(2, 900) * 1000}, "About {population} people live in {v}."),
    (_tool("find_person", "Find the phone number of a person.", {"name": ("string", "First name")}), "name",
     ["What is the phone number of {v}?", "Find the number of {v}.", "How can I call {v}?"],
     lambda rng: {"phone": "555-%04d" % rng.below(10000)}, "The phone number of {v} is {phone}."),
    (_tool("get_price", "Get the price of a product.", {"product": ("string", "Product name")}), "product",
     ["How much does one {v} cost?", "What is the price of {v}?", "Tell me the price of {v}."],
     lambda rng: {"price": rng.range(1, 60)}, "The price of {v} is {price} dollars."),
]


@family("tools")
def tools(sources, rng):
    """A request with one or two declared tools: the call, or the final answer after the result."""
    spec = rng.choice(TOOLS)
    tool, field, asks, result, final = spec
    pool = {"city": sources.cities, "name": sources.names, "product": sources.fruits}[field]
    v = rng.choice(pool)
    name = tool["function"]["name"]
    declared = rng.shuffled([tool] + ([rng.choice(TOOLS)[0]] if rng.chance(0.4) else []))
    if len({t["function"]["name"] for t in declared}) < len(declared):
        declared = [tool]
    call = {"id": "functions.%s:0" % name, "type": "function",
            "function": {"name": name, "arguments": json.dumps({field: v}, ensure_ascii=False)}}
    messages = with_system(rng, [
        {"role": "user", "content": rng.choice(asks).format(v=v)},
        {"role": "assistant", "content": "", "tool_calls": [call],
         "reasoning_content": "I will call %s for %s." % (name, v)}])
    if rng.chance(0.45):
        data = result(rng)
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": json.dumps(data)},
                     {"role": "assistant", "content": final.format(v=v, **data),
                      "reasoning_content": "The tool gave the result. I will tell the user."}]
    return {"messages": messages, "tools": declared, "thinking": rng.chance(0.5)}


@family("json")
def json_fields(sources, rng):
    """Fields of one sentence as a JSON object."""
    name, age = rng.choice(sources.names), rng.range(5, 80)
    city, pet = rng.choice(sources.cities), rng.choice(sources.animals)
    facts = {"name": name}
    text = name
    for key, phrase, v in rng.sample([("age", " is %s years old" % age, age), ("city", " lives in %s" % city, city),
                                      ("pet", " has a %s" % pet, pet)], rng.range(1, 3)):
        text += (" and" if len(facts) > 1 else "") + phrase
        facts[key] = v
    keys = ", ".join(facts)
    asked = rng.choice(["Write this as JSON with the keys {k}: {t}.", "Extract {k} as JSON: {t}.",
                        "Give me a JSON object with {k}. {t}.", "{t}. Answer with JSON ({k})."])
    return {"messages": with_system(rng, [
        {"role": "user", "content": asked.format(k=keys, t=text)},
        {"role": "assistant", "content": json.dumps(facts, ensure_ascii=False),
         "reasoning_content": "I will write the fields %s as JSON." % keys}]), "thinking": rng.chance(0.4)}
