namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Tests that share one oracle process.</summary>
[CollectionDefinition(nameof(GrammarCollection))]
public sealed class GrammarCollection : ICollectionFixture<AjvOracle>;
