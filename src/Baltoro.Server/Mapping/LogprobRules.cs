using System.Globalization;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Mapping;

/// <summary><c>logprobs</c> and <c>top_logprobs</c>.</summary>
internal static class LogprobRules
{
    private const int MaxAlternatives = 20;

    /// <summary>Null: none wanted; otherwise how many alternatives each token reports.</summary>
    public static int? CountOf(ChatCompletionRequest wire) => wire.Logprobs is true ? (int)(wire.TopLogprobs ?? 0) : null;

    public static WireError? Check(ChatCompletionRequest wire)
    {
        if (wire.TopLogprobs is < 0 or > MaxAlternatives)
        {
            return WireError.Field(
                "top_logprobs",
                string.Create(CultureInfo.InvariantCulture, $"must be between 0 and {MaxAlternatives}, found {wire.TopLogprobs}"));
        }

        return wire.TopLogprobs > 0 && wire.Logprobs is not true
            ? WireError.Field("top_logprobs", "is only allowed when logprobs is true")
            : null;
    }
}
