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

    /// <summary>The same special token many times.</summary>
    public PromptWriter Repeat(int id, int count)
    {
        Flush();
        _ids.AddRange(Enumerable.Repeat(id, count));
        return this;
    }

    /// <summary>Ids so far; text behind the last special token is not counted.</summary>
    public int Count => _ids.Count;

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
