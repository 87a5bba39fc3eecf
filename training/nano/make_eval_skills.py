"""Suites of the skills: sums in words, lists, letters, dates, tools, JSON, copying and pictures. As in make_eval.py every
item has a wording, a value, a name or a tool that training never shows."""
import base64

from . import png
from .data import arithmetic, handwritten, logic, pictures, tools
from .data.fields import Values
from .data.sources import held
from .data.wording import RESERVED_SYSTEMS, SYSTEMS
from .rng import Rng


def system(rng):
    """Usual or reserved system message, or none."""
    s = rng.weighted([SYSTEMS[0], None, RESERVED_SYSTEMS[0], RESERVED_SYSTEMS[1]], [5, 3, 1, 1])
    return [{"role": "system", "content": s}] if s else []


class Suite:
    """Rows of one suite in the making."""

    def __init__(self, name, thinking=None):
        self.name, self.thinking, self.rows, self.rng = name, thinking, [], Rng("eval/" + name, 1, 0)

    def add(self, content, check, box=None, history=(), max_tokens=240):
        """One row: a question, or a whole history when `content` is None."""
        turns = list(history) + ([{"role": "user", "content": content}] if content is not None else [])
        i = len(self.rows)
        row = {"id": "%s-%03d" % (self.name, i), "suite": self.name, "messages": system(self.rng) + turns,
               "thinking": i % 2 == 0 if self.thinking is None else self.thinking, "max_tokens": max_tokens,
               "check": check}
        if box:
            row["tools"] = [t.schema(self.rng) for t in self.rng.shuffled(box)]
        self.rows.append(row)


def products(sources, n=100):
    """Reserved products of a number of two or three digits and one digit."""
    suite = Suite("multiplication", True)
    while len(suite.rows) < n:
        rng = suite.rng
        a, b = rng.range(13, rng.choice([99, 999])), rng.range(2, 9)
        if arithmetic.reserved_product(a, b):
            pool = arithmetic.RESERVED_ASK["*"] if len(suite.rows) % 4 == 0 else arithmetic.ASK["*"]
            suite.add(rng.choice(pool).format(a=a, b=b), {"type": "number", "value": a * b})
    return suite.rows


def stories(sources, n=120):
    """Word problems of one step (two thirds) and two steps, reserved skeletons and names."""
    one, two = Suite("stories-1", True), Suite("stories-2", True)
    while len(one.rows) < n * 2 // 3 or len(two.rows) < n // 3:
        suite = one if len(one.rows) < n * 2 // 3 else two
        question, _, _, result, (_, op, _) = logic.story(suite.rng, sources.held_names, logic.STORIES_RESERVED, 100)
        if suite is two:
            name = question.split()[0]
            if op == "*" or name not in sources.held_names:
                continue
            more = suite.rng.range(2, 30)
            item = question.split("How many ")[1].split()[0]
            question = "%s Then %s gets %d more. How many %s does %s have in the end?" % (
                question[:question.rindex("How many")].strip(), name, more, item, name)
            result += more
        suite.add(question, {"type": "number", "value": result}, max_tokens=300)
    return one.rows + two.rows


def lists(sources, n=100):
    """Reserved lists to sort and sequences to continue."""
    suite = Suite("lists")
    while len(suite.rows) < n:
        rng, reserved = suite.rng, len(suite.rows) % 4 == 0
        if len(suite.rows) % 2 or reserved:
            items = rng.sample(range(rng.choice([10, 20, 100])), rng.range(3, 5))
            if held("sort" + str(items), 20):
                pool = logic.SORT_RESERVED if reserved else logic.SORT_ASK
                suite.add(rng.choice(pool).format(t=", ".join(map(str, items))),
                          {"type": "contains_any", "values": [", ".join(map(str, sorted(items)))]})
            continue
        step = rng.choice([1, 2, 3, 4, 5, 10, 6, 7, -1, -2, -3, -5])
        start = rng.below(40) + (0 if step > 0 else 4 * -step)
        if held("seq%d,%d" % (start, step), 20):
            text, answer, _ = logic.next_case(start, step)
            pool = logic.NEXT_RESERVED if len(suite.rows) % 8 == 2 else logic.NEXT_ASK
            suite.add(rng.choice(pool).format(t=text), {"type": "number", "value": answer})
    return suite.rows


def letters(sources, n=90):
    """Reserved words to reverse, to spell, and to count a letter in."""
    suite = Suite("letters")
    for i in range(n):
        w = suite.rng.choice(sources.held_words)
        if i % 3 == 0:
            suite.add("Reverse the word %s." % w, {"type": "contains_any", "values": [w[::-1]]})
        elif i % 3 == 1:
            suite.add("Spell the word %s." % w, {"type": "contains_any", "values": ["-".join(w)]})
        else:
            c = suite.rng.choice(w)
            suite.add("How many times is the letter %s in %s?" % (c, w), {"type": "number", "value": w.count(c)})
    return suite.rows


