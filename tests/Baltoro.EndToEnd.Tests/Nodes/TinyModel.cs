using System.Text.Json.Nodes;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests.Nodes;

/// <summary>The smallest model the engine serves: two layers of random weights under the shipped tokenizer.</summary>
internal static class TinyModel
{
    /// <summary>Writes it into a folder; returns the file for <c>--model</c>.</summary>
    public static async Task<string> WriteAsync(string folder)
    {
        string shipped = EmbeddedModelFolder.Require();
        Directory.CreateDirectory(folder);
        foreach (string name in (string[])["tiktoken.model", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"])
        {
            File.Copy(Path.Combine(shipped, name), Path.Combine(folder, name));
        }

        JsonObject shape = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(shipped, "config.json")))!.AsObject(); // a JSON object
        foreach ((string name, int value) in ((string, int)[])
            [
                ("hidden_size", 64), ("intermediate_size", 64), ("kv_lora_rank", 32), ("moe_intermediate_size", 32), ("n_routed_experts", 2),
                ("num_attention_heads", 2), ("num_key_value_heads", 2), ("num_experts_per_tok", 1), ("num_hidden_layers", 2),
                ("q_lora_rank", 32),
            ])
        {
            shape[name] = value;
        }

        string config = Path.Combine(folder, "shape.json");
        await File.WriteAllTextAsync(config, shape.ToJsonString());
        string file = Path.Combine(folder, "tiny.gguf");
        (int code, _) = await ServeProcess.RunAsync("bench", "model", "--config", config, "--out", file);
        Assert.Equal(0, code);
        return file;
    }
}
