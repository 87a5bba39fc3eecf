"""Exports a checkpoint in Hugging Face layout: python3 -m nano.export [--ckpt FILE] [--out DIR] [--ema]."""
import argparse
import json
import os
import shutil

import torch

from . import checkpoint, config, safetensors
from .model import Nano
from .tokenizer import SPECIAL, Tokenizer

NOT_SPECIAL = (11, 12, 13, 14, 15, 22, 23)
ATTENTION = {"q_a": "q_a_proj", "q_norm": "q_a_layernorm", "q_b": "q_b_proj", "kv_a": "kv_a_proj_with_mqa",
             "kv_norm": "kv_a_layernorm", "kv_b": "kv_b_proj", "o": "o_proj"}
TEMPLATE = """{%- macro body(m, history) -%}
{%- if m.role == 'assistant' -%}
<think>{% if not history and thinking is not false %}{{ m.reasoning_content or '' }}{% endif %}</think>
{%- elif m.role == 'tool' -%}
{{ '## Return of ' ~ (m.tool_call_id or '') ~ '\\n' }}
{%- endif -%}
{%- if m.content is string -%}{{ m.content }}
{%- elif m.content -%}
{%- for p in m.content -%}
{%- if p.type == 'text' -%}{{ p.text }}
{%- else -%}{{ '<|media_begin|>image<|media_content|><|media_pad|><|media_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- if m.tool_calls -%}
<|tool_calls_section_begin|>
{%- for c in m.tool_calls -%}
<|tool_call_begin|>{{ c.id }}<|tool_call_argument_begin|>
{%- if c.function.arguments is string -%}{{ c.function.arguments }}
{%- else -%}{{ c.function.arguments | tojson }}
{%- endif -%}
<|tool_call_end|>
{%- endfor -%}
<|tool_calls_section_end|>
{%- endif -%}
{%- endmacro -%}
{%- if tools_ts_str -%}
<|im_system|>tool_declare<|im_middle|>{{ tools_ts_str }}<|im_end|>
{%- elif tools -%}
<|im_system|>tool_declare<|im_middle|>{{ tools | tojson(separators=(',', ':')) }}<|im_end|>
{%- endif -%}
{%- set ns = namespace(last=-1) -%}
{%- for m in messages -%}
{%- if m.role == 'assistant' and not m.tool_calls -%}{%- set ns.last = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for m in messages -%}
{%- if m.role == 'user' -%}<|im_user|>
{%- elif m.role == 'assistant' -%}<|im_assistant|>
{%- else -%}<|im_system|>
{%- endif -%}
{{ m.name or m.role }}<|im_middle|>{{ body(m, loop.index0 <= ns.last) }}<|im_end|>
{%- endfor -%}
{%- if add_generation_prompt -%}
<|im_assistant|>assistant<|im_middle|><think>{% if thinking is false %}</think>{% endif %}
{%- endif -%}
"""


def tensors(state, model_conf):
    """DeepSeek-V3 / Kimi tensor names -> tensors; matrices and norms BF16, router and its bias F32."""
    out = {"model.embed_tokens.weight": state["embed"]}
    for i in range(model_conf["num_hidden_layers"]):
        src, dst = "layers.%d." % i, "model.layers.%d." % i
        out[dst + "input_layernorm.weight"] = state[src + "norm1"]
        for ours, theirs in ATTENTION.items():
            out[dst + "self_attn." + theirs + ".weight"] = state[src + "attn." + ours]
        out[dst + "post_attention_layernorm.weight"] = state[src + "norm2"]
        if i < model_conf["first_k_dense_replace"]:
            for part in ("gate", "up", "down"):
                out[dst + "mlp.%s_proj.weight" % part] = state[src + "mlp." + part]
            continue
        out[dst + "mlp.gate.weight"] = state[src + "mlp.router"]
        out[dst + "mlp.gate.e_score_correction_bias"] = state[src + "mlp.bias"]
        for e in range(model_conf["n_routed_experts"]):
            for part in ("gate", "up", "down"):
                out[dst + "mlp.experts.%d.%s_proj.weight" % (e, part)] = state[src + "mlp." + part][e]
        for part in ("gate", "up", "down"):
            out[dst + "mlp.shared_experts.%s_proj.weight" % part] = state[src + "mlp.shared." + part]
    out["model.norm.weight"] = state["norm"]
    out["lm_head.weight"] = state["head"]
    keep = (".mlp.gate.weight", "e_score_correction_bias")
    return {n: (t.float() if n.endswith(keep) else t.bfloat16()) for n, t in out.items()}


