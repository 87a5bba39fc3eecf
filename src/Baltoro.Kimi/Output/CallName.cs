namespace Baltoro.Kimi.Output;

/// <summary>Reads the function name out of the call id a model writes.</summary>
internal static class CallName
{
    private const string Prefix = "functions.";

    /// <summary>
    /// <c>functions.get_weather:0</c> → <c>get_weather</c>. The prefix and the index may be missing; names may hold
    /// dots, hyphens and underscores. Empty when there is no name.
    /// </summary>
    public static string FromId(string id)
    {
        ReadOnlySpan<char> name = id.AsSpan().Trim();
        if (name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            name = name[Prefix.Length..];
        }

        int colon = name.LastIndexOf(':');
        return (colon >= 0 ? name[..colon] : name).Trim().ToString();
    }
}
