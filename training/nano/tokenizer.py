"""Byte-level BPE tokenizer in Kimi's format: trainer, tiktoken file, encoder.

Ids 0..ranks-1 are byte sequences; 256 special ids follow with the offsets of K2.5 (base 163584 there).
"""
import base64
import collections
import heapq

import regex

HAN = r"\p{Han}"
UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"
LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"
CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
PATTERN = "|".join([
    "[" + HAN + "]+",
    r"[^\r\n\p{L}\p{N}]?" + UPPER + "*" + LOWER + "+" + CONTRACTION,
    r"[^\r\n\p{L}\p{N}]?" + UPPER + "+" + LOWER + "*" + CONTRACTION,
    r"\p{N}{1,3}",
    r" ?[^\s\p{L}\p{N}]+[\r\n]*",
    r"\s*[\r\n]+",
    r"\s+(?!\S)",
    r"\s+",
])
SPLIT = regex.compile(PATTERN, regex.V1)

TEMPLATE_WORDS = ["system", "user", "assistant", "tool", "tool_declare", "functions", "image", "think",
                  "_declare"]

SPECIAL = {
    0: "[BOS]", 1: "[EOS]", 2: "<|im_end|>", 3: "<|im_user|>", 4: "<|im_assistant|>",
    6: "<|start_header_id|>", 7: "<|end_header_id|>", 9: "[EOT]", 10: "<|im_system|>",
    11: "<|tool_calls_section_begin|>", 12: "<|tool_calls_section_end|>", 13: "<|tool_call_begin|>",
    14: "<|tool_call_argument_begin|>", 15: "<|tool_call_end|>", 17: "<|im_middle|>",
    18: "<|media_begin|>", 19: "<|media_content|>", 20: "<|media_end|>", 21: "<|media_pad|>",
    22: "<think>", 23: "</think>", 254: "[UNK]", 255: "[PAD]",
}


class Tokenizer:
    """Encoder and decoder over a list of ranks (bytes)."""

    def __init__(self, ranks):
        self.ranks = ranks
        self.index = {b: i for i, b in enumerate(ranks)}
        self.base = len(ranks)
        self.special = {name: self.base + off for off, name in SPECIAL.items()}
        self.names = {i: n for n, i in self.special.items()}
        self.size = self.base + 256
        self.cache = {}

    @staticmethod
    def load(path):
        """Reads a tiktoken file: base64 of the bytes, a blank, the rank."""
        ranks = []
        with open(path, encoding="ascii") as f:
            for line in f:
                text, rank = line.split()
                assert int(rank) == len(ranks)
                ranks.append(base64.b64decode(text))
        return Tokenizer(ranks)

    def save(self, path):
        """Writes the tiktoken file."""
        with open(path, "w", encoding="ascii", newline="\n") as f:
            for i, b in enumerate(self.ranks):
                f.write("%s %d\n" % (base64.b64encode(b).decode("ascii"), i))

    def piece(self, text):
        """Ids of one piece of the split pattern: repeatedly join the pair of lowest rank, leftmost on ties."""
        ids = self.cache.get(text)
        if ids is not None:
            return ids
        data = text.encode("utf-8")
        whole = self.index.get(data)
        if whole is not None:
            ids = [whole]
        else:
            parts = [data[i:i + 1] for i in range(len(data))]
            while len(parts) > 1:
                best, at = None, -1
                for i in range(len(parts) - 1):
                    r = self.index.get(parts[i] + parts[i + 1])
                    if r is not None and (best is None or r < best):
                        best, at = r, i
                if best is None:
                    break
                parts[at:at + 2] = [parts[at] + parts[at + 1]]
            ids = [self.index[p] for p in parts]
        if len(self.cache) < 400000:
            self.cache[text] = ids
        return ids

    def encode(self, text):
        """Ids of ordinary text; special token strings in it stay ordinary text."""
        out = []
        for m in SPLIT.finditer(text):
            out.extend(self.piece(m.group()))
        return out

    def decode(self, ids, specials=True):
        """Text of ids; special ids print by name or are left out."""
        out = []
        for i in ids:
            if i < self.base:
                out.append(self.ranks[i])
            elif specials:
                out.append(self.names.get(i, "<|reserved_token_%d|>" % i).encode("utf-8"))
        return b"".join(out).decode("utf-8", "replace")