def model_config(m, base):
    """config.json: the fields of K2.5's text config, with this model's numbers."""
    return {
        "architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2",
        "attention_bias": False, "attention_dropout": 0.0, "aux_loss_alpha": 0.001,
        "bos_token_id": base, "eos_token_id": base + 2, "pad_token_id": base + 255, "dtype": "bfloat16",
        "ep_size": 1, "first_k_dense_replace": m["first_k_dense_replace"], "hidden_act": "silu",
        "hidden_size": m["hidden_size"], "initializer_range": 0.02, "intermediate_size": m["intermediate_size"],
        "kv_lora_rank": m["kv_lora_rank"], "max_position_embeddings": m["max_position_embeddings"],
        "media_placeholder_token_id": base + 21, "moe_intermediate_size": m["moe_intermediate_size"],
        "moe_layer_freq": 1, "n_group": 1, "n_routed_experts": m["n_routed_experts"],
        "n_shared_experts": m["n_shared_experts"], "norm_topk_prob": True,
        "num_attention_heads": m["num_attention_heads"], "num_experts_per_tok": m["num_experts_per_tok"],
        "num_hidden_layers": m["num_hidden_layers"], "num_key_value_heads": m["num_attention_heads"],
        "num_nextn_predict_layers": 0, "pretraining_tp": 1, "q_lora_rank": m["q_lora_rank"],
        "qk_nope_head_dim": m["qk_nope_head_dim"], "qk_rope_head_dim": m["qk_rope_head_dim"],
        "rms_norm_eps": m["rms_norm_eps"], "rope_scaling": None, "rope_theta": m["rope_theta"],
        "routed_scaling_factor": m["routed_scaling_factor"], "scoring_func": "sigmoid", "seq_aux": True,
        "tie_word_embeddings": False, "topk_group": 1, "topk_method": "noaux_tc", "use_cache": True,
        "v_head_dim": m["v_head_dim"], "vocab_size": m["vocab_size"], "trained_context": m["trained_context"],
    }


def tokenizer_config(base):
    """tokenizer_config.json in Kimi's form."""
    added = {str(base + off): {"content": name, "lstrip": False, "normalized": False, "rstrip": False,
                               "single_word": False, "special": off not in NOT_SPECIAL}
             for off, name in SPECIAL.items()}
    more = [n for off, n in SPECIAL.items() if off not in NOT_SPECIAL and off not in (0, 1, 254, 255)]
    return {"added_tokens_decoder": added, "additional_special_tokens": more, "bos_token": "[BOS]",
            "clean_up_tokenization_spaces": False, "eos_token": "[EOS]", "extra_special_tokens": {},
            "model_max_length": 262144, "pad_token": "[PAD]", "tokenizer_class": "TikTokenTokenizer",
            "unk_token": "[UNK]"}


def write_json(path, value):
    """JSON with two-space indent and a final newline."""
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        json.dump(value, f, indent=2, ensure_ascii=False)
        f.write("\n")


def load_exported(folder):
    """Model in float32 with the exported weights (the reverse of tensors())."""
    m = config.load("c")["model"]
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        m = dict(m, **{k: v for k, v in json.load(f).items() if k in m})
    stored = {n: t.float() for n, t in safetensors.load(os.path.join(folder, "model.safetensors")).items()}
    model = Nano(m)
    state = model.state_dict()
    names = tensors({k: torch.zeros(1).expand(v.shape) for k, v in state.items()}, m)
    assert set(names) == set(stored), set(names) ^ set(stored)
    rest = {v: k for k, v in ATTENTION.items()}
    for name, t in stored.items():
        _assign(state, name, t, rest)
    model.load_state_dict(state)
    return model.eval()


