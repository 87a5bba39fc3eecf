using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Endpoints;

/// <summary>What the headers of an answer tell: who really answers, and what was done other than asked.</summary>
internal static class AnswerHeaders
{
    private const int MaxNoticeChars = 1_000;

    public static void Set(HttpResponse response, string backendName, params ReadOnlySpan<string?> notices)
    {
        response.Headers["x-baltoro-model"] = backendName;
        List<string> told = [];
        foreach (string? notice in notices)
        {
            if (notice is not null)
            {
                told.Add(notice);
            }
        }

        if (told.Count > 0)
        {
            response.Headers["x-baltoro-notice"] = Clean(string.Join("; ", told));
        }
    }

    /// <summary>Header values are short and ASCII; notices may quote what a client sent.</summary>
    private static string Clean(string text)
    {
        string shortened = text.Length <= MaxNoticeChars ? text : text[..MaxNoticeChars];
        return string.Concat(shortened.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
    }
}
