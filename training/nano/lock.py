"""Writes training/data.lock.json: hash, licence and public source of each corpus file used, hashes of the project's
own data: python3 -m nano.lock [--corpus DIR]. With --check it compares instead of writing."""
import argparse
import glob
import hashlib
import json
import os

from . import config

USED = ["chat/chitchat_personas", "chat/chatterbot_english", "chat/simple_instructions", "chat/jokes",
        "facts/countries", "facts/world_factbook", "facts/word_lists", "facts/wordnet_common",
        "prose/gutenberg_children", "prose/storybooks", "prose/masc_selected",
        "reasoning/svamp", "tools/glaive_toolcalls"]


def sha256(path):
    """Hex digest of a file."""
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def build(corpus):
    """The lock as a dictionary."""
    with open(os.path.join(corpus, "manifest.json"), encoding="utf-8") as f:
        manifest = {e["file"]: e for e in json.load(f)["files"]}
    files = []
    for name in USED:
        entry = manifest[name + ".jsonl.gz"]
        found = sha256(os.path.join(corpus, entry["file"]))
        if found != entry["sha256"]:
            raise SystemExit("hash differs: " + entry["file"])
        files.append({k: entry[k] for k in ("file", "rows", "licence", "sha256", "sources", "note") if k in entry})
    own = [{"file": os.path.relpath(p, config.TRAINING), "sha256": sha256(p)}
           for p in sorted(glob.glob(os.path.join(config.TRAINING, "data", "**", "*.jsonl"), recursive=True))]
    return {"corpus": files, "project": own}


def attribution(corpus):
    """Writes training/ATTRIBUTION.md: title, author and licence of each CC-BY story."""
    from .data.corpora import rows
    def plain(text):
        return " ".join((text or "unknown").split())

    lines = sorted({"- %s: %s (%s, %s)" % (plain(r["title"]), plain(r.get("author")), r["collection"], r["licence"])
                    for r in rows(corpus, "prose/storybooks")})
    with open(os.path.join(config.TRAINING, "ATTRIBUTION.md"), "w", encoding="utf-8", newline="\n") as f:
        f.write("# Stories used for training\n\nTitle: author (collection, licence). Only parts of the text were used, "
                "for training a model.\n\n" + "\n".join(lines) + "\n")


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    path = os.path.join(config.TRAINING, "data.lock.json")
    lock = build(config.corpus_dir(args.corpus))
    if args.check:
        with open(path, encoding="utf-8") as f:
            if json.load(f) != lock:
                raise SystemExit("data differs from data.lock.json")
        print("data as locked")
        return
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        json.dump(lock, f, indent=1, ensure_ascii=False)
        f.write("\n")
    attribution(config.corpus_dir(args.corpus))
    print("locked %d corpus files and %d project files" % (len(lock["corpus"]), len(lock["project"])))


if __name__ == "__main__":
    main()
