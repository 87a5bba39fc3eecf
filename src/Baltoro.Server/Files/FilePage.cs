using System.Globalization;
using Baltoro.Platform.Files;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Files;

/// <summary>Which files a list shows: of one purpose, behind a file, at most so many, newest or oldest first.</summary>
internal readonly record struct FilePage(string? Purpose, string? After, int Limit, bool IsAscending)
{
    private const int MaxLimit = 10_000;

    public static WireError? TryRead(IQueryCollection query, out FilePage page)
    {
        page = default;
        string limit = query["limit"].ToString();
        int count = MaxLimit;
        if (limit.Length > 0 && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MaxLimit))
        {
            return WireError.Field("limit", $"must be a whole number from 1 to {MaxLimit}, found '{JsonDescription.Cut(limit)}'");
        }

        string order = query["order"].ToString();
        if (order is not ("" or "asc" or "desc"))
        {
            return WireError.Field("order", $"must be 'asc' or 'desc', found '{JsonDescription.Cut(order)}'");
        }

        page = new FilePage(Sent(query, "purpose"), Sent(query, "after"), count, order == "asc");
        return null;
    }

    /// <summary>The files of this page out of all, which are newest first; an error when they hold no file to go on behind.</summary>
    public (IReadOnlyList<StoredFile> Files, bool HasMore, WireError? Error) Cut(IReadOnlyList<StoredFile> all)
    {
        FilePage page = this;
        List<StoredFile> ordered = [.. (IsAscending ? all.Reverse() : all).Where(file => page.Purpose is null || file.Purpose == page.Purpose)];
        int start = After is null ? 0 : ordered.FindIndex(file => file.Id == page.After) + 1;
        if (start == 0 && After is not null)
        {
            string where = Purpose is null ? "the list" : $"the list of purpose '{JsonDescription.Cut(Purpose)}'";
            return ([], false, WireError.Field("after", $"must be the id of a file in {where}, found '{JsonDescription.Cut(After)}'"));
        }

        List<StoredFile> shown = [.. ordered.Skip(start).Take(Limit)];
        return (shown, start + shown.Count < ordered.Count, null);
    }

    private static string? Sent(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
}
