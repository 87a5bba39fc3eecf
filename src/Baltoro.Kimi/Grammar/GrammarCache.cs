using System.Text.Json;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar;

/// <summary>
/// Compiled grammars by tenant and schema text, least recently used first out; bounded by count and by size. Tenants do
/// not share entries, so that no one can tell by time what another uses (I11). Safe for concurrent use.
/// </summary>
public sealed class GrammarCache(int maxEntries = 256, long maxBytes = 64L << 20, SchemaLimits? limits = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, string Schema), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private readonly Lazy<CompiledGrammar> _anyObject = new(CompiledGrammar.CompileAnyObject);
    private long _bytes;

    /// <summary>The grammar of any JSON object.</summary>
    public CompiledGrammar AnyObject => _anyObject.Value;

    /// <summary>Entries at present.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The grammar of <paramref name="schema"/>, compiled at most once while it stays in the cache.</summary>
    /// <exception cref="SchemaNotSupportedException">The schema is malformed, too large, unsatisfiable or not enforceable.</exception>
    public CompiledGrammar GetOrCompile(string tenantId, JsonElement schema)
    {
        (string, string) key = (tenantId, schema.GetRawText());
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? known))
            {
                _byUse.Remove(known);
                _byUse.AddLast(known);
                return known.Value.Grammar;
            }
        }

        CompiledGrammar grammar = CompiledGrammar.Compile(schema, limits);
        var entry = new Entry(key, grammar, grammar.SizeBytes + (2L * key.Item2.Length));
        lock (_lock)
        {
            if (_entries.TryAdd(key, new LinkedListNode<Entry>(entry)))
            {
                _byUse.AddLast(_entries[key]);
                _bytes += entry.Bytes;
                Shrink();
            }
        }

        return grammar;
    }

    private void Shrink()
    {
        while (_byUse.First is { } oldest && (_entries.Count > maxEntries || _bytes > maxBytes))
        {
            _byUse.RemoveFirst();
            _entries.Remove(oldest.Value.Key);
            _bytes -= oldest.Value.Bytes;
        }
    }

    private sealed record Entry((string Tenant, string Schema) Key, CompiledGrammar Grammar, long Bytes);
}
