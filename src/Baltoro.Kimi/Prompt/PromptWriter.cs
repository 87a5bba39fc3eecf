using System.Text;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Collects a prompt: text between two special tokens is encoded as one stretch, as the official encoder does, but
/// never as special tokens.
/// </summary>
internal sealed class PromptWriter(KimiTokenizer tokenizer)
{
    private readonly List<int> _ids = [];
    private readonly StringBuilder _text = new();

    public PromptWriter Special(int id)
    {
        Flush();
        _ids.Add(id);
        return this;
    }

    public PromptWriter Text(string text)
    {
        _text.Append(text);
        return this;
    }

    public List<int> Finish()
    {
        Flush();
        return _ids;
    }

    private void Flush()
    {
        if (_text.Length > 0)
        {
            tokenizer.Encode(_text.ToString(), _ids);
            _text.Clear();
        }
    }
}
