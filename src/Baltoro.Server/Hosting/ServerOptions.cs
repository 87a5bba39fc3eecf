using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;
using Baltoro.Storage;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Hosting;

/// <summary>Every setting of a server, validated.</summary>
public sealed record ServerOptions
{
    /// <summary>Addresses to listen on.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>The data directory.</summary>
    public required string DataPath { get; init; }

    /// <summary>Where keys, accounts and the ledger live.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>Folder or file of the model to embed; null means the one that ships with the program.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Model ids and their rules.</summary>
    public ModelCatalog Catalog { get; init; } = ModelCatalog.BuiltIn;

    /// <summary>Tiers, smallest first.</summary>
    public TierTable Tiers { get; init; } = TierTable.Shipped();

    /// <summary>What a settlement gives back to the token limits.</summary>
    public TokenReturn TokenReturn { get; init; } = TokenReturn.Unused;

    /// <summary>How far the first organization may go below zero.</summary>
    public Money LocalCreditLimit { get; init; } = Money.FromUsd(1_000_000);

    /// <summary>Proxies whose X-Forwarded-For is believed; none by default, so that nobody can claim an address.</summary>
    public NetworkList TrustedProxies { get; init; } = NetworkList.Empty;

    /// <summary>Largest request body.</summary>
    public long MaxBodyBytes { get; init; } = 100_000_000;

    /// <summary>Largest sum of request bodies in the server together; small bodies are not counted.</summary>
    public long MaxBodiesBytes { get; init; } = 400_000_000;

    /// <summary>Whether pictures named by http(s) URLs are fetched.</summary>
    public bool FetchImages { get; init; }

    /// <summary>How long a stop waits for running answers.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a stream carries a comment.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Secret shared with the payment provider, or null.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>Least severe entry that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
