using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Payments;
using Baltoro.Server.Files;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Gate;

namespace Baltoro.Server.Hosting;

/// <summary>What a server is made of; the composition root owns and disposes them.</summary>
public sealed record ServerServices
{
    public required KeyService Keys { get; init; }

    public required ModelDirectory Models { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told once about every accepted request; null logs it.</summary>
    public IRequestSettlement? Settlement { get; init; }

    /// <summary>Uploaded files; null on a server that takes none.</summary>
    public FileLibrary? Files { get; init; }

    /// <summary>Finds the text of uploaded documents.</summary>
    public ITextExtractor TextExtractor { get; init; } = new InProcessExtractor();

    /// <summary>What the admin API administers; null on a server without one.</summary>
    public ServerAdmin? Admin { get; init; }

    /// <summary>Limits and money; null on a server that meters nobody.</summary>
    public ServerAccounts? Accounts { get; init; }

    /// <summary>Answers kept for repeats of their request; null where <c>Idempotency-Key</c> is not honoured.</summary>
    public KeptResponses? Responses { get; init; }

    /// <summary>Deliveries of payment providers; null: none are taken.</summary>
    public PaymentService? Payments { get; init; }
}
