namespace Baltoro.Engine.Model;

/// <summary>
/// Fields of config.json that are known and have no effect on inference here. A field that is neither read nor listed is
/// reported in <see cref="KimiConfig.UnknownFields"/>. The list is repeated with reasons in docs/numerics.md.
/// </summary>
internal static class IgnoredFields
{
    /// <summary>Of the text model.</summary>
    public static IReadOnlySet<string> Text { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // Written by the library, about files and classes.
        "_name_or_path", "_attn_implementation", "architectures", "auto_map", "tokenizer_class", "torchscript", "transformers_version",
        "return_dict", "return_dict_in_generate", "use_bfloat16", "use_cache", "tf_legacy_loss", "output_attentions",
        "output_hidden_states", "output_scores", "pruned_heads", "chunk_size_feed_forward", "cross_attention_hidden_size", "add_cross_attention",
        "tie_encoder_decoder", "is_decoder", "is_encoder_decoder", "decoder_start_token_id", "finetuning_task", "id2label", "label2id",
        "problem_type", "task_specific_params", "prefix", "sep_token_id",

        // Training only.
        "attention_dropout", "aux_loss_alpha", "seq_aux", "initializer_range", "pretraining_tp", "ep_size",

        // Means nothing for multi-head latent attention.
        "num_key_value_heads", "head_dim", "qk_head_dim", "rope_interleave",

        // Library defaults of generation, not the model's recommendation (that is generation_config.json).
        "bad_words_ids", "begin_suppress_tokens", "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size",
        "exponential_decay_length_penalty", "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "min_length",
        "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences", "remove_invalid_values", "repetition_penalty",
        "suppress_tokens", "temperature", "top_k", "top_p", "typical_p",
    };

    /// <summary>Of the outer object around <c>text_config</c>; vision is read by the vision loader.</summary>
    public static IReadOnlySet<string> Outer { get; } = new HashSet<string>(Text, StringComparer.Ordinal)
    {
        "vision_config", "ignore_index", "use_unified_vision_chunk", "video_placeholder", "media_placeholder_token_id",
    };
}
