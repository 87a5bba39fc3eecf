namespace Baltoro.Cli.Keys;

/// <summary>A key just issued, with its text.</summary>
internal sealed record IssuedRow(string Id, string Text, string Organization, string Tier)
{
    /// <summary>Whether the organization was made for this key.</summary>
    public bool MakesOrganization { get; init; }
}
