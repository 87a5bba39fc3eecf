using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;

namespace Baltoro.Server.Admin;

/// <summary>Outcomes of changes as answers.</summary>
internal static class AdminResults
{
    public static AdminAnswer Of<T>(DirectoryResult<T> result, string what, string id, Func<T, AdminAnswer> show)
        where T : class => result switch
        {
            { Field: { } field } => AdminAnswer.BadField(field, result.Problem),
            { Value: { } value } => show(value),
            _ => Of(result.Code, what, id),
        };

    /// <summary>Why a change was not made.</summary>
    public static AdminAnswer Of(ChangeCode code, string what, string id) => code switch
    {
        ChangeCode.Missing => AdminAnswer.NotFound(what, id),
        ChangeCode.Exists => AdminAnswer.Conflict($"There is already {(what[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {what} of this id or address"),
        ChangeCode.LastOwner => AdminAnswer.Conflict("The organization's last owner cannot be removed or given another role"),
        ChangeCode.Conflict => AdminAnswer.Conflict($"The {what} '{id}' was changed by somebody else at the same moment; look and try again"),
        _ => throw new InvalidOperationException($"no refusal: {code}"),
    };
}
