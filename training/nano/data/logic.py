"""Lists, sequences, simple logic, word problems, letters, dates and units."""
from .arithmetic import reserved, solve
from .registry import family
from .sources import held
from .wording import vary, with_system

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"]


def reply(rng, question, answer, thought, share=0.6, shown=False, typos=False):
    """One question and answer; `shown` puts the working into an answer without thinking."""
    thinking = rng.chance(share)
    if shown and not thinking:
        answer = thought + " " + answer
    return {"messages": with_system(rng, [
        {"role": "user", "content": vary(rng, question, typos=typos)},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": thinking}


SORT_ASK = ["Sort these numbers: {t}", "Sort from smallest to largest: {t}", "Put these numbers in order: {t}.",
            "Order these numbers from low to high: {t}"]
SORT_RESERVED = ["Arrange {t} from smallest to largest."]


def sort_case(items):
    """(answer, thought): take the smallest, again and again."""
    left, thought = list(items), ""
    while len(left) > 1:
        low = min(left)
        left.remove(low)
        thought += "take %d, left %s. " % (low, " ".join(map(str, left)))
    return ", ".join(map(str, sorted(items))), thought + "take %d." % left[0]


NEXT_ASK = ["What comes next: {t}?", "Continue the sequence: {t}", "What is the next number: {t}, ...",
            "Find the next number in {t}."]
NEXT_RESERVED = ["Which number follows {t}?"]


def next_case(start, step, n=4):
    """(text, answer, thought) of an arithmetic sequence."""
    items = [start + step * i for i in range(n)]
    text = ", ".join(map(str, items))
    sign, size = ("+", step) if step > 0 else ("-", -step)
    return text, items[-1] + step, "Each step is %s%d. %d%s%d=%d." % (sign, size, items[-1], sign, size,
                                                                     items[-1] + step)


@family("lists")
def lists(sources, rng):
    """Sorting, sequences, counting, membership, odd one out."""
    kind = rng.choice(["sort", "sort", "next", "next", "in", "count", "first"])
    if kind == "sort":
        items = rng.sample(range(rng.choice([10, 20, 100, 100])), rng.range(3, 5))
        if held("sort" + str(items), 20):
            return None
        answer, thought = sort_case(items)
        return reply(rng, rng.choice(SORT_ASK).format(t=", ".join(map(str, items))), answer, thought)
    if kind == "next":
        step = rng.choice([1, 2, 2, 3, 4, 5, 5, 10, 10, 6, 7, -1, -2, -3, -5, -10])
        start = rng.below(40) + (0 if step > 0 else 4 * -step)
        if held("seq%d,%d" % (start, step), 20):
            return None
        text, answer, thought = next_case(start, step, rng.range(3, 5))
        return reply(rng, rng.choice(NEXT_ASK).format(t=text), rng.choice([
            "The next number is %d.", "%d"]) % answer, thought)
    words = rng.sample(sources.nouns if rng.chance(0.5) else sources.fruits + sources.animals, rng.range(3, 6))
    text = ", ".join(words)
    if kind == "in":
        w = rng.choice(words) if rng.chance(0.5) else rng.choice(sources.nouns)
        there = w in words
        return reply(rng, rng.choice(["Is {w} in this list: {t}?", "Here is a list: {t}. Is {w} in it?",
                                      "List: {t}. Does it contain {w}?"]).format(w=w, t=text),
                     "Yes, %s is in the list." % w if there else "No, %s is not in the list." % w,
                     "Look for %s in: %s. %s" % (w, text, "Found." if there else "Not found."))
    if kind == "count":
        thought = " ".join("%d %s" % (i + 1, w) for i, w in enumerate(words)) + "."
        return reply(rng, rng.choice(["How many words are in this list: {t}?", "Count the items: {t}.",
                                      "How many things are here: {t}?"]).format(t=text),
                     "There are %d." % len(words), thought)
    at = rng.below(min(4, len(words)))
    name = ["first", "second", "third", "fourth"][at] if rng.chance(0.8) else "last"
    w = words[-1] if name == "last" else words[at]
    thought = " ".join("%d %s" % (i + 1, x) for i, x in enumerate(words)) + "."
    return reply(rng, rng.choice(["What is the {n} word in: {t}?", "Give me the {n} item of {t}.",
                                  "Here is a list: {t}. What is the {n} one?"]).format(n=name, t=text),
                 "The %s one is %s." % (name, w), thought)


TALL = [("tall", "taller", "tallest", "shortest"), ("old", "older", "oldest", "youngest"),
        ("fast", "faster", "fastest", "slowest"), ("heavy", "heavier", "heaviest", "lightest")]


@family("logic")
def logic(sources, rng):
    """Transitive comparisons, and all-some statements."""
    names = rng.sample(sources.names, 3)
    if rng.chance(0.5):
        _, more, most, least = rng.choice(TALL)
        lines = ["%s is %s than %s." % (names[0], more, names[1]), "%s is %s than %s." % (names[1], more, names[2])]
        text = " ".join(rng.shuffled(lines))
        top = rng.chance(0.5)
        answer = "%s is the %s." % (names[0] if top else names[2], most if top else least)
        return reply(rng, "%s Who is the %s?" % (text, most if top else least), answer,
                     "Order: %s, %s, %s." % tuple(names))
    kind, group = rng.choice(sources.nouns), rng.choice(sources.nouns)
    yes = rng.chance(0.5)
    who = names[0]
    if yes:
        return reply(rng, "All %ss are %ss. %s is a %s. Is %s a %s?" % (kind, group, who, kind, who, group),
                     "Yes, %s is a %s." % (who, group), "%s is a %s, and all %ss are %ss." % (who, kind, kind, group))
    return reply(rng, "No %s is a %s. %s is a %s. Is %s a %s?" % (kind, group, who, kind, who, group),
                 "No, %s is not a %s." % (who, group), "%s is a %s, and no %s is a %s." % (who, kind, kind, group))


STORIES = [
    ("{n} has {a} {o}. {n} buys {b} more. How many {o} does {n} have now?", "+", "{n} has {r} {o} now."),
    ("{n} has {a} {o} and finds {b} more. How many {o} are there now?", "+", "There are {r} {o} now."),
    ("There are {a} {o} in one box and {b} {o} in another box. How many {o} are there in all?", "+",
     "There are {r} {o} in all."),
    ("{n} has {a} {o}. {m} has {b} {o}. How many {o} do they have together?", "+", "Together they have {r} {o}."),
    ("{n} picked {a} {o} in the morning and {b} {o} in the evening. How many {o} did {n} pick?", "+",
     "{n} picked {r} {o}."),
    ("{n} has {a} {o}. {n} gives {b} to {m}. How many {o} does {n} have left?", "-", "{n} has {r} {o} left."),
    ("{n} had {a} {o} and lost {b}. How many {o} are left?", "-", "There are {r} {o} left."),
    ("There were {a} {o} in the shop. {b} were sold. How many {o} remain?", "-", "There are {r} {o} left."),
    ("{n} has {a} {o} and {m} has {b}. How many more {o} does {n} have than {m}?", "-", "{n} has {r} more {o}."),
    ("A book has {a} pages. {n} has read {b}. How many pages are left?", "-", "There are {r} pages left."),
    ("There are {a} boxes with {b} {o} each. How many {o} are there?", "*", "There are {r} {o}."),
    ("{n} buys {a} bags. Each bag has {b} {o}. How many {o} does {n} have?", "*", "{n} has {r} {o}."),
    ("One ticket costs {b} dollars. How much do {a} tickets cost?", "*", "They cost {r} dollars."),
    ("{n} runs {b} miles every day. How many miles does {n} run in {a} days?", "*", "{n} runs {r} miles."),
]
STORIES_RESERVED = [
    ("{n} starts with {a} {o}. Then {m} brings {b} more {o}. How many {o} does {n} have in total?", "+", ""),
    ("A farm has {a} {o}. The farmer sells {b} of them. How many {o} does the farm still have?", "-", ""),
    ("{n} fills {a} baskets. Every basket holds {b} {o}. How many {o} did {n} use?", "*", ""),
]
OBJECTS = ["apples", "books", "coins", "pens", "cards", "stamps", "eggs", "oranges", "marbles", "balls", "stickers",
           "cookies", "flowers", "stones", "toys", "cakes"]


def story(rng, names, stories, big=100):
    """(question, answer, thought, result) of one step."""
    text, op, answer = rng.choice(stories)
    if op == "*":
        a, b = rng.range(2, 12), rng.range(2, 12)
    else:
        a, b = rng.range(2, big), rng.range(2, big)
        a, b = (max(a, b) + 1, min(a, b)) if op == "-" else (a, b)
    n, m = rng.sample(names, 2)
    result, working = solve(a, op, b)
    facts = dict(n=n, m=m, a=a, b=b, o=rng.choice(OBJECTS), r=result)
    return text.format(**facts), answer.format(**facts), "%d %s %d. %s" % (a, op, b, working), result, (a, op, b)


@family("stories_math")
def stories_math(sources, rng):
    """A word problem of one step, sometimes two."""
    question, answer, thought, result, (a, op, b) = story(rng, sources.names, STORIES, rng.choice([20, 100, 100]))
    if op != "*" and reserved(a, op, b):
        return None
    if op != "*" and rng.chance(0.25):
        c = rng.range(2, 30)
        n = question.split()[0] if question.split()[0] in sources.names else None
        if n is None or "How many more" in question or "together" in question or "pages" in question:
            return None
        head, _, tail = question.rpartition(". ")
        item = answer.split()[-1].rstrip(".") if not answer.endswith(("now.", "left.")) else answer.split()[-2]
        question = "%s. Then %s gets %d more. How many %s does %s have in the end?" % (head, n, c, item, n)
        more, working = solve(result, "+", c)
        thought += " Then %d + %d. %s" % (result, c, working)
        answer = "%s has %d %s in the end." % (n, more, item)
    return reply(rng, question, answer, thought, shown=True)


@family("strings")
def strings(sources, rng):
    """Spelling, reversing, counting letters, case, first and last letters."""
    w = rng.choice(sources.short_words)
    kind = rng.choice(["spell", "reverse", "count", "letters", "upper", "first", "last", "join"])
    spelled = " ".join(w)
    if kind == "spell":
        return reply(rng, rng.choice(["Spell the word {w}.", "Spell {w}.", "How do you spell {w}?"]).format(w=w),
                     "-".join(w), "%s: %s." % (w, spelled))
    if kind == "reverse":
        back = w[::-1]
        return reply(rng, rng.choice(["Reverse the word {w}.", "Write {w} backwards.", 'Reverse "{w}".']).format(w=w),
                     back, "%s: %s. Backwards: %s." % (w, spelled, " ".join(back)))
    if kind == "count":
        c = rng.choice(w) if rng.chance(0.8) else rng.choice("abcdefghijklmnoprstuw")
        n = w.count(c)
        marks = " ".join(x + ("+" if x == c else "") for x in w)
        return reply(rng, rng.choice(["How many times is the letter {c} in {w}?", "How many {c}'s are in {w}?",
                                      "Count the letter {c} in the word {w}."]).format(c=c, w=w),
                     "The letter %s is in %s %d time%s." % (c, w, n, "" if n == 1 else "s"), "%s. %d." % (marks, n))
    if kind == "letters":
        return reply(rng, rng.choice(["How many letters are in {w}?", "How many letters does {w} have?"]).format(w=w),
                     "The word %s has %d letters." % (w, len(w)),
                     " ".join("%s%d" % (c, i + 1) for i, c in enumerate(w)) + ".")
    if kind == "upper":
        return reply(rng, rng.choice(["Write {w} in capital letters.", "Write {w} in upper case.",
                                      "Make {w} uppercase."]).format(w=w), w.upper(), "%s: %s." % (w, spelled))
    if kind == "join":
        b = rng.choice(sources.short_words)
        return reply(rng, "Join the words %s and %s." % (w, b), w + b, "%s and %s." % (w, b))
    c = w[0] if kind == "first" else w[-1]
    return reply(rng, rng.choice(["What is the {k} letter of {w}?", "Give me the {k} letter of the word {w}."]).format(
        k=kind, w=w), "The %s letter of %s is %s." % (kind, w, c), "%s: %s." % (w, spelled))


UNITS = [("kilometers", "meters", 1000), ("meters", "centimeters", 100), ("kilograms", "grams", 1000),
         ("hours", "minutes", 60), ("minutes", "seconds", 60), ("days", "hours", 24), ("weeks", "days", 7),
         ("years", "months", 12), ("feet", "inches", 12), ("liters", "milliliters", 1000),
         ("dollars", "cents", 100), ("centimeters", "millimeters", 10)]
UNIT_ASK = ["How many {u} are in {n} {b}?", "Convert {n} {b} to {u}.", "{n} {b} in {u}?", "What is {n} {b} in {u}?"]
UNIT_RESERVED = ["Please change {n} {b} into {u}."]
DAY_ASK = ["What day is {n} days after {d}?", "Today is {d}. What day is it in {n} days?",
           "If today is {d}, what day is it in {n} days?"]
DAY_RESERVED = ["It is {d} now. Which day comes {n} days later?"]


def day_case(d, n):
    """(answer, thought)."""
    rest, thought = n % 7, ""
    if n >= 7:
        thought = "%d days is %d week%s and %d days. " % (n, n // 7, "" if n < 14 else "s", rest)
    steps = [DAYS[(d + i) % 7] for i in range(rest + 1)]
    return DAYS[(d + n) % 7], thought + ", ".join(
        x if i == 0 else "%d %s" % (i, x) for i, x in enumerate(steps)) + "."


@family("dates")
def dates(sources, rng):
    """Weekdays, months, clock and units."""
    kind = rng.choice(["day", "day", "next", "month", "clock", "unit", "unit", "unit"])
    if kind == "day":
        d, n = rng.below(7), rng.weighted([rng.range(1, 6), rng.range(7, 20)], [2, 1])
        if held("day%d,%d" % (d, n), 12):
            return None
        answer, thought = day_case(d, n)
        return reply(rng, rng.choice(DAY_ASK).format(d=DAYS[d], n=n), "It is %s." % answer, thought)
    if kind == "unit":
        big, small, factor = rng.choice(UNITS)
        n = rng.range(2, 12 if factor not in (10, 100, 1000) else 60)
        if held("unit%s%d" % (big, n), 12):
            return None
        result = n * factor
        return reply(rng, rng.choice(UNIT_ASK).format(u=small, b=big, n=n), "%d %s are %d %s." % (
            n, big, result, small), "%d %s in one of the %s. %s" % (factor, small, big, (
                "%d*%d=%d." % (n, factor, result) if factor in (10, 12, 100, 1000) else solve(
                    max(n, factor), "*", min(n, factor))[1])), shown=False)
    if kind == "clock":
        h, m, add = rng.below(24), rng.choice([0, 15, 30, 45, 10, 20]), rng.choice([15, 30, 45, 60, 90, 120])
        total = h * 60 + m + add
        answer = "%02d:%02d" % (total // 60 % 24, total % 60)
        return reply(rng, rng.choice(["It is {t}. What time is it in {n} minutes?",
                                      "What time is {n} minutes after {t}?"]).format(t="%02d:%02d" % (h, m), n=add),
                     "It is %s." % answer, "%d+%d=%d minutes. %s." % (m, add, m + add, answer))
    names, word = (DAYS, "day") if kind == "next" else (MONTHS, "month")
    i, after = rng.below(len(names)), rng.chance(0.5)
    answer = names[(i + (1 if after else -1)) % len(names)]
    return reply(rng, rng.choice(["Which {k} comes {p} {x}?", "What is the {k} {p} {x}?"]).format(
        k=word, p="after" if after else "before", x=names[i]),
        "%s comes %s %s." % (answer, "after" if after else "before", names[i]), "The %ss are in order." % word,
        share=0.4)
