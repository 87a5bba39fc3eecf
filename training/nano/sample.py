"""Looks at a checkpoint: python3 -m nano.sample --ckpt FILE "prompt" ["prompt" ...]."""
import argparse
import os

import torch

from . import config
from .generate import ask, load_model
from .tokenizer import Tokenizer

DEFAULT = ["Explain quantum computing in simple terms.", "Hi!", "What is your name?", "What is photosynthesis?",
           "Help me understand quantum computers.", "I am curious about black holes.", "Tell me a joke.",
           "What is 34 + 58?", "What is the capital of France?", "How do I boil an egg?"]


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ckpt", default=os.path.join(config.WORK, "checkpoint.pt"))
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--system", default="You are a helpful assistant.")
    parser.add_argument("--ema", action="store_true")
    parser.add_argument("--thinking", choices=["on", "off", "both"], default="both")
    parser.add_argument("prompt", nargs="*", default=DEFAULT)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, c = load_model(args.ckpt, args.ema)
    tok = Tokenizer.load(os.path.join(os.path.dirname(args.ckpt), "tiktoken.model"))
    print("step %d, %d tokens, %d s" % (c["step"], c["tokens"], c["elapsed"]))
    head = [{"role": "system", "content": args.system}] if args.system else []
    talks = [head + [{"role": "user", "content": p}] for p in args.prompt]
    for mode in (True, False):
        if args.thinking in ("both", "on" if mode else "off"):
            for p, (thought, text, stopped) in zip(args.prompt, ask(model, tok, talks, mode,
                                                                   temperature=args.temperature)):
                print("[%s]%s %s\n   (%s) %s" % ("think" if mode else "plain", "" if stopped else " NOSTOP", p,
                                                 thought, text))


if __name__ == "__main__":
    main()