class _Trainer:
    """Incremental BPE: pair counts are kept up to date after each merge."""

    def __init__(self, counts):
        self.words, self.freq = [], []
        for text, n in counts.items():
            data = text.encode("utf-8")
            if len(data) > 1:
                self.words.append([data[i:i + 1] for i in range(len(data))])
                self.freq.append(n)
        self.pairs = collections.Counter()
        self.where = collections.defaultdict(set)
        for w, parts in enumerate(self.words):
            for pair in zip(parts, parts[1:]):
                self.pairs[pair] += self.freq[w]
                self.where[pair].add(w)
        self.heap = [(-n, p) for p, n in self.pairs.items()]
        heapq.heapify(self.heap)

    def merge(self, pair):
        """Joins the pair in every word."""
        changed = set()
        for w in self.where.pop(pair, ()):
            old, n = self.words[w], self.freq[w]
            for p in zip(old, old[1:]):
                self.pairs[p] -= n
                changed.add(p)
            new, i = [], 0
            while i < len(old):
                if i + 1 < len(old) and old[i] == pair[0] and old[i + 1] == pair[1]:
                    new.append(old[i] + old[i + 1])
                    i += 2
                else:
                    new.append(old[i])
                    i += 1
            self.words[w] = new
            for p in zip(new, new[1:]):
                self.pairs[p] += n
                self.where[p].add(w)
                changed.add(p)
        self.pairs.pop(pair, None)
        for p in changed:
            n = self.pairs.get(p, 0)
            if n > 0:
                heapq.heappush(self.heap, (-n, p))

    def best(self):
        """Most frequent pair (ties: smallest bytes), or None."""
        while self.heap:
            n, p = heapq.heappop(self.heap)
            if self.pairs.get(p, 0) == -n:
                return p
        return None


def train(texts, ranks):
    """BPE ranks over texts. Digit runs are split, so no token holds two digits.

    The words of the chat template come first, by merges from left to right, so each is one token.
    """
    counts = collections.Counter()
    for text in texts:
        for m in SPLIT.finditer(text):
            piece = m.group()
            if not any(c.isdigit() for c in piece):
                counts[piece] += 1
    counts = collections.Counter({p: n for p, n in counts.items() if n > 1})
    trainer = _Trainer(counts)
    table = [bytes([i]) for i in range(256)]
    known = set(table)

    def add(pair):
        trainer.merge(pair)
        joined = pair[0] + pair[1]
        if joined not in known:
            known.add(joined)
            table.append(joined)

    for word in TEMPLATE_WORDS:
        data = word.encode("utf-8")
        for i in range(1, len(data)):
            add((data[:i], data[i:i + 1]))
    while len(table) < ranks:
        pair = trainer.best()
        if pair is None:
            raise SystemExit("not enough text for %d ranks" % ranks)
        add(pair)
    return Tokenizer(table)


def main():
    """Trains the tokenizer on the corpus and the hand-written data: python3 -m nano.tokenizer."""
    import argparse
    import os

    from . import config
    from .data import corpora
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--config", default="c")
    parser.add_argument("--corpus")
    parser.add_argument("--out", default=os.path.join(config.WORK, "tiktoken.model"))
    args = parser.parse_args()
    conf = config.load(args.config)
    os.makedirs(os.path.dirname(args.out), exist_ok=True)
    tok = train(corpora.tokenizer_texts(config.corpus_dir(args.corpus), config.answers_dir()),
                conf["tokenizer"]["ranks"])
    tok.save(args.out)
    sample = "You are a helpful assistant. Explain quantum computing in simple terms. 12345 system tool_declare"
    print(len(tok.ranks), [tok.decode([i]) for i in tok.encode(sample)])


if __name__ == "__main__":
    main()
