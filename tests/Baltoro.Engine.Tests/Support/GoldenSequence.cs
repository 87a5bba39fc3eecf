namespace Baltoro.Engine.Tests.Support;

/// <summary>Token ids and the oracle's logits at some positions.</summary>
internal sealed record GoldenSequence(int[] Ids, int[] Positions, double[][] Logits);
