using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Baltoro.Protocol.Admin;

namespace Baltoro.Server.Admin;

/// <summary>Pages of lists: <c>limit</c> entries after the one of the id <c>after</c>.</summary>
internal static class AdminPaging
{
    private const int StandardLimit = 50;
    private const int MostEntries = 500;

    /// <summary>Reads a page; <paramref name="read"/> is asked for one entry more than shown, to know whether there are more.</summary>
    /// <param name="call">The request.</param>
    /// <param name="exists">Whether the entry to start after is there for this caller.</param>
    /// <param name="read">Entries after an id, at most so many.</param>
    /// <param name="show">An entry as it is sent.</param>
    /// <param name="idOf">An entry's id.</param>
    /// <param name="typeInfo">How a page is written.</param>
    public static async ValueTask<AdminAnswer> ListAsync<T, TEntry>(
        AdminCall call,
        Func<string, ValueTask<bool>> exists,
        Func<string?, int, ValueTask<IReadOnlyList<T>>> read,
        Func<T, TEntry> show,
        Func<T, string> idOf,
        JsonTypeInfo<AdminPage<TEntry>> typeInfo)
    {
        int limit = StandardLimit;
        if (call.Query("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostEntries))
        {
            return AdminAnswer.BadField("limit", string.Create(
                CultureInfo.InvariantCulture, $"limit must be a whole number from 1 to {MostEntries}, found '{Protocol.Json.JsonDescription.Cut(text)}'"));
        }

        string? after = call.Query("after");
        if (after is not null && !await exists(after).ConfigureAwait(false))
        {
            return AdminAnswer.BadField("after", $"after must be an id of this list, found '{Protocol.Json.JsonDescription.Cut(after)}'");
        }

        IReadOnlyList<T> found = await read(after, limit + 1).ConfigureAwait(false);
        List<T> shown = [.. found.Take(limit)];
        AdminPage<TEntry> page = new()
        {
            Data = [.. shown.Select(show)],
            FirstId = shown.Count == 0 ? null : idOf(shown[0]),
            LastId = shown.Count == 0 ? null : idOf(shown[^1]),
            HasMore = found.Count > limit,
        };
        return AdminAnswer.Of(page, typeInfo);
    }
}
