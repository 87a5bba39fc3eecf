"""Exports a checkpoint in Hugging Face layout: python3 -m nano.export [--ckpt FILE] [--out DIR] [--ema]."""
import argparse
import json
import os
import shutil

import torch

from . import checkpoint, config, reference, safetensors
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


BLOCK = {"wqkv": "wqkv.weight", "wqkv_b": "wqkv.bias", "wo": "wo.weight", "wo_b": "wo.bias",
         "fc0": "mlp.fc0.weight", "fc0_b": "mlp.fc0.bias", "fc1": "mlp.fc1.weight", "fc1_b": "mlp.fc1.bias",
         "norm0": "norm0.weight", "norm0_b": "norm0.bias", "norm1": "norm1.weight", "norm1_b": "norm1.bias"}
TOWER = {"patch": "vision_tower.patch_embed.proj.weight", "patch_b": "vision_tower.patch_embed.proj.bias",
         "pos": "vision_tower.patch_embed.pos_emb.weight", "final": "vision_tower.encoder.final_layernorm.weight",
         "final_b": "vision_tower.encoder.final_layernorm.bias", "pre": "mm_projector.pre_norm.weight",
         "pre_b": "mm_projector.pre_norm.bias", "proj0": "mm_projector.proj.0.weight",
         "proj0_b": "mm_projector.proj.0.bias", "proj2": "mm_projector.proj.2.weight",
         "proj2_b": "mm_projector.proj.2.bias"}
ROUTER = (".mlp.gate.weight", "e_score_correction_bias")


def names(m):
    """(our name, expert or None, stored name) of every tensor, in file order."""
    out, prefix = [("embed", None, "model.embed_tokens.weight")], "language_model." if m.get("vision") else ""
    for i in range(m["num_hidden_layers"]):
        src, dst = "layers.%d." % i, "model.layers.%d." % i
        out.append((src + "norm1", None, dst + "input_layernorm.weight"))
        for ours, theirs in ATTENTION.items():
            out.append((src + "attn." + ours, None, dst + "self_attn." + theirs + ".weight"))
        out.append((src + "norm2", None, dst + "post_attention_layernorm.weight"))
        parts = ("gate", "up", "down")
        if i < m["first_k_dense_replace"]:
            out += [(src + "mlp." + p, None, dst + "mlp.%s_proj.weight" % p) for p in parts]
            continue
        out.append((src + "mlp.router", None, dst + "mlp.gate.weight"))
        out.append((src + "mlp.bias", None, dst + "mlp.gate.e_score_correction_bias"))
        for e in range(m["n_routed_experts"]):
            out += [(src + "mlp." + p, e, dst + "mlp.experts.%d.%s_proj.weight" % (e, p)) for p in parts]
        out += [(src + "mlp.shared." + p, None, dst + "mlp.shared_experts.%s_proj.weight" % p) for p in parts]
    out += [("norm", None, "model.norm.weight"), ("head", None, "lm_head.weight")]
    out = [(ours, e, prefix + stored) for ours, e, stored in out]
    if m.get("vision"):
        out += [("vision." + ours, None, stored) for ours, stored in TOWER.items()]
        for i in range(m["vision"]["vt_num_hidden_layers"]):
            out += [("vision.blocks.%d.%s" % (i, ours), None, "vision_tower.encoder.blocks.%d.%s" % (i, stored))
                    for ours, stored in BLOCK.items()]
    return out


def tensors(state, m):
    """Stored names -> tensors as K2.5 names and shapes them; BF16, router and its bias F32."""
    out = {}
    for ours, e, stored in names(m):
        t = state[ours] if e is None else state[ours][e]
        t = t.view(-1, 3, 14, 14) if ours == "vision.patch" else t
        out[stored] = t.float() if stored.endswith(ROUTER) else t.bfloat16()
    return out


