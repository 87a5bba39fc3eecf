namespace Baltoro.Platform.Files;

/// <summary>What is known about an uploaded file; its bytes lie elsewhere.</summary>
public sealed record StoredFile
{
    /// <summary>Names the file for clients, and its bytes.</summary>
    public required string Id { get; init; }

    /// <summary>Whose file it is; nobody else sees it.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>One of <see cref="FilePurpose"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>As the client named it, without folders.</summary>
    public required string Name { get; init; }

    /// <summary>Size of the upload.</summary>
    public required long SizeBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
