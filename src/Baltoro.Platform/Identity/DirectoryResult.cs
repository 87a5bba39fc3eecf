using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Identity;

/// <summary>Outcome of a change of an organization, project or member.</summary>
/// <param name="Value">How it stands now; only when done.</param>
/// <param name="Code">How it ended; without meaning beside a problem.</param>
/// <param name="Field">The field at fault, or null.</param>
/// <param name="Problem">What is wrong with the field.</param>
public sealed record DirectoryResult<T>(T? Value, ChangeCode Code, string? Field, string Problem)
    where T : class
{
    internal static DirectoryResult<T> Of(ChangeCode code, T value) => new(code == ChangeCode.Done ? value : null, code, null, "");

    internal static DirectoryResult<T> Refused(string field, string problem) => new(null, ChangeCode.Conflict, field, problem);
}