def text_config(m, base):
    """The fields of K2.5's text config, with this model's numbers."""
    return {
        "architectures": ["DeepseekV3ForCausalLM"], "model_type": "kimi_k2",
        "attention_bias": False, "attention_dropout": 0.0, "aux_loss_alpha": 0.001,
        "bos_token_id": base, "eos_token_id": base + 2, "pad_token_id": base + 255, "dtype": "bfloat16",
        "ep_size": 1, "first_k_dense_replace": m["first_k_dense_replace"], "hidden_act": "silu",
        "hidden_size": m["hidden_size"], "initializer_range": 0.02, "intermediate_size": m["intermediate_size"],
        "kv_lora_rank": m["kv_lora_rank"], "max_position_embeddings": m["max_position_embeddings"],
        "moe_intermediate_size": m["moe_intermediate_size"],
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


def model_config(m, base):
    """config.json: K2.5's outer object around text_config and vision_config, or the text config alone."""
    text, v = text_config(m, base), m.get("vision")
    if not v:
        return dict(text, media_placeholder_token_id=base + 21)
    t = v["vt_hidden_size"]
    return {
        "architectures": ["KimiK25ForConditionalGeneration"], "bos_token_id": base, "dtype": "bfloat16",
        "eos_token_id": base + 2, "ignore_index": -100, "media_placeholder_token_id": base + 21,
        "model_type": "kimi_k25", "pad_token_id": base + 255, "text_config": text, "tie_word_embeddings": False,
        "use_unified_vision_chunk": True, "video_placeholder": "<|kimi_k25_video_placeholder|>",
        "vision_config": dict(v, merge_kernel_size=[2, 2], merge_type="sd2_tpool", mm_hidden_size=t,
                              mm_projector_type="patchmerger", patch_size=14, pos_emb_type="divided_fixed",
                              projector_hidden_act="gelu", projector_ln_eps=1e-5, text_hidden_size=m["hidden_size"],
                              video_attn_type="spatial_temporal", init_pos_emb_time=4),
    }


def load_into(model, folder):
    """Copies exported weights into a model; a tower that the file does not have keeps its start values."""
    stored = safetensors.load(os.path.join(folder, "model.safetensors"))
    stored = {n[15:] if n.startswith("language_model.") else n: t for n, t in stored.items()}
    state = model.state_dict()
    with torch.no_grad():
        for ours, e, name in names(dict(model.c)):
            name = name[15:] if name.startswith("language_model.") else name
            if name not in stored and ours.startswith("vision."):
                continue
            target = state[ours] if e is None else state[ours][e]
            target.copy_(stored.pop(name).view(target.shape))
    if stored:
        raise SystemExit("tensors without a place: %s" % ", ".join(sorted(stored)[:5]))


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
        outer = json.load(f)
    text, vision = outer.get("text_config", outer), outer.get("vision_config")
    m = dict(m, **{k: v for k, v in text.items() if k in m})
    m["vision"] = {k: v for k, v in vision.items() if k in m["vision"]} if vision else None
    model = Nano(m)
    load_into(model, folder)
    return model.eval()


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ckpt", default=os.path.join(config.WORK, "checkpoint.pt"))
    parser.add_argument("--out", default=config.MODEL_DIR)
    parser.add_argument("--ema", action="store_true")
    parser.add_argument("--blend", help="folder of exported weights to average with, half and half")
    args = parser.parse_args()
    torch.set_num_threads(1)
    c = checkpoint.load(args.ckpt)
    weights = checkpoint.weights(c, args.ema)
    if args.blend:
        other = load_exported(args.blend).state_dict()
        weights = {name: (value.float() + other[name].float()) / 2 for name, value in weights.items()}
    m, work = c["conf"]["model"], os.path.dirname(os.path.abspath(args.ckpt))
    tok = Tokenizer.load(os.path.join(work, "tiktoken.model"))
    os.makedirs(os.path.join(args.out, "golden"), exist_ok=True)
    file = os.path.join(args.out, "model.safetensors")
    safetensors.save(file + ".new", tensors(weights, m),
                     {"format": "pt", "name": c["conf"]["name"], "steps": str(c["step"]), "tokens": str(c["tokens"])})
    os.replace(file + ".new", file)
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
    model = load_exported(args.out)
    write_json(os.path.join(args.out, "golden", "logits.json"), reference.logits(model, tok))
    if model.vision is not None:
        write_json(os.path.join(args.out, "golden", "vision.json"), reference.pictures(model, tok))
    print("exported step %d to %s" % (c["step"], args.out))


if __name__ == "__main__":
    main()
