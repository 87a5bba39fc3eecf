namespace Baltoro.Protocol.Admin;

/// <summary>A new project, or what changes of one.</summary>
public sealed record ProjectBody
{
    public string? Name { get; init; }

    /// <summary>Whether its keys are refused; only on a change.</summary>
    public bool? Archived { get; init; }
}