def dates(sources, n=100):
    """Reserved weekdays and units."""
    suite = Suite("dates-units")
    while len(suite.rows) < n:
        rng, i = suite.rng, len(suite.rows)
        if i % 2:
            d, days = rng.below(7), rng.range(1, 20)
            if held("day%d,%d" % (d, days), 12):
                pool = logic.DAY_RESERVED if i % 8 == 1 else logic.DAY_ASK
                suite.add(rng.choice(pool).format(d=logic.DAYS[d], n=days),
                          {"type": "contains_any", "values": [logic.day_case(d, days)[0] + "."]})
            continue
        big, small, factor = rng.choice(logic.UNITS)
        many = rng.range(2, 12 if factor not in (10, 100, 1000) else 60)
        if held("unit%s%d" % (big, many), 12):
            pool = logic.UNIT_RESERVED if i % 8 == 0 else logic.UNIT_ASK
            suite.add(rng.choice(pool).format(u=small, b=big, n=many),
                      {"type": "contains_any", "values": ["%d %s" % (many * factor, small)]})
    return suite.rows


def call_of(tool, args):
    """A call as the check states it."""
    return {"name": tool.name, "arguments": args}


def box_of(rng, values, least=1):
    """One to four invented tools with reserved names."""
    out = []
    for _ in range(max(least, rng.range(1, 4))):
        tool = tools.Tool(rng, values)
        if all(t.noun != tool.noun for t in out):
            out.append(tool)
    return out if len(out) >= least else box_of(rng, values, least)


def tool_calls(sources):
    """The right tool, the exact call, and two exact calls, with reserved tools and values."""
    values = Values(sources, True)
    name, exact, two = Suite("tool-choice"), Suite("tool-exact"), Suite("tool-parallel")
    for suite, n in ((name, 100), (exact, 200), (two, 50)):
        while len(suite.rows) < n:
            rng = suite.rng
            box = box_of(rng, values, 2 if suite is two else 1)
            args, text = box[0].fill(rng, values)
            pool = tools.CALL_RESERVED if len(suite.rows) % 4 == 0 else tools.CALL_ASK
            if suite is name:
                suite.add(tools.request(rng, text, pool), {"type": "tool_name", "value": box[0].name}, box)
            elif suite is exact:
                suite.add(tools.request(rng, text, pool),
                          {"type": "tool_call_exact", "calls": [call_of(box[0], args)]}, box)
            else:
                other = rng.choice(box[:2])
                args2, text2 = other.fill(rng, values)
                joined = rng.choice(["%s, and %s", "%s and also %s", "%s. Then %s"]) % (text, text2)
                suite.add(tools.request(rng, joined), {"type": "tool_call_exact", "calls": [
                    call_of(box[0], args), call_of(other, args2)]}, box)
    return name.rows + exact.rows + two.rows


def tool_talk(sources):
    """Tools that do not fit, arguments that are missing, results to tell."""
    values = Values(sources, True)
    none, missing, result = Suite("tool-none"), Suite("tool-missing"), Suite("tool-result")
    while len(none.rows) < 100:
        rng = none.rng
        row = rng.choice(sources.concepts)
        none.add(rng.choice(handwritten.reserved_questions(row)), {"type": "no_tool_call"}, box_of(rng, values))
    while len(missing.rows) < 50:
        rng = missing.rng
        box = [t for t in box_of(rng, values) if len(t.need) > 1]
        if box:
            field = rng.choice(box[0].need)
            _, text = box[0].fill(rng, values, drop=field)
            missing.add(tools.request(rng, text), {"type": "asks_for", "values": [field.replace("_", " ")]}, box)
    while len(result.rows) < 100:
        rng = result.rng
        box = box_of(rng, values)
        args, text = box[0].fill(rng, values)
        value, answer, _ = tools.outcome(rng, box[0], values)
        told = [str(v) for k, v in value.items() if v != "error"]
        call = tools.call(box[0], args)
        result.add(None, {"type": "tells", "values": told}, box, [
            {"role": "user", "content": tools.request(rng, text)},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call["id"], "content": tools.compact(value)}])
    return none.rows + missing.rows + result.rows


