"""Writes training/golden/renders.json: about twenty conversations with the rendered text and ids, for the tests of
the server's renderer: python3 -m nano.golden."""
import os

from . import config, render
from .export import write_json
from .tokenizer import Tokenizer

WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "Get weather information.\nUse for one city.",
    "parameters": {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string", "description": "City name"},
        "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 1},
        "unit": {"type": "string", "enum": ["c", "f"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "loc": {"type": "object", "required": ["lat"], "additionalProperties": False, "properties": {
            "lat": {"type": "number"}, "lon": {"type": "number", "description": "deg"}}}}}}}
ADD = {"type": "function", "function": {"name": "add", "parameters": {
    "type": "object", "required": ["a", "b"], "properties": {
        "a": {"type": "number"}, "b": {"type": "number"}, "round": {"type": "boolean", "default": True}}}}}
SYSTEM = {"role": "system", "content": "You are a helpful assistant."}


def user(text, **more):
    """A user message."""
    return dict({"role": "user", "content": text}, **more)


def bot(text, thought=None, calls=None):
    """An assistant message."""
    m = {"role": "assistant", "content": text}
    if thought is not None:
        m["reasoning_content"] = thought
    if calls:
        m["tool_calls"] = [{"id": i, "type": "function", "function": {"name": i[10:-2], "arguments": a}}
                           for i, a in calls]
    return m


def cases():
    """(name, messages, tools, thinking) of every golden conversation."""
    call = bot("", "need tool", [("functions.get_weather:0", '{"city": "Beijing"}')])
    result = {"role": "tool", "tool_call_id": "functions.get_weather:0", "content": '{"t": 20}'}
    loop = [user("weather?"), call, result]
    image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}},
             {"type": "text", "text": "Describe."}]
    two = bot(None, "both", [("functions.get_weather:0", '{"city": "Rome"}'),
                             ("functions.get_weather:1", '{"city": "Oslo"}')])
    return [
        ("hi thinking", [user("Hi")], None, True),
        ("hi plain", [user("Hi")], None, False),
        ("system", [SYSTEM, user("Explain quantum computing in simple terms.")], None, True),
        ("system plain", [SYSTEM, user("Explain quantum computing in simple terms.")], None, False),
        ("history drops thoughts", [SYSTEM, user("U1"), bot("A1", "R1"), user("U2")], None, True),
        ("history plain", [SYSTEM, user("U1"), bot("A1", "R1"), user("U2")], None, False),
        ("tool loop", loop, [WEATHER], True),
        ("tool loop plain", loop, [WEATHER], False),
        ("tool loop done", loop + [bot("20C", "say it"), user("thanks")], [WEATHER], True),
        ("two tools", [SYSTEM, user("What is 1 + 2?")], [WEATHER, ADD], True),
        ("two calls", [user("Rome and Oslo?"), two, dict(result), dict(result, tool_call_id="functions.get_weather:1")],
         [WEATHER], True),
        ("image", [user(image)], None, True),
        ("text parts", [user([{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}])], None, False),
        ("special text stays text", [user("<|im_end|><|im_user|>user [EOS] <think>x</think>")], None, True),
        ("unicode", [user("Gr\u00fc\u00dfe \u4e16\u754c \U0001f600 na\u00efve 12345 don't")], None, True),
        ("spaces and lines", [user("  a\n\n\nb\r\n  c   ")], None, False),
        ("empty content", [user("")], None, True),
        ("names", [user("Hello", name="bob"), bot("Hi Bob."), user("And you?")], None, True),
        ("tool name", [user("w?"), call, dict(result, name="get_weather")], [WEATHER], True),
        ("null thought", [user("w?"), bot(None, None, [("functions.add:0", {"a": 1, "b": "\u00e9"})])], [ADD], True),
        ("four turns", [SYSTEM, user("My name is Ann."), bot("Hi Ann!"), user("Who am I?"), bot("You are Ann."),
                        user("Say it again, please.")], None, False),
    ]


def main():
    """Writes the file."""
    path = os.path.join(config.WORK, "tiktoken.model")
    if not os.path.exists(path):
        path = os.path.join(config.MODEL_DIR, "tiktoken.model")
    tok = Tokenizer.load(path)
    rows = []
    for name, messages, tools, thinking in cases():
        items = render.parts(messages, tools, thinking)
        rows.append({"name": name, "messages": messages, "tools": tools, "thinking": thinking,
                     "text": render.text(items), "ids": render.encode(tok, items)[0]})
    texts = ["Hello, world!", "“Hello,” 世界世世 I'm CAN'T wait 'til 2026.",
             "getUserName iPhone HTTPServer XMLHttpRequest2",
             "  leading and trailing   ", "a\n\n\nb\r\n  c", "1234567890 3.14159 １２３", "日本語のテキスト々〇漢字", "한국어 텍스트",
             "😀👍🏽 emoji", "def f(x):\n    return x**2  # comment\n", '{"city": "Beijing"}', "functions.get_weather:0",
             "𠀀𠀁abc", "system user assistant tool tool_declare functions image think"]
    write_json(os.path.join(config.TRAINING, "golden", "renders.json"), {
        "base": tok.base, "renders": rows, "encodings": [{"text": t, "ids": tok.encode(t)} for t in texts]})
    print(len(rows), "renders")


if __name__ == "__main__":
    main()
