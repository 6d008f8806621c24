"""Makes a very small Qwen2 model with random weights and a vocabulary of syllables: tiny_model.py OUT.

What it writes is nonsense, always the same; loading, streaming, limits, sleep and grammar are as with a real one. The
vocabulary is large, so that loading takes long enough to be seen.
"""

import sys

import gguf
import numpy as np

WIDTH, HEADS, INNER, LAYERS, CONTEXT = 32, 2, 64, 1, 4096
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
WORDS = 60_000


def letters():
    """The letter that stands for each byte in a GPT-2 vocabulary: itself where it can be seen."""
    seen = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return [chr(byte) for byte in seen] + [chr(256 + at) for at in range(len(hidden))]


def main(out):
    writer = gguf.GGUFWriter(out, "qwen2")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    single = letters()
    alphabet = "abcdefghijklmnopqr"
    pairs, words = [], list(alphabet)
    while len(pairs) < WORDS:
        longer = [(word, letter) for word in words for letter in alphabet]
        pairs, words = pairs + longer, [word + letter for word, letter in longer]
    tokens = single + [one + other for one, other in pairs] + SPECIAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_merges([f"{one} {other}" for one, other in pairs])
    plain = [gguf.TokenType.NORMAL] * (len(tokens) - len(SPECIAL))
    writer.add_token_types(plain + [gguf.TokenType.CONTROL] * len(SPECIAL))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_chat_template(TEMPLATE)

    random = np.random.default_rng(7)

    def tensor(name, *shape):
        values = (random.standard_normal(shape) * 0.1).astype(np.float32)
        if len(shape) == 1:
            writer.add_tensor(name, values)
        else:
            kind = gguf.GGMLQuantizationType.Q4_0
            writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)

    tensor("token_embd.weight", len(tokens), WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    for layer in range(LAYERS):
        of = f"blk.{layer}."
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(of + norm + ".weight", np.ones(WIDTH, dtype=np.float32))
        for part in ("attn_q", "attn_k", "attn_v"):
            tensor(of + part + ".weight", WIDTH, WIDTH)
            tensor(of + part + ".bias", WIDTH)
        tensor(of + "attn_output.weight", WIDTH, WIDTH)
        tensor(of + "ffn_gate.weight", INNER, WIDTH)
        tensor(of + "ffn_up.weight", INNER, WIDTH)
        tensor(of + "ffn_down.weight", WIDTH, INNER)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(*sys.argv[1:])
