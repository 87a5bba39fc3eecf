namespace Baltoro.Cli.Keys;

/// <summary>Where the verbs on keys work: on the store itself or through the admin API. Refusals come as <see cref="Baltoro.Server.Hosting.StartFailure"/>.</summary>
internal interface IKeyDesk : IAsyncDisposable
{
    /// <summary>Where the keys are, in words.</summary>
    string Place { get; }

    Task<IssuedRow> CreateAsync(KeyOrder order, CancellationToken cancellationToken);

    /// <summary>Keys of an organization; of all that may be seen when none is named.</summary>
    Task<IReadOnlyList<KeyRow>> ListAsync(string? organization, CancellationToken cancellationToken);

    Task RevokeAsync(string id, CancellationToken cancellationToken);

    Task<IssuedRow> RotateAsync(string id, TimeSpan grace, CancellationToken cancellationToken);
}
