"""Small arithmetic with column-by-column thoughts, and comparisons."""
from .registry import family
from .sources import held
from .wording import vary, with_system

ASK = {
    "+": ["What is {a} + {b}?", "{a} + {b}", "{a} + {b} = ?", "Calculate {a} + {b}.", "What is {a} plus {b}?",
          "Add {a} and {b}.", "How much is {a} plus {b}?", "Compute {a} + {b}."],
    "-": ["What is {a} - {b}?", "{a} - {b}", "{a} - {b} = ?", "Calculate {a} - {b}.", "What is {a} minus {b}?",
          "Subtract {b} from {a}.", "How much is {a} minus {b}?", "Compute {a} - {b}."],
    "*": ["What is {a} * {b}?", "What is {a} times {b}?", "Multiply {a} by {b}.", "{a} x {b} = ?",
          "Calculate {a} times {b}."],
}
RESERVED_ASK = {"+": ["Can you work out {a} + {b}?", "What do you get when you add {a} and {b}?"],
                "-": ["Can you work out {a} - {b}?", "What is left when you take {b} from {a}?"]}


def reserved(a, op, b):
    """True for about one problem in 50; those are used in evaluation only (both numbers above 9)."""
    return min(a, b) > 9 and held("%d%s%d" % (a, op, b), 50)


def column(a, op, b):
    """Written addition or subtraction of a >= b >= 0 from the right."""
    x, y = str(a)[::-1], str(b)[::-1]
    steps, carry = [], 0
    for i in range(max(len(x), len(y))):
        p, q = int(x[i]) if i < len(x) else 0, int(y[i]) if i < len(y) else 0
        extra = " %s %d" % (op, carry) if carry else ""
        if op == "+":
            s = p + q + carry
            line = "%d + %d%s = %d" % (p, q, extra, s)
            carry = s // 10
            line += ", write %d%s" % (s % 10, ", carry 1" if carry else "")
        else:
            s = p - q - carry
            if s < 0:
                line = "1%d - %d%s = %d" % (p, q, extra, s + 10)
                line += ", write %d, borrow 1" % (s + 10)
            else:
                line = "%d - %d%s = %d, write %d" % (p, q, extra, s, s)
            carry = 1 if s < 0 else 0
        steps.append(line)
    if op == "+" and carry:
        steps.append("write 1")
    return ". ".join(steps) + ". "


def solve(a, op, b):
    """(result, thought)."""
    result = a + b if op == "+" else a - b if op == "-" else a * b
    if op == "*":
        return result, "%d * %d = %d." % (a, b, result)
    head = "%d %s %d: " % (a, op, b)
    return result, head + column(a, op, b) + "The result is %d." % result


def numbers(rng, op):
    """Two operands of one to three digits."""
    if op == "*":
        return rng.range(0, 12), rng.range(0, 12)
    limit = rng.weighted([10, 100, 1000], [5, 5, 3])
    a, b = rng.below(limit), rng.below(limit)
    return (max(a, b), min(a, b)) if op == "-" else (a, b)


@family("arithmetic")
def arithmetic(sources, rng):
    """One sum, difference or product; thinking shows the columns."""
    op = rng.weighted(["+", "-", "*"], [5, 4, 2])
    a, b = numbers(rng, op)
    if reserved(a, op, b):
        return None
    result, thought = solve(a, op, b)
    sign = "times" if op == "*" else op
    answer = rng.choice(["%d %s %d = %d." % (a, op, b, result), "%d %s %d is %d." % (a, sign, b, result)])
    question = rng.choice(ASK[op]).format(a=a, b=b)
    small = op == "*" or max(a, b) < 30
    return {"messages": with_system(rng, [
        {"role": "user", "content": vary(rng, question, typos=False)},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]),
        "thinking": rng.chance(0.6 if small else 0.88)}


@family("compare")
def compare(sources, rng):
    """The larger or smaller of two or three numbers."""
    limit = rng.choice([20, 100, 1000])
    items = rng.sample(range(limit), rng.weighted([2, 3], [3, 1]))
    if held("cmp" + str(items), 50):
        return None
    big = rng.chance(0.5)
    word = rng.choice(["larger", "bigger", "greater"] if big else ["smaller", "less"])
    best = max(items) if big else min(items)
    if len(items) == 2:
        a, b = items
        other = b if best == a else a
        if word == "less":
            word = "smaller"
        question = rng.choice(["Which is {w}, {a} or {b}?", "Which number is {w}: {a} or {b}?", "Is {a} or {b} {w}?",
                               "What is {w}, {a} or {b}?"]).format(w=word, a=a, b=b)
        answer = "%d is %s than %d." % (best, word, other)
        thought = compare_thought(a, b, word, best)
    else:
        word = "largest" if big else "smallest"
        text = ", ".join(map(str, items))
        question = rng.choice(["What is the {w} number: {t}?", "Find the {w} number in this list: {t}",
                               "Which of these is the {w}: {t}?"]).format(w=word, t=text)
        order = sorted(items)
        answer, thought = "The %s number is %d." % (word, best), "In order: %s." % ", ".join(map(str, order))
    return {"messages": with_system(rng, [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer, "reasoning_content": thought}]), "thinking": rng.chance(0.6)}


def compare_thought(a, b, word, best):
    """Digit counts first, then the first digit that differs."""
    x, y = str(a), str(b)
    if len(x) != len(y):
        return "%d has %d digits and %d has %d. So %d is %s." % (a, len(x), b, len(y), best, word)
    for p, q in zip(x, y):
        if p != q:
            return "Compare the digits: %s and %s. %s is more than %s. So %d is %s." % (
                p, q, max(p, q), min(p, q), best, word)
    return "They are the same."
