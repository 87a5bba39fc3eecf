"""The K2.5 chat template as token ids. Text from messages is always ordinary text: it never yields special ids."""
import json

from .tooldecl import declare


def arguments_text(arguments):
    """Tool-call arguments: a string as it is (training writes compact JSON), an object as JSON with ', ' and ': '."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False)


def content_text(content):
    """Text of a message's content: null is empty, text parts are joined, an image part is its placeholder."""
    if content is None:
        return []
    if isinstance(content, str):
        return [content]
    out = []
    for part in content:
        if part.get("type") == "text":
            out.append(part["text"])
        elif part.get("type") == "image_url":
            out += [("<|media_begin|>",), "image", ("<|media_content|>",)]
            out += [("<|media_pad|>",)] * part.get("tokens", 1) + [("<|media_end|>",), "\n"]
    return out


def _calls(message):
    """Parts of the tool-call section; a one-element tuple is a special token."""
    calls = message.get("tool_calls")
    if not calls:
        return []
    out = [("<|tool_calls_section_begin|>",)]
    for call in calls:
        out += [("<|tool_call_begin|>",), call["id"], ("<|tool_call_argument_begin|>",),
                arguments_text(call["function"]["arguments"]), ("<|tool_call_end|>",)]
    return out + [("<|tool_calls_section_end|>",)]


def _body(message, history, thinking):
    role = message["role"]
    text = content_text(message.get("content"))
    if role == "assistant":
        thought = (message.get("reasoning_content") or "") if thinking and not history else ""
        return [("<think>",), thought, ("</think>",)] + text + _calls(message)
    if role == "tool":
        return ["## Return of %s\n" % message.get("tool_call_id", "")] + text
    return text


def parts(messages, tools=None, thinking=True, generate=True):
    """(kind, part) pairs: kind 1 marks what the assistant writes, 0 the rest. Part: text or (special,)."""
    heads = {"user": "<|im_user|>", "assistant": "<|im_assistant|>"}
    out = []

    def frame(head, name):
        out.extend([(0, (head,)), (0, name), (0, ("<|im_middle|>",))])

    declaration = declare(_sorted(tools)) if tools else None
    if declaration:
        frame("<|im_system|>", "tool_declare")
        out.extend([(0, declaration), (0, ("<|im_end|>",))])
    last = -1
    for i, m in enumerate(messages):
        if m["role"] == "assistant" and not m.get("tool_calls"):
            last = i
    for i, m in enumerate(messages):
        mine = 1 if m["role"] == "assistant" else 0
        frame(heads.get(m["role"], "<|im_system|>"), m.get("name") or m["role"])
        out.extend((mine, p) for p in _body(m, i <= last, thinking))
        out.append((mine, ("<|im_end|>",)))
    if generate:
        frame("<|im_assistant|>", "assistant")
        out.append((0, ("<think>",)))
        if not thinking:
            out.append((0, ("</think>",)))
    return out


def _sorted(value):
    """The value with all object keys sorted, at every depth."""
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value)}
    if isinstance(value, list):
        return [_sorted(v) for v in value]
    return value


def encode(tok, items):
    """(ids, kinds) of parts; adjacent texts of one kind are joined before encoding, as in one string."""
    ids, kinds, pending, pending_kind = [], [], "", 0

    def flush():
        nonlocal pending
        got = tok.encode(pending)
        ids.extend(got)
        kinds.extend([pending_kind] * len(got))
        pending = ""

    for kind, part in items:
        if isinstance(part, tuple):
            flush()
            ids.append(tok.special[part[0]])
            kinds.append(kind)
        else:
            pending += part
            pending_kind = kind
    flush()
    return ids, kinds


def text(items):
    """The rendered string."""
    return "".join(p[0] if isinstance(p, tuple) else p for _, p in items)


def prompt(tok, messages, tools=None, thinking=True):
    """Ids of a request's prompt."""
    return encode(tok, parts(messages, tools, thinking))[0]


def training(tok, messages, tools=None, thinking=True):
    """(ids, kinds) of one training conversation: the prompt of the last request, then the last answer.

    Earlier assistant turns look as the server would show them at that turn (empty thought). Kind 1 marks the
    tokens the model has to write: the last answer (after the prefilled <think> or <think></think>) and the text
    of earlier answers.
    """
    ids, kinds = encode(tok, parts(messages[:-1], tools, thinking))
    m = messages[-1]
    thought = (m.get("reasoning_content") or "") if thinking else None
    tail = [] if thought is None else [(1, thought), (1, ("</think>",))]
    tail += [(1, p) for p in content_text(m.get("content")) + _calls(m)] + [(1, ("<|im_end|>",))]
    ids2, kinds2 = encode(tok, tail)
    skip = {tok.special["<think>"], tok.special["</think>"]}
    kinds = [0 if i in skip else k for i, k in zip(ids, kinds)]
    return ids + ids2, kinds + kinds2