def objects(sources):
    """JSON that parses, and JSON with exactly the right fields; reserved names and values."""
    values = Values(sources, True)
    parse, fields = Suite("json-parse", False), Suite("json-fields")
    for suite, n in ((parse, 50), (fields, 100)):
        while len(suite.rows) < n:
            rng = suite.rng
            facts, text = tools.record(values, rng)
            keys = rng.shuffled(list(facts))
            pool = tools.JSON_RESERVED if len(suite.rows) % 4 == 0 else tools.JSON_ASK
            suite.add(rng.choice(pool).format(k=", ".join(keys), t=text), {"type": "json_object"} if suite is parse
                      else {"type": "json_fields", "value": {k: facts[k] for k in keys}})
    return parse.rows + fields.rows


def copying(sources, n=60):
    """Reserved words to repeat."""
    suite, pool = Suite("copy", False), Values(sources, True).items
    for _ in range(n):
        words = " ".join(suite.rng.choice(pool) for _ in range(suite.rng.range(2, 7)))
        suite.add("Repeat after me: " + words, {"type": "exact", "value": words})
    return suite.rows


def picture(image):
    """Content part with the picture as a PNG data URL."""
    data = base64.b64encode(png.encode(image)).decode("ascii")
    return {"type": "image_url", "image_url": {"url": "data:image/png;base64," + data}}, len(data)


def seen(sources, kind, n=40):
    """New pictures with one question of a kind; every fourth wording is reserved."""
    suite = Suite("picture-" + kind)
    while len(suite.rows) < n:
        rng = suite.rng
        if kind in ("digit", "number", "word"):
            text = str(rng.below(10)) if kind == "digit" else str(rng.range(10, 999)) if kind == "number" \
                else rng.choice([w for w in sources.held_words if len(w) < 6]).upper()
            image, _ = pictures.write(rng, text)
            check = {"type": "contains_any", "values": [text]} if kind == "word" else {
                "type": "number", "value": int(text)}
            asks = "word" if kind == "word" else "digit"
            question = rng.choice((pictures.ASK_RESERVED if len(suite.rows) % 4 == 0 else pictures.ASK)[asks])
        else:
            image, found = pictures.scene(rng, 1 if kind == "shape" else rng.range(1, 3) if kind != "count" else
                                          rng.range(1, 5))
            pool = dict(pictures.ASK, **pictures.ASK_RESERVED) if len(suite.rows) % 4 == 0 else pictures.ASK
            made = pictures.question(rng, image, found, kind, pool) if found else None
            if made is None:
                continue
            question, answer, _ = made
            check = {"type": "contains_any", "values": [answer]}
        part, size = picture(image)
        if size < 3000:
            suite.add([part, {"type": "text", "text": question}], check, max_tokens=120)
    return suite.rows


def samples(sources):
    """Rows that are shown and not judged: sums, lists, tools, JSON, pictures."""
    suite, values = Suite("skill"), Values(sources, True)
    for q in ("What is 347 + 586?", "What is 702 - 458?", "What is 46 * 7?", "Sort these numbers: 41, 7, 93, 28",
              "Tom has 34 apples. Tom gives 17 to Mia. How many apples does Tom have left?",
              "What day is 10 days after Friday?", "How many minutes are in 6 hours?", "Reverse the word table.",
              "Extract name, age, city as JSON: Laura is 34 years old and lives in Rome."):
        suite.add(q, None)
    weather = tools.Tool(suite.rng, values, tools.KNOWN[0])
    alarm = tools.Tool(suite.rng, values, tools.KNOWN[4])
    for q in ("What is the weather in Oslo?", "What is the weather in Paris and in Rome?", "Wake me up at 06:45.",
              "What is a volcano?"):
        suite.add(q, None, [weather, alarm])
    call = tools.call(weather, {"city": "Oslo"})
    suite.add(None, None, [weather], [
        {"role": "user", "content": "What is the weather in Oslo?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": '{"temperature":12}'}])
    for row in (seen(sources, kind, 1)[0] for kind in ("colour", "count", "where", "digit", "word")):
        suite.rows.append(dict(row, id="skill-%03d" % len(suite.rows)))
    return [{k: v for k, v in r.items() if k not in ("suite", "check")} for r in suite.rows]


def suites(sources):
    """(file name, rows) of every suite."""
    yield "multiplication", products(sources)
    yield "stories", stories(sources)
    yield "lists", lists(sources)
    yield "letters", letters(sources)
    yield "dates", dates(sources)
    yield "tool-calls", tool_calls(sources)
    yield "tool-talk", tool_talk(sources)
    yield "json", objects(sources)
    yield "copy", copying(sources)
    yield "pictures", [r for kind in ("colour", "shape", "count", "where", "digit", "number", "word")
                       for r in seen(sources, kind)]
