using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;

namespace Baltoro.Cli.Keys;

/// <summary>What a command wants of a new key.</summary>
internal sealed record KeyOrder(KeyRequest Key, LimitSet Limits);