def _assign(state, name, t, rest):
    """Copies one stored tensor to its place in the module's state."""
    top = {"model.embed_tokens.weight": "embed", "model.norm.weight": "norm", "lm_head.weight": "head"}
    if name in top:
        state[top[name]].copy_(t)
        return
    p = name.split(".")[2:]
    key = "layers.%s." % p[0]
    if p[1] == "self_attn":
        state[key + "attn." + rest[p[2]]].copy_(t)
    elif p[1] != "mlp":
        state[key + ("norm1" if p[1] == "input_layernorm" else "norm2")].copy_(t)
    elif p[2] == "gate":
        state[key + ("mlp.bias" if p[3] == "e_score_correction_bias" else "mlp.router")].copy_(t)
    elif p[2] == "experts":
        state[key + "mlp." + p[4][:-5]][int(p[3])].copy_(t)
    elif p[2] == "shared_experts":
        state[key + "mlp.shared." + p[3][:-5]].copy_(t)
    else:
        state[key + "mlp." + p[2][:-5]].copy_(t)


def golden_logits(model, tok, path):
    """Float32 logits of ten short sequences: last position, the 32 largest and the first eight."""
    from . import render
    texts = ["Explain quantum computing in simple terms.", "Hi!", "What is 12 + 30?", "Who are you?",
             "Tell me a joke."]
    seqs = [render.prompt(tok, [{"role": "user", "content": t}], None, i % 2 == 0) for i, t in enumerate(texts)]
    seqs += [tok.encode(t) for t in ("Once upon a time", "The sun is a star.", "1 2 3 4 5 6 7", "a",
                                     "Water \u00e9 \u4e16\n")]
    rows = []
    with torch.no_grad():
        for ids in seqs:
            logits = model(torch.tensor([ids]))[0]
            last = logits[-1]
            top = last.topk(32)
            rows.append({"ids": ids, "top_ids": top.indices.tolist(), "top_values": top.values.tolist(),
                         "first8": last[:8].tolist(), "argmax_per_position": logits.argmax(-1).tolist()})
    write_json(path, {"format": "float32 logits at the last position, weights rounded as stored", "rows": rows})


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ckpt", default=os.path.join(config.WORK, "checkpoint.pt"))
    parser.add_argument("--out", default=config.MODEL_DIR)
    parser.add_argument("--ema", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    c = checkpoint.load(args.ckpt)
    m, work = c["conf"]["model"], os.path.dirname(os.path.abspath(args.ckpt))
    tok = Tokenizer.load(os.path.join(work, "tiktoken.model"))
    os.makedirs(os.path.join(args.out, "golden"), exist_ok=True)
    safetensors.save(os.path.join(args.out, "model.safetensors"), tensors(checkpoint.weights(c, args.ema), m),
                     {"format": "pt", "name": c["conf"]["name"], "steps": str(c["step"]), "tokens": str(c["tokens"])})
    write_json(os.path.join(args.out, "config.json"), model_config(m, tok.base))
    write_json(os.path.join(args.out, "tokenizer_config.json"), tokenizer_config(tok.base))
    write_json(os.path.join(args.out, "generation_config.json"), {
        "do_sample": True, "temperature": 0.2, "top_p": 0.9, "bos_token_id": tok.base, "pad_token_id": tok.base + 255,
        "eos_token_id": [tok.base + 2, tok.base + 1, tok.base + 9]})
    tok.save(os.path.join(args.out, "tiktoken.model"))
    with open(os.path.join(args.out, "chat_template.jinja"), "w", encoding="utf-8", newline="\n") as f:
        f.write(TEMPLATE)
    for path in (os.path.join(work, "train.log.csv"), os.path.join(config.TRAINING, "MODEL_CARD.md")):
        if os.path.exists(path):
            shutil.copyfile(path, os.path.join(args.out, os.path.basename(path)))
    golden_logits(load_exported(args.out), tok, os.path.join(args.out, "golden", "logits.json"))
    print("exported step %d to %s" % (c["step"], args.out))


if __name__ == "__main__":
    main()
