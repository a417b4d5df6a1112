"""A real llama.cpp server with a model of random weights, which knows nothing but bytes and is written in a moment.

Its replies have the form that is asked for, since the server holds any model to it, and no sense at all. Every token
carries a bias, so that it writes mostly letters and ends its texts soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

WIDTH, HEADS, INNER, LAYERS, ROOM = 16, 2, 32, 1, 4096
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
SPECIAL = (b"<unk>", b"<s>", b"</s>")


def write_model(path: Path, seed: int = 7) -> None:
    """A GGUF file of about 160 kB: the architecture of llama, 256 bytes as its words, random weights."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(ROOM)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    _write_words(writer)
    _write_weights(writer, np.random.default_rng(seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@contextmanager
def llama_server(folder: Path) -> Iterator[str]:
    """The base address of a server on a free loopback port, while the block runs."""
    model = folder / "tiny.gguf"
    write_model(model)
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.n_ctx, settings.n_parallel, settings.warmup = ROOM, 1, False
    settings.cpuparams.n_threads = 1
    server = xllamacpp.Server(settings)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server  # which ends it


def _write_words(writer: gguf.GGUFWriter) -> None:
    words = [*SPECIAL, *(f"<0x{byte:02X}>".encode() for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL, *[gguf.TokenType.BYTE] * 256]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores([0.0] * len(words))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)


def _write_weights(writer: gguf.GGUFWriter, chance: np.random.Generator) -> None:
    """Random matrices; the first place of every word's vector is alike, which turns that of the output into a bias."""
    words = len(SPECIAL) + 256
    inward, outward = _random(chance, 0.5, words, WIDTH), _random(chance, 0.5, words, WIDTH)
    inward[:, 0], outward[:, 0] = 6.0, -3.0
    outward[len(SPECIAL) + 32 : len(SPECIAL) + 127, 0] = 0.0
    outward[SPECIAL.index(b"</s>"), 0] = 0.5
    for letter, liking in (('"', 1.0), ("]", 1.0), (" ", -1.0), ("[", -0.5), ("\\", -2.0)):
        outward[len(SPECIAL) + ord(letter), 0] = liking
    writer.add_tensor("token_embd.weight", inward)
    writer.add_tensor("output.weight", outward)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}{name}.weight", np.ones(WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{block}{name}.weight", _random(chance, 0.1, WIDTH, WIDTH))
        writer.add_tensor(f"{block}ffn_gate.weight", _random(chance, 0.1, INNER, WIDTH))
        writer.add_tensor(f"{block}ffn_up.weight", _random(chance, 0.1, INNER, WIDTH))
        writer.add_tensor(f"{block}ffn_down.weight", _random(chance, 0.1, WIDTH, INNER))


def _random(chance: np.random.Generator, scale: float, *shape: int) -> np.ndarray:
    return (chance.standard_normal(shape) * scale).astype(np.float32)
